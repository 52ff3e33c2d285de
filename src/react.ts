export { AuthorizationProvider, useAuthorization, useSession } from './adapters/react/react-authorization.js';
export type {
  AuthorizationProviderProps,
  AuthorizationState,
  SessionState,
} from './adapters/react/react-authorization.js';
