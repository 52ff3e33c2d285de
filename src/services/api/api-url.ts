import { AuthError } from '../auth-error.js';
import type { Provider } from '../provider/provider.js';

/**
 * The only places an access token may go (RFC 9700 §4.9.1).
 *
 * @throws {@link AuthError} `origin_not_allowed`, `authorization_header_present`
 */
export function apiUrl(provider: Provider, url: string): URL {
  if (!URL.canParse(url)) throw new AuthError('origin_not_allowed', { detail: 'The URL is not absolute.' });
  const parsed = new URL(url);
  // Not its `origin`: that of blob:https://api.x.com/ is https://api.x.com. The path may hold anything; this is no secret.
  const origin = `${parsed.protocol}//${parsed.host}`;
  const foreign = !provider.apiOrigins.includes(origin) || parsed.username !== '' || parsed.password !== '';
  if (foreign) {
    throw new AuthError('origin_not_allowed', {
      detail: `${origin} is not an API origin of ${provider.name} (${provider.apiOrigins.join(', ')}).`,
    });
  }
  // RFC 6750 §2: one transport per request, and §5.3: never in a URL.
  if (parsed.searchParams.has('access_token')) throw new AuthError('authorization_header_present');
  return parsed;
}
