import { createHash } from 'node:crypto';
import type { Store, Transport } from 'authchart/node';
import { tell } from './reports.js';

export const fingerprintOf = (secret: string): string =>
  createHash('sha256').update(secret).digest('base64url');

interface Observed {
  readonly store: Store;
  readonly transport: Transport;
}

interface SessionRecord {
  readonly kind?: string;
  readonly status?: string;
  readonly journal?: { readonly token: string } | null;
}

/** Says what this process does with refresh tokens, as it does it, and names it to the server. */
export function observed(
  { store, transport }: Observed,
  { name, tokenEndpoint, now }: { readonly name: string; readonly tokenEndpoint: string; now(): number },
): Observed {
  // The one token this process is spending: from its journal on, until the record holds none of ours any more.
  let spending: string | null = null;
  return {
    store: {
      ...store,
      async write(key, value, options) {
        const result = await store.write(key, value, options);
        if (result.written) noteRecord(JSON.parse(value) as SessionRecord);
        return result;
      },
    },
    transport: {
      ...transport,
      fetch(url, init) {
        const headers = new Headers(init.headers);
        headers.set('x-caller', name);
        const form = url === tokenEndpoint ? new URLSearchParams(String(init.body)) : null;
        const refreshToken = form?.get('refresh_token');
        const response = transport.fetch(url, { ...init, headers });
        if (refreshToken) noteRequest(fingerprintOf(refreshToken), response);
        return response;
      },
    },
  };

  function noteRequest(token: string, response: Promise<Response>): void {
    tell({ event: 'sent', token, at: now() });
    response.catch(() => tell({ event: 'unanswered', token, at: now() }));
  }

  function noteRecord({ kind, status, journal }: SessionRecord): void {
    if (kind !== 'session') return;
    if (status === 'live' && journal) {
      spending = journal.token;
      tell({ event: 'announced', token: spending, at: now() });
    } else if (spending !== null) {
      tell({ event: 'settled', token: spending, at: now() });
      spending = null;
    }
  }
}
