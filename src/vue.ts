export {
  authorizationPlugin,
  provideAuthorization,
  useAuthorization,
  useSession,
} from './adapters/vue/vue-authorization.js';
export type { AuthorizationState, SessionState } from './adapters/vue/vue-authorization.js';
