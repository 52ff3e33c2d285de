import type { Site } from './site.js';

/**
 * Whether a person's window asks for a page: no script, image, frame, and no browser that loads ahead what nobody has
 * clicked. Old browsers and other programs send none of these headers.
 */
export function isNavigation({ headers }: Request): boolean {
  return (
    (headers.get('sec-fetch-mode') ?? 'navigate') === 'navigate' &&
    (headers.get('sec-fetch-dest') ?? 'document') === 'document' &&
    !headers.has('sec-purpose')
  );
}

/**
 * Whether a page of this site sent a POST: a cookie alone would go along with the form of a stranger (OAuth 2.0 for
 * Browser-Based Applications §6.1.3.3). Every browser names the origin with a POST, but `null` for the forms of pages
 * with `Referrer-Policy: no-referrer`, which many servers send; there `Sec-Fetch-Site` knows, and no script can set it.
 */
export function isOwnPage({ headers }: Request, { origin }: Pick<Site, 'origin'>): boolean {
  const [named, site] = [headers.get('origin'), headers.get('sec-fetch-site')];
  if (named === 'null') return site === 'same-origin';
  return named === origin && (site ?? 'same-origin') === 'same-origin';
}

/** Whether a script asks, and no window, frame, image or form. Old browsers do not say. */
export function isOfScript({ headers }: Request): boolean {
  return ['cors', 'same-origin'].includes(headers.get('sec-fetch-mode') ?? 'cors');
}

export function wantsPage({ headers }: Request): boolean {
  return (headers.get('accept') ?? '').includes('text/html');
}
