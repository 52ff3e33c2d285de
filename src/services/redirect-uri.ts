import { AuthError } from './auth-error.js';

const HTTPS = /^https:\/\/[^/?]/i;
// `localhost` is no loopback literal (RFC 8252 §8.3), but X's own tools register it.
const LOOPBACK = /^http:\/\/(?:127\.0\.0\.1|\[::1\]|localhost)(?::\d{1,5})?(?=[/?]|$)/i;
// RFC 8252 §7.1: a reversed domain name, so that another app does not claim the same scheme.
const PRIVATE_USE = /^[a-z][a-z0-9+-]*(?:\.[a-z0-9+-]+)+:/i;

const RESPONSE_PARAMETERS = ['code', 'state', 'iss', 'error', 'error_description', 'error_uri'];

/**
 * Checks a redirect URI; it is sent as given, never normalised (RFC 6749 §3.1.2, RFC 9700 §4.1.3).
 *
 * @throws {@link AuthError} `invalid_redirect_uri`
 */
export function validateRedirectUri(redirectUri: string): string {
  const fault = faultOfRedirectUri(redirectUri);
  if (fault) throw new AuthError('invalid_redirect_uri', { detail: `The redirect URI ${fault}.` });
  return redirectUri;
}

/** Why a string cannot be a redirect URI, or `null` if it can. */
export function faultOfRedirectUri(redirectUri: unknown): string | null {
  if (typeof redirectUri !== 'string' || redirectUri === '') return 'is missing';
  if (!/^[\x21-\x7e]+$/.test(redirectUri) || redirectUri.includes('\\')) {
    return 'has spaces, backslashes or characters outside ASCII';
  }
  if (!URL.canParse(redirectUri)) return 'is not an absolute URI';
  if (redirectUri.includes('#')) return 'has a fragment';
  if (!HTTPS.test(redirectUri) && !LOOPBACK.test(redirectUri) && !PRIVATE_USE.test(redirectUri)) {
    return 'is neither https, nor http on this machine, nor a private-use scheme with a dot';
  }
  const { username, password, searchParams } = new URL(redirectUri);
  if (username || password) return 'has user information';
  const taken = RESPONSE_PARAMETERS.find((name) => searchParams.has(name));
  return taken ? `has a query parameter ${taken}, which the provider's answer will have too` : null;
}
