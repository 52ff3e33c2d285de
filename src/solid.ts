export { AuthorizationProvider, useAuthorization, useSession } from './adapters/solid/solid-authorization.js';
export type {
  AuthorizationProviderProps,
  AuthorizationState,
  SessionState,
} from './adapters/solid/solid-authorization.js';
