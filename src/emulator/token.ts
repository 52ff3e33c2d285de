import { createHash } from 'node:crypto';
import { authenticateClient } from './client-authentication.js';
import { type EmulatorRequest, type Reply, json } from './message.js';
import { issueToken, openGrant } from './grants.js';
import { invalidClient, invalidRequest, refusing, required } from './oauth-error.js';
import { spend } from './spend.js';
import type { App, AuthorizationRequest, Grant, State } from './state.js';
import { recordTokenRequest } from './token-record.js';

/** `POST /2/oauth2/token`. Synchronous from here on, so of two parallel requests with one secret exactly one wins. */
export const token = refusing((state, request) => {
  const app = authenticateClient(state, request);
  switch (required(request.form, 'grant_type')) {
    case 'authorization_code':
      return exchange(state, app, request);
    case 'refresh_token':
      return refresh(state, app, request);
    default:
      throw invalidRequest(
        'Value passed for the grant type was invalid. Grant type should be one of [authorization_code, refresh_token].',
      );
  }
});

function exchange(state: State, app: App, request: EmulatorRequest): Reply {
  const { form } = request;
  const value = required(form, 'code');
  const record = recordTokenRequest(state, request, 'authorization_code', value);
  const redirectUri = required(form, 'redirect_uri');
  const verifier = required(form, 'code_verifier');
  const code = state.codes.get(value);
  if (code?.status !== 'unused' || state.clock.now() >= code.expiresAt || code.request.app !== app) {
    throw invalidRequest('Value passed for the authorization code was invalid.');
  }
  if (redirectUri !== code.request.redirectUri) {
    throw invalidRequest(
      'Value passed for the redirect uri did not match the uri of the authorization code.',
    );
  }
  if (!verifierFits(verifier, code.request)) {
    throw invalidRequest('Value passed for the code verifier did not match the code challenge.');
  }
  // Only now: whether X burns a code at a failed exchange is unknown, and a corrected second try is allowed here.
  code.status = 'used';
  record.outcome = 'exchanged';
  return tokenResponse(state, openGrant(state, code));
}

function refresh(state: State, app: App, request: EmulatorRequest): Reply {
  const value = required(request.form, 'refresh_token');
  const record = recordTokenRequest(state, request, 'refresh_token', value);
  const presented = state.tokens.get(value);
  if (presented !== undefined && presented.grant.app !== app) throw invalidClient();
  record.outcome = spend(state, presented);
  if (presented === undefined || record.outcome === 'refused' || record.outcome === 'familyRevoked') {
    throw invalidRequest('Value passed for the token was invalid.');
  }
  return tokenResponse(state, presented.grant);
}

/** RFC 7636 §4.6. */
function verifierFits(verifier: string, { method, challenge }: AuthorizationRequest): boolean {
  const derived = method === 'plain' ? verifier : createHash('sha256').update(verifier).digest('base64url');
  return derived === challenge;
}

function tokenResponse(state: State, grant: Grant): Reply {
  return json(200, {
    token_type: 'bearer',
    expires_in: state.lifetimes.accessToken,
    access_token: issueToken(state, 'at', grant),
    scope: shuffled(grant.scopes).join(' '),
    ...(grant.scopes.includes('offline.access') && { refresh_token: issueToken(state, 'rt', grant) }),
  });
}

/** X's order differs from the request's; a rotation makes that repeatable. */
function shuffled(scopes: readonly string[]): readonly string[] {
  return [...scopes.slice(1), ...scopes.slice(0, 1)];
}
