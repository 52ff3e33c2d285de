import { createHash } from 'node:crypto';

export const stylesheet = `
:root {
  color-scheme: light dark;
  --ground: #f4f5f7; --card: #ffffff; --ink: #12161c; --quiet: #566070; --line: #dfe3e8;
  --strong: #12161c; --on-strong: #ffffff; --focus: #1a6fd4; --tint: #eef1f5;
}
@media (prefers-color-scheme: dark) {
  :root {
    --ground: #0b0d10; --card: #14181d; --ink: #eceff3; --quiet: #9aa5b3; --line: #2a3139;
    --strong: #eceff3; --on-strong: #12161c; --focus: #6db1ff; --tint: #1c2229;
  }
}
* { box-sizing: border-box; }
body {
  margin: 0; min-height: 100vh; min-height: 100dvh; display: grid; place-items: center; padding: 1.5rem 1rem;
  background: var(--ground); color: var(--ink);
  font: 1rem/1.5 system-ui, -apple-system, "Segoe UI", Roboto, sans-serif; overflow-wrap: anywhere;
}
main {
  width: 100%; max-width: 27rem; padding: 2rem; background: var(--card);
  border: 1px solid var(--line); border-radius: 1rem;
}
h1 { margin: 0; font-size: 1.375rem; line-height: 1.3; letter-spacing: -0.01em; text-wrap: balance; }
h2, legend { margin: 0; padding: 0; font-size: 0.9375rem; font-weight: 600; }
p { margin: 0; }
fieldset { margin: 1.5rem 0; padding: 0; border: 0; min-width: 0; }
.account {
  display: flex; align-items: center; gap: 0.75rem; margin-top: 0.5rem; padding: 0.75rem;
  border: 1px solid var(--line); border-radius: 0.75rem;
}
label.account { cursor: pointer; }
label.account:has(:checked) { border-color: var(--strong); background: var(--tint); }
.account input { flex: none; width: 1.125rem; height: 1.125rem; margin: 0; accent-color: var(--strong); }
.face {
  flex: none; display: grid; place-items: center; width: 2.5rem; height: 2.5rem; border-radius: 50%;
  background: var(--tint); font-weight: 600;
}
.account strong, .account small { display: block; line-height: 1.35; }
small, .quiet { font-size: 0.875rem; color: var(--quiet); }
ul { margin: 0.75rem 0 0; padding: 0; list-style: none; }
li { display: flex; gap: 0.75rem; padding: 0.375rem 0; }
li::before {
  content: ""; flex: none; width: 0.375rem; height: 0.375rem; margin-top: 0.5625rem; border-radius: 50%;
  background: var(--quiet);
}
.actions { display: grid; gap: 0.75rem; margin: 1.5rem 0 1.25rem; }
button {
  min-height: 3rem; padding: 0.5rem 1.25rem; border: 1px solid var(--line); border-radius: 1.5rem;
  background: transparent; color: inherit; font: inherit; font-weight: 600; cursor: pointer;
}
button:hover { background: var(--tint); }
button.primary { border-color: var(--strong); background: var(--strong); color: var(--on-strong); }
button.primary:hover { opacity: 0.88; }
:focus-visible { outline: 2px solid var(--focus); outline-offset: 2px; }
.error h1 + p { margin-top: 0.5rem; }
.reason { margin-top: 1.25rem; padding-top: 1.25rem; border-top: 1px solid var(--line); }
@media (max-width: 30rem) {
  body { padding: 0; place-items: stretch; background: var(--card); }
  main { max-width: none; padding: 1.5rem 1.25rem; border: 0; border-radius: 0; }
}
`;

/** Lets exactly this stylesheet run under a policy that allows nothing else. */
export const stylesheetSource = `'sha256-${createHash('sha256').update(stylesheet).digest('base64')}'`;
