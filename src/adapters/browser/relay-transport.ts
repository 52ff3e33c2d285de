import { AuthError } from '../../services/auth-error.js';
import type { Transport } from '../../services/ports.js';
import { RELAY_HEADER, reportOf, targetText } from '../../services/relay-protocol.js';
import { TransportFault } from '../../services/transport-fault.js';

/**
 * Reaches a provider that answers no page (no CORS, as X) through `relay()` of `authchart/server`, mounted at this path
 * of the page's own origin. Answers are the provider's, but without its redirects, and with the headers `content-type`,
 * `retry-after`, `www-authenticate` and `x-rate-limit-*` alone.
 *
 * @param path - absolute, such as `/auth/relay`
 *
 * @throws {@link AuthError} `invalid_option`: the path leads to another origin, or is none
 *
 * @example
 * ```ts
 * const transport = relayTransport('/auth/relay');
 * ```
 */
export function relayTransport(path: string): Transport {
  requirePath(path);
  return {
    async fetch(url, init) {
      if (init.signal?.aborted) throw new TransportFault('aborted', false);
      // Only "no" can be believed.
      if (navigator.onLine === false) throw new TransportFault('unknown', false);
      return answerOf(await sent(path, url, init));
    },
    close: () => Promise.resolve(),
  };
}

function requirePath(path: unknown): void {
  const elsewhere = 'https://page.invalid';
  if (typeof path === 'string' && path.startsWith('/') && URL.canParse(path, elsewhere)) {
    if (new URL(path, elsewhere).href === elsewhere + path) return;
  }
  throw new AuthError('invalid_option', {
    detail: 'relayTransport() takes an absolute path of this origin, such as /auth/relay.',
  });
}

/** As a POST whatever it is: with it every browser names the page's origin, and nothing stores or prefetches it. */
async function sent(path: string, url: string, init: RequestInit): Promise<Response> {
  const headers = new Headers(init.headers);
  headers.set(RELAY_HEADER, targetText((init.method ?? 'GET').toUpperCase(), url));
  try {
    // Not the path alone: a <base> of the document would lead it elsewhere.
    return await fetch(location.origin + path, {
      ...init,
      headers,
      method: 'POST',
      mode: 'cors',
      redirect: 'manual',
      credentials: 'omit',
      cache: 'no-store',
    });
  } catch {
    throw new TransportFault(init.signal?.aborted ? 'aborted' : 'unknown', true);
  }
}

const WITHOUT_BODY = [204, 205, 304];

function answerOf(response: Response): Response {
  const report = reportOf(response.headers.get(RELAY_HEADER));
  if (report?.kind === 'answered') {
    const { status } = report;
    const headers = new Headers(response.headers);
    headers.delete(RELAY_HEADER);
    return new Response(WITHOUT_BODY.includes(status) ? null : response.body, { status, headers });
  }
  response.body?.cancel().catch(() => {});
  if (report?.kind === 'failed') throw report.fault;
  // Somebody else answers at this path, or in front of it. If it knows no such path, no relay has sent anything.
  const missing = response.status === 404 || response.status === 405;
  throw new TransportFault('relay', !(report?.kind === 'refused' || missing));
}
