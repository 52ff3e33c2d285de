import { authorize } from './authorize.js';
import { decideConsent } from './consent.js';
import { paths } from './endpoints.js';
import type { EmulatorRequest, Reply } from './message.js';
import { authorizationServerMetadata, protectedResourceMetadata } from './metadata.js';
import { revoke } from './revoke.js';
import type { State } from './state.js';
import { token } from './token.js';
import { usersMe } from './users-me.js';

/** How often each endpoint was called with its own method; anything else (404, 405) counts nowhere. */
export interface EmulatorCounters {
  readonly authorizeHits: number;
  readonly consentHits: number;
  readonly tokenHits: number;
  readonly revokeHits: number;
  readonly apiHits: number;
  readonly discoveryHits: number;
}

export interface Route {
  readonly method: 'GET' | 'POST';
  readonly counter: keyof EmulatorCounters;
  readonly answer: (state: State, request: EmulatorRequest) => Reply;
}

export const routes: ReadonlyMap<string, Route> = new Map<string, Route>([
  [paths.authorization, { method: 'GET', counter: 'authorizeHits', answer: authorize }],
  [paths.consent, { method: 'POST', counter: 'consentHits', answer: decideConsent }],
  [paths.token, { method: 'POST', counter: 'tokenHits', answer: token }],
  [paths.revocation, { method: 'POST', counter: 'revokeHits', answer: revoke }],
  [paths.usersMe, { method: 'GET', counter: 'apiHits', answer: usersMe }],
  [
    paths.authorizationServerMetadata,
    { method: 'GET', counter: 'discoveryHits', answer: authorizationServerMetadata },
  ],
  [
    paths.protectedResourceMetadata,
    { method: 'GET', counter: 'discoveryHits', answer: protectedResourceMetadata },
  ],
]);
