const LOOPBACK_HTTP = /^http:\/\/(?:127\.0\.0\.1|\[::1\])(?::\d{1,5})?(?=[/?]|$)/;

/**
 * Why a URL cannot be an endpoint, or `null` if it can: https without fragment and user information
 * (RFC 6749 §3.1, §3.2). What a URL parser would repair in silence is refused.
 */
export function faultOfEndpoint(url: string, allowLoopbackHttp: boolean): string | null {
  if (!/^[\x21-\x7e]+$/.test(url) || url.includes('\\') || !URL.canParse(url))
    return 'is not an absolute URL';
  if (url.includes('#')) return 'has a fragment';
  // Matched against the text: parsers also read 127.1 and 2130706433 as loopback.
  const secure = /^https:\/\/[^/?]/.test(url) || (allowLoopbackHttp && LOOPBACK_HTTP.test(url));
  if (!secure) return allowLoopbackHttp ? 'is neither https nor http on 127.0.0.1 or [::1]' : 'is not https';
  const { username, password } = new URL(url);
  return username || password ? 'has user information' : null;
}

/** Why a string cannot be an issuer identifier (RFC 8414 §2), or `null` if it can. */
export function faultOfIssuer(issuer: string, allowLoopbackHttp: boolean): string | null {
  return faultOfEndpoint(issuer, allowLoopbackHttp) ?? (issuer.includes('?') ? 'has a query' : null);
}
