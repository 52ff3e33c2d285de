import { AuthError } from './auth-error.js';
import { checkCallback } from './callback/check-callback.js';
import { parseCallback } from './callback/parse-callback.js';
import { type ConfigurationOptions, resolveConfiguration } from './configuration.js';
import { equalInConstantTime } from './encoding.js';
import { requireVerifier } from './pkce.js';
import type { RequestPorts as Ports } from './protocol-ports.js';
import { validateRedirectUri } from './redirect-uri.js';
import type { GrantedTokens } from './token-endpoint/granted-tokens.js';
import { redeemCode } from './token-endpoint/redeem-code.js';
import { refreshTokens } from './token-endpoint/refresh-tokens.js';
import type { RequestOptions } from './token-endpoint/token-request.js';

/** A token response as plain values, in the protocol's own spelling (RFC 6749 §5.1). */
export interface TokenResponse {
  readonly token_type: 'bearer';
  /** Seconds from the request on. Missing if the server does not say and the provider's habit is not known. */
  readonly expires_in?: number;
  /** Unix seconds, counted from the start of the request. */
  readonly expires_at?: number;
  readonly access_token: string;
  /** Separated by spaces. Missing if a renewal changed nothing. */
  readonly scope?: string;
  readonly refresh_token?: string;
}

type Client = Pick<ConfigurationOptions, 'provider' | 'clientId' | 'clientSecret'>;

export interface ExchangeCodeOptions extends Client, Pick<ConfigurationOptions, 'redirectUri' | 'scopes'> {
  /** The whole URL the provider sent the browser to. */
  readonly callbackUrl: string;
  /** From {@link authorizationRequest}. */
  readonly codeVerifier: string;
  /** From {@link authorizationRequest}: the one kept for this user agent. */
  readonly state: string;
}

type RequestPorts = Ports & {
  /** Whether everybody can read what runs here; a client secret is refused then. */
  readonly browser?: boolean;
};

/**
 * Checks a callback and exchanges its code for tokens: state, address, issuer, error, code, and only then a request.
 * The caller keeps `codeVerifier` and `state` for one user agent and one use; `client.complete()` does that by itself.
 *
 * @throws {@link AuthError} one of the `callback_…` codes, `access_denied` or `authorization_refused`, and whatever
 * {@link resolveConfiguration} and {@link redeemCode} throw
 *
 * @example
 * ```ts
 * const token = await exchangeCode({ provider: x, clientId, callbackUrl, codeVerifier, state });
 * // { token_type: 'bearer', expires_in: 7200, expires_at: 1632852223, access_token: '…', scope: 'users.read tweet.read' }
 * ```
 */
export async function exchangeCode(
  { callbackUrl, codeVerifier, state, ...client }: ExchangeCodeOptions,
  ports: RequestPorts,
  options: RequestOptions = {},
): Promise<TokenResponse> {
  const configuration = resolveConfiguration(client, { browser: ports.browser ?? false });
  const redirectUri = validateRedirectUri(configuration.redirectUri ?? '');
  requireVerifier(codeVerifier);
  if (typeof state !== 'string' || state === '') {
    throw new AuthError('invalid_option', { detail: 'The option "state" is missing.' });
  }
  const callback = parseCallback(callbackUrl);
  if (!equalInConstantTime(callback.state, state)) throw new AuthError('callback_unknown');
  const { parameters } = checkCallback(callback, { redirectUri, provider: configuration.provider });
  const request = { configuration, redirectUri, codeVerifier, state, parameters };
  const granted = await redeemCode(request, ports, options);
  // RFC 6749 §5.1: a scope left out is the scope asked for.
  return plain(
    { ...granted, scopes: granted.scopes ?? configuration.scopes },
    configuration.provider.assumedTokenLifetime,
  );
}

export interface RenewTokensOptions extends Client {
  readonly refreshToken: string;
}

/**
 * Exchanges a refresh token for new tokens (RFC 6749 §6). It may be spent afterwards: never call this twice at once with the same one.
 * `client.session()` sees to that across processes.
 *
 * @throws {@link AuthError} whatever {@link resolveConfiguration} and {@link refreshTokens} throw
 */
export async function renewTokens(
  { refreshToken, ...client }: RenewTokensOptions,
  ports: RequestPorts,
  options: RequestOptions = {},
): Promise<TokenResponse> {
  if (typeof refreshToken !== 'string' || refreshToken === '') {
    throw new AuthError('invalid_option', { detail: 'The option "refreshToken" is missing.' });
  }
  const configuration = resolveConfiguration(client, { browser: ports.browser ?? false });
  const granted = await refreshTokens({ configuration, refreshToken }, ports, options);
  // An answer without a refresh token keeps the one that was sent.
  const kept = { ...granted, refreshToken: granted.refreshToken ?? refreshToken };
  return plain(kept, configuration.provider.assumedTokenLifetime);
}

function plain(granted: GrantedTokens, assumedLifetime: number | null): TokenResponse {
  const lifetime = granted.expiresIn ?? assumedLifetime;
  return {
    token_type: granted.tokenType,
    ...(lifetime === null
      ? {}
      : { expires_in: lifetime, expires_at: Math.floor(granted.requestedAt / 1000) + lifetime }),
    access_token: granted.accessToken,
    ...(granted.scopes === null ? {} : { scope: granted.scopes.join(' ') }),
    ...(granted.refreshToken === null ? {} : { refresh_token: granted.refreshToken }),
  };
}
