import { AuthError } from '../../services/auth-error.js';

/**
 * Only a page of the redirect URI's own origin can receive there what this page began.
 *
 * @throws {@link AuthError} `invalid_redirect_uri`
 */
export function assertOwnOrigin(redirectUri: string): void {
  const { origin } = location;
  // Pages in a sandbox have the origin `null`, as have addresses of private-use schemes.
  if (origin !== 'null' && new URL(redirectUri).origin === origin) return;
  throw new AuthError('invalid_redirect_uri', {
    phase: 'authorization',
    detail: `The redirect URI is not on ${location.origin}, the origin of this page (localhost and 127.0.0.1 are two); register and configure one that is.`,
  });
}
