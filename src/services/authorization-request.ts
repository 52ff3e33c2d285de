import { AuthError } from './auth-error.js';
import {
  type Configuration,
  type ConfigurationOptions,
  validateClientId,
  validateProvider,
} from './configuration.js';
import { percentEncode } from './encoding.js';
import { challengeOf, createState, createVerifier } from './pkce.js';
import type { ProtocolPorts } from './protocol-ports.js';
import { validateParameters } from './parameters.js';
import { validateRedirectUri } from './redirect-uri.js';
import { validateScopes } from './scopes.js';

export interface AuthorizationUrlParts {
  readonly redirectUri: string;
  readonly scopes: readonly string[];
  readonly state: string;
  /** S256 (RFC 7636 §4.3). */
  readonly challenge: string;
  readonly parameters: Readonly<Record<string, string>>;
}

/**
 * The URL of the authorization page (RFC 6749 §4.1.1, RFC 7636 §4.3). Each parameter once, none without a value.
 *
 * @throws {@link AuthError} `invalid_redirect_uri`, `invalid_scope`, `reserved_parameter`, `invalid_option`
 */
export function authorizationUrl(
  configuration: Pick<Configuration, 'provider' | 'clientId'>,
  { redirectUri, scopes, state, challenge, parameters }: AuthorizationUrlParts,
): string {
  const endpoint = configuration.provider.endpoints.authorization;
  const own = {
    response_type: 'code',
    client_id: configuration.clientId,
    redirect_uri: validateRedirectUri(redirectUri),
    scope: validateScopes(scopes).join(' '),
    state,
    code_challenge: challenge,
    code_challenge_method: 'S256',
  };
  const extra = Object.entries(validateParameters(parameters));
  const present = new URL(endpoint).searchParams;
  if (extra.some(([name]) => present.has(name))) {
    throw new AuthError('reserved_parameter', {
      detail: 'An extra parameter is already in the query of the authorization endpoint.',
    });
  }
  const query = [...Object.entries(own), ...extra]
    .filter(([, value]) => value !== '')
    .map(([name, value]) => `${percentEncode(name)}=${percentEncode(value)}`)
    .join('&');
  return `${endpoint}${joint(endpoint)}${query}`;
}

function joint(endpoint: string): '?' | '&' | '' {
  if (!endpoint.includes('?')) return '?';
  return /[?&]$/.test(endpoint) ? '' : '&';
}

export type AuthorizationRequestOptions = Pick<
  ConfigurationOptions,
  'provider' | 'clientId' | 'redirectUri' | 'scopes' | 'parameters'
>;

/**
 * An authorization request as plain values, for those who keep them themselves: `codeVerifier` and `state` belong in the session
 * of the user agent that opens `url`, and go into {@link exchangeCode} with its callback.
 *
 * @throws {@link AuthError} `invalid_provider`, `invalid_client_id`, `invalid_redirect_uri`, `invalid_scope`, `reserved_parameter`, `invalid_option`
 *
 * @example
 * ```ts
 * const { url, codeVerifier, state } = await authorizationRequest({ provider: x, clientId });
 * // https://x.com/i/oauth2/authorize?response_type=code&client_id=…&redirect_uri=https%3A%2F%2Flocalhost%2F&scope=users.read%20tweet.read&…
 * ```
 */
export async function authorizationRequest(
  options: AuthorizationRequestOptions,
  ports: Pick<ProtocolPorts, 'cryptography'>,
): Promise<{ readonly url: string; readonly codeVerifier: string; readonly state: string }> {
  const { parameters = {} } = options;
  const provider = validateProvider(options.provider);
  const clientId = validateClientId(options.clientId);
  const [codeVerifier, state] = [createVerifier(ports.cryptography), createState(ports.cryptography)];
  const challenge = await challengeOf(codeVerifier, ports.cryptography);
  const redirectUri = options.redirectUri ?? provider.redirectUri ?? '';
  const scopes = options.scopes ?? provider.defaultScopes;
  const url = authorizationUrl({ provider, clientId }, { redirectUri, scopes, state, challenge, parameters });
  return { url, codeVerifier, state };
}
