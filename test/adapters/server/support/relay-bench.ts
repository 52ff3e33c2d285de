import { nodeListener, nodeTransport } from 'authchart/node';
import type { Transport } from 'authchart';
import { relay } from 'authchart/server';
import type { RelayOptions } from 'authchart/server';
import { createServer } from 'node:http';
import { onTestFinished, vi } from 'vitest';
import { relayTransport } from '../../../../src/adapters/browser/relay-transport.js';
import { serve } from '../../loopback-servers.js';

export const PATH = '/auth/relay';

export interface RelayBench {
  /** Of the page. */
  readonly origin: string;
  /** What the page's client is given. */
  readonly transport: Transport;
  /** Everything the page was answered by its own origin: header and body. */
  readonly seen: string[];
}

/**
 * A server on loopback that mounts the relay, and a page of it: global `location`, and a `fetch` that adds what browsers
 * add. Until the test is over.
 */
export async function startRelayBench(
  options: Omit<RelayOptions, 'origin'>,
  mount: (serve: (request: Request) => Promise<Response>) => ReturnType<typeof nodeListener> = nodeListener,
): Promise<RelayBench> {
  const http = createServer();
  const origin = `http://127.0.0.1:${await serve(http)}`;
  const own = nodeTransport();
  onTestFinished(() => own.close());
  http.on('request', mount(relay({ transport: own, ...options, origin })));
  const seen = standOnPage(origin);
  return { origin, transport: relayTransport(PATH), seen };
}

/** What a browser adds to requests of a page to its own origin. */
export function standOnPage(origin: string): string[] {
  const seen: string[] = [];
  const network = fetch;
  vi.stubGlobal('location', { origin });
  vi.stubGlobal('navigator', { onLine: true });
  vi.stubGlobal('fetch', async (url: string, init: RequestInit) => {
    // What runs behind the page, in the same process, is no browser.
    if (new URL(url).origin !== origin) return network(url, init);
    const headers = new Headers(init.headers);
    headers.set('origin', origin);
    headers.set('sec-fetch-site', 'same-origin');
    const response = await network(url, { ...init, headers });
    const copy = response.clone();
    void copy.text().then(
      (text) => seen.push(JSON.stringify([...copy.headers]), text),
      () => {},
    );
    return response;
  });
  onTestFinished(() => void vi.unstubAllGlobals());
  return seen;
}
