import type { IncomingMessage } from 'node:http';

/**
 * The origin that a request was sent to, if it is one of ours; else `undefined`. A page of somebody else whose name was
 * made to lead here (DNS rebinding) has its own name in `Host`. Both of ours are the loopback's in every browser.
 */
export function originOf({ headersDistinct }: IncomingMessage, port: number): string | undefined {
  // `headers` would keep the first of two.
  const [host, ...more] = headersDistinct.host ?? [];
  const ours = host === `127.0.0.1:${port}` || host === `localhost:${port}`;
  return ours && more.length === 0 ? `http://${host}` : undefined;
}

/**
 * Whether a page of another origin makes the request. Only a link that a person follows may come from one: it opens a
 * window that the page cannot see into. Other programs send none of these headers.
 */
export function isForeign({ headers }: IncomingMessage, ourOrigin: string): boolean {
  const { origin, 'sec-fetch-site': site = 'none', 'sec-fetch-mode': mode, 'sec-fetch-dest': dest } = headers;
  if (origin !== undefined && origin !== ourOrigin) return true;
  if (site === 'same-origin' || site === 'none') return false;
  return !(mode === 'navigate' && dest === 'document');
}
