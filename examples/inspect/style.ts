import { stylesheet as common } from '../hono/style.js';

export const stylesheet = `${common}
.aside { margin: 0 0 1rem; text-align: right; font-size: 0.9375rem; }
.aside a { color: var(--focus); }
.note { padding: 0.75rem 1rem; border-radius: 0.75rem; background: var(--tint); }
.note strong { display: block; }
.row { display: flex; flex-wrap: wrap; gap: 0.5rem; margin-top: 0.75rem; }
.row .button { flex: auto; width: auto; padding: 0.5rem 0.75rem; font-size: 0.875rem; }
.row .button[aria-pressed="true"] { border-color: var(--strong); background: var(--strong); color: var(--on-strong); }
`;
