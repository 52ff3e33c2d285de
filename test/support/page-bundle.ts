import { once } from 'node:events';
import { createServer } from 'node:http';
import type { ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const source = (path: string) => fileURLToPath(new URL(`../../src/${path}`, import.meta.url));

/** What a page runs, for browsers, with our doors as they are in `src`. */
export async function bundlePage(entry: string): Promise<string> {
  const { outputFiles } = await build({
    entryPoints: [entry],
    bundle: true,
    write: false,
    format: 'iife',
    platform: 'browser',
    target: 'es2022',
    logLevel: 'silent',
    plugins: [
      {
        name: 'doors',
        setup({ onResolve }) {
          onResolve({ filter: /^authchart(\/\w+)?$/ }, ({ path }) => ({
            path: source(`${path.split('/')[1] ?? 'index'}.ts`),
          }));
        },
      },
    ],
  });
  return outputFiles[0]!.text;
}

export interface PageServer {
  /** `http://127.0.0.1:PORT`; every path but `/page.js` is the page. */
  readonly origin: string;
  /** Every address that was asked for, with its query: where a secret must not be. */
  readonly addresses: readonly string[];
  close(): Promise<void>;
}

export interface PageServerOptions {
  /** Path of the page's TypeScript. */
  readonly entry: string;
  /** Origins that the page may send requests to, beside its own. */
  readonly connect?: readonly string[];
  /** Paths whose page has an opaque origin, so that no storage is open to it (HTML §7.1.5). */
  readonly sandboxed?: readonly string[];
}

/** Serves a page on loopback as strictly as a careful site would. */
export async function servePage({
  entry,
  connect = [],
  sandboxed = [],
}: PageServerOptions): Promise<PageServer> {
  const script = await bundlePage(entry);
  const addresses: string[] = [];
  const server = createServer((request, response) => {
    const address = request.url ?? '/';
    addresses.push(address);
    const { pathname } = new URL(address, 'http://127.0.0.1');
    if (pathname === '/page.js') send(response, 'text/javascript', script);
    else send(response, 'text/html', PAGE, policyOf(sandboxed.includes(pathname)));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    origin,
    addresses,
    async close() {
      server.close();
      server.closeAllConnections();
      await once(server, 'close');
    },
  };

  function policyOf(isSandboxed: boolean): string {
    const rules = [
      "default-src 'none'",
      // Of a page without an origin nothing is "self".
      `script-src ${isSandboxed ? origin : "'self'"}`,
      `connect-src ${["'self'", ...connect].join(' ')}`,
      "base-uri 'none'",
      "form-action 'none'",
      "frame-ancestors 'none'",
      "require-trusted-types-for 'script'",
      "trusted-types 'none'",
    ];
    return [...rules, ...(isSandboxed ? ['sandbox allow-scripts'] : [])].join('; ');
  }
}

const PAGE =
  '<!doctype html><html lang="en"><meta charset="utf-8"><title>A test page</title><script src="/page.js"></script></html>';

function send(response: ServerResponse, type: string, body: string, policy?: string): void {
  response.setHeader('content-type', `${type}; charset=utf-8`);
  response.setHeader('cache-control', 'no-cache');
  response.setHeader('referrer-policy', 'no-referrer');
  response.setHeader('x-content-type-options', 'nosniff');
  if (policy) response.setHeader('content-security-policy', policy);
  response.end(body);
}
