import { redirect, showPage } from './browser-reply.js';
import type { EmulatorRequest, Reply } from './message.js';
import { consentPage, errorPage } from './pages.js';
import { scopes as knownScopes } from './scopes.js';
import { mintConsentId } from './secrets.js';
import { type App, type AuthorizationRequest, type State, findApp } from './state.js';

const MAX_STATE_LENGTH = 500;

const parameters = [
  'response_type',
  'client_id',
  'redirect_uri',
  'scope',
  'state',
  'code_challenge',
  'code_challenge_method',
];

type ErrorCode = 'invalid_request' | 'invalid_scope' | 'unsupported_response_type';

/** A query whose client and redirect URI are known, so that an error may be sent there. */
interface Query {
  readonly app: App;
  readonly redirectUri: string;
  readonly scopes: readonly string[];
  readonly values: URLSearchParams;
}

/** `GET /i/oauth2/authorize`. What is wrong decides who learns of it: first the person, then the app. */
export function authorize(state: State, { search }: EmulatorRequest): Reply {
  const values = new URLSearchParams(search);
  const app = findApp(state, only(values, 'client_id'));
  const redirectUri = only(values, 'redirect_uri');
  const scopes = [...new Set((values.get('scope') ?? '').split(' ').filter(Boolean))];

  if (app === undefined) return showPage(400, errorPage('no app has this client_id.'));
  // Redirecting to an address that nobody registered would make this an open redirector (RFC 9700 §4.11).
  if (redirectUri === undefined || !app.redirect_uris.includes(redirectUri)) {
    return showPage(400, errorPage('redirect_uri is missing, or is not exactly one of those registered.'));
  }
  if (scopes.includes('users.email') && !app.emailToggle) {
    return showPage(400, errorPage('users.email needs “Request email from users” in the app’s settings.'));
  }
  const request = readRequest({ app, redirectUri, scopes, values });
  return typeof request === 'string'
    ? sendError(redirectUri, request, values.get('state'))
    : askForConsent(state, request);
}

/** The one value of a parameter; a repeated one has none (RFC 6749 §3.1). */
function only(values: URLSearchParams, name: string): string | undefined {
  const [value, ...more] = values.getAll(name);
  return more.length === 0 ? value : undefined;
}

function readRequest({ app, redirectUri, scopes, values }: Query): AuthorizationRequest | ErrorCode {
  if (parameters.some((name) => values.getAll(name).length > 1)) return 'invalid_request';
  const responseType = values.get('response_type');
  if (!responseType) return 'invalid_request';
  if (responseType !== 'code') return 'unsupported_response_type';
  const challenge = values.get('code_challenge');
  const method = readMethod(values.get('code_challenge_method'));
  if (!challenge || method === undefined) return 'invalid_request';
  if (scopes.length === 0 || scopes.some((scope) => !knownScopes.has(scope))) return 'invalid_scope';
  const state = values.get('state') || null;
  if (state !== null && state.length > MAX_STATE_LENGTH) return 'invalid_request';
  return { app, redirectUri, scopes, state, challenge, method };
}

/** X's own old SDK sends `s256`, so case does not matter. Whether X has a default is unknown: none here. */
function readMethod(method: string | null): AuthorizationRequest['method'] | undefined {
  if (method?.toUpperCase() === 'S256') return 'S256';
  return method?.toLowerCase() === 'plain' ? 'plain' : undefined;
}

function sendError(redirectUri: string, error: ErrorCode, state: string | null): Reply {
  const echo: [string, string][] = state ? [['state', state]] : [];
  return redirect(redirectUri, [['error', error], ...echo]);
}

function askForConsent(state: State, request: AuthorizationRequest): Reply {
  const consentId = mintConsentId();
  state.consents.set(consentId, request);
  return showPage(200, consentPage({ consentId, request, users: state.users }));
}
