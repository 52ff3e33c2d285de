export { setAuthorization, useAuthorization, useSession } from './adapters/svelte/svelte-authorization.js';
export type { AuthorizationState, SessionState } from './adapters/svelte/svelte-authorization.js';
