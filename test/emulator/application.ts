import { onTestFinished } from 'vitest';
import {
  type ConsentDecision,
  type Emulator,
  type EmulatorApp,
  type EmulatorOptions,
  confidentialApp,
  consent,
  publicApp,
  startEmulator,
} from '../../src/emulator/emulator.js';

// RFC 7636 appendix B.
export const verifier = 'dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk';
export const challenge = 'E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM';

export const redirectUri = 'http://127.0.0.1:8976/callback';
export const epoch = Date.UTC(2026, 0, 1);

/** `null` leaves a parameter out. */
type Changes = Readonly<Record<string, string | null>>;

export interface Answer {
  status: number;
  headers: Headers;
  body: Record<string, unknown>;
}

export interface Tokens {
  access_token: string;
  refresh_token: string;
}

/** An emulator whose clock stands still, closed when the test ends. */
export async function emulate(options: EmulatorOptions = {}): Promise<Emulator> {
  const emulator = await startEmulator({ now: epoch, ...options });
  onTestFinished(() => emulator.close());
  return emulator;
}

export function authorizationUrl(emulator: Emulator, changes: Changes = {}): string {
  const parameters = changed(
    {
      response_type: 'code',
      client_id: publicApp.client_id,
      redirect_uri: redirectUri,
      scope: 'users.read tweet.read offline.access',
      state: 'opaque-state',
      code_challenge: challenge,
      code_challenge_method: 'S256',
    },
    changes,
  );
  return `${emulator.endpoints.authorization}?${parameters.toString()}`;
}

/** The parameters of the callback after the person decided. */
export async function callback(
  emulator: Emulator,
  changes: Changes = {},
  decision: ConsentDecision = {},
): Promise<URLSearchParams> {
  const { callbackUrl } = await consent(authorizationUrl(emulator, changes), decision);
  return new URL(callbackUrl ?? '').searchParams;
}

export async function obtainCode(emulator: Emulator, changes: Changes = {}): Promise<string> {
  return (await callback(emulator, changes)).get('code') ?? '';
}

export async function postForm(
  url: string,
  form: URLSearchParams | Record<string, string>,
  headers: Record<string, string> = {},
): Promise<Answer> {
  const response = await fetch(url, { method: 'POST', body: new URLSearchParams(form), headers });
  return { status: response.status, headers: response.headers, body: await jsonOf(response) };
}

async function jsonOf(response: Response): Promise<Answer['body']> {
  return (await response.json()) as Answer['body'];
}

export function exchange(
  emulator: Emulator,
  code: string,
  changes: Changes = {},
  headers: Record<string, string> = {},
): Promise<Answer> {
  const form = {
    grant_type: 'authorization_code',
    client_id: publicApp.client_id,
    code,
    redirect_uri: redirectUri,
    code_verifier: verifier,
  };
  return postForm(emulator.endpoints.token, changed(form, changes), headers);
}

export function refresh(emulator: Emulator, token: string, clientId = publicApp.client_id): Promise<Answer> {
  const form = { grant_type: 'refresh_token', client_id: clientId, refresh_token: token };
  return postForm(emulator.endpoints.token, form);
}

export async function signIn(emulator: Emulator, changes: Changes = {}): Promise<Tokens> {
  const { body } = await exchange(emulator, await obtainCode(emulator, changes));
  return { access_token: String(body['access_token']), refresh_token: String(body['refresh_token']) };
}

export async function me(emulator: Emulator, token: string, search = ''): Promise<Answer> {
  const response = await fetch(emulator.endpoints.usersMe + search, {
    headers: { authorization: `Bearer ${token}` },
  });
  return { status: response.status, headers: response.headers, body: await jsonOf(response) };
}

export function basic({ client_id, client_secret = '' }: EmulatorApp = confidentialApp): Record<
  string,
  string
> {
  return { authorization: `Basic ${Buffer.from(`${client_id}:${client_secret}`).toString('base64')}` };
}

function changed(parameters: Record<string, string>, changes: Changes): URLSearchParams {
  const entries = Object.entries({ ...parameters, ...changes });
  return new URLSearchParams(entries.filter((entry): entry is [string, string] => entry[1] !== null));
}

/** The body of a refusal, as X words it. */
export const refusals = {
  code: error('invalid_request', 'Value passed for the authorization code was invalid.'),
  redirectUri: error(
    'invalid_request',
    'Value passed for the redirect uri did not match the uri of the authorization code.',
  ),
  verifier: error('invalid_request', 'Value passed for the code verifier did not match the code challenge.'),
  token: error('invalid_request', 'Value passed for the token was invalid.'),
  grantType: error(
    'invalid_request',
    'Value passed for the grant type was invalid. Grant type should be one of [authorization_code, refresh_token].',
  ),
  clientId: error('invalid_client', 'Value passed for the client id was invalid.'),
  authorization: error('unauthorized_client', 'Missing valid authorization header'),
  missing: (name: string) => error('invalid_request', `Missing required parameter [${name}].`),
};

function error(code: string, description: string) {
  return { error: code, error_description: description };
}
