import { routeOf } from './site.js';
import type { Site } from './site.js';

/** Encoded, as five of them may travel in cookies: servers take 8 KiB of them, with everything else. */
const LONGEST = 512;

/**
 * Where to go after a sign-in or sign-out: a path of this site, or `null` if it is anything else (RFC 9700 §4.11.1).
 * Whoever decodes it once more, a proxy or a router, must not leave the site either. Our own routes are no place to
 * return to: `login` would begin again for ever.
 */
export function pathOnSite(value: unknown, site: Site): string | null {
  if (typeof value !== 'string' || value.length > LONGEST) return null;
  // Browsers drop tabs and line breaks from URLs and read a backslash as a slash.
  if (!/^\/[\x21-\x5b\x5d-\x7e]*$/.test(value) || encodeURIComponent(value).length > LONGEST) return null;
  const url = resolve(value, site);
  const decoded = url && decode(url.pathname);
  if (!url || decoded === null || hasControls(decoded)) return null;
  const again = resolve(decoded.replaceAll('?', '%3F').replaceAll('#', '%23'), site);
  if (!again || routeOf(site, again.pathname)) return null;
  return url.pathname + url.search + url.hash;
}

function resolve(path: string, { origin }: Site): URL | null {
  if (path.startsWith('//') || !URL.canParse(path, origin)) return null;
  const url = new URL(path, origin);
  // Dot segments may leave two slashes in front, which alone would name another host.
  return url.origin === origin && !url.pathname.startsWith('//') ? url : null;
}

function decode(path: string): string | null {
  try {
    return decodeURIComponent(path);
  } catch {
    return null;
  }
}

function hasControls(path: string): boolean {
  return /[\p{Cc}\\]/u.test(path);
}
