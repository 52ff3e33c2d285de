import { AuthError } from '../../services/auth-error.js';

const LOOPBACK = /^http:\/\/(?:localhost|127\.0\.0\.1|\[::1\])(?::\d+)?$/;

/**
 * Browsers send an origin in one spelling alone, so another would serve nobody.
 *
 * @throws {@link AuthError} `invalid_option`
 */
export function originOfPages(origin: unknown): string {
  const exact = typeof origin === 'string' && URL.canParse(origin) && new URL(origin).origin === origin;
  if (exact && (origin.startsWith('https://') || LOOPBACK.test(origin))) return origin;
  throw new AuthError('invalid_option', {
    detail: 'The option "origin" is not an origin such as https://app.example, or one of http on loopback.',
  });
}
