import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { extname, join } from 'node:path';
import { nodeListener, nodeTransport } from 'authchart/node';
import { relay } from 'authchart/server';
import { publicApp, xAt } from 'authchart/testing';
import type { Emulator } from 'authchart/testing';
import type { PageName } from './build-page.js';
import { policyOf } from './policy.js';

export interface PageServerOptions {
  readonly page: PageName;
  /** Where it was built. */
  readonly directory: string;
  /** Stands for X, its consent page and its API. */
  readonly emulator: Emulator;
  /** Default: a free one. */
  readonly port?: number;
  /** Default: `memory`. */
  readonly store?: 'memory' | 'shared';
  /** Origins of pages that may show this one in a frame. Default: none. */
  readonly frameAncestors?: readonly string[];
}

export interface PageServer {
  readonly origin: string;
  close(): Promise<void>;
}

/** @throws the error of `listen` (`code: 'EADDRINUSE'`) when the port is taken. */
export async function servePage({
  page,
  directory,
  emulator,
  port = 0,
  store = 'memory',
  frameAncestors = [],
}: PageServerOptions): Promise<PageServer> {
  const server = createServer();
  server.listen(port, '127.0.0.1');
  await once(server, 'listening');
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  emulator.registerRedirectUri(publicApp.client_id, `${origin}/callback`);

  const transport = nodeTransport();
  const clientId = publicApp.client_id;
  const provider = xAt(emulator.endpoints);
  const passOn = nodeListener(relay({ provider, clientId, origin, transport }));
  const html = await htmlOf(directory, {
    clientId,
    provider: { issuer: provider.issuer, endpoints: provider.endpoints, apiOrigins: provider.apiOrigins },
    usersMe: emulator.endpoints.usersMe,
    store,
  });
  const policy = policyOf(page, frameAncestors);

  server.on('request', (request, response) => {
    const { pathname } = new URL(request.url ?? '/', origin);
    if (pathname === '/auth/relay') passOn(request, response);
    else if (/^\/assets\/[\w.-]+$/.test(pathname)) void sendAsset(join(directory, pathname), response);
    else sendPage(html, policy, response);
  });
  return {
    origin,
    async close() {
      server.close();
      server.closeAllConnections();
      await transport.close();
    },
  };
}

async function htmlOf(directory: string, settings: unknown): Promise<string> {
  const built = await readFile(join(directory, 'index.html'), 'utf8');
  const content = JSON.stringify(settings).replaceAll('&', '&amp;').replaceAll('"', '&quot;');
  return built.replace('<!-- settings -->', () => `<meta name="settings" content="${content}" />`);
}

const types: Readonly<Record<string, string>> = { '.js': 'text/javascript', '.css': 'text/css' };

async function sendAsset(path: string, response: ServerResponse): Promise<void> {
  const body = await readFile(path).catch(() => null);
  const type = types[extname(path)];
  if (body === null || !type) {
    response.writeHead(404).end();
    return;
  }
  // Its name changes with what is in it.
  const headers = {
    'content-type': `${type}; charset=utf-8`,
    'cache-control': 'max-age=31536000, immutable',
  };
  response.writeHead(200, { ...headers, 'x-content-type-options': 'nosniff' }).end(body);
}

/** Whatever the path: the page has its own router. */
function sendPage(html: string, policy: string, response: ServerResponse): void {
  response
    .writeHead(200, {
      'content-type': 'text/html; charset=utf-8',
      'content-security-policy': policy,
      'x-content-type-options': 'nosniff',
      // The callback's address, code included, would be the referrer of all that this page loads.
      'referrer-policy': 'no-referrer',
      'cache-control': 'no-cache',
    })
    .end(html);
}
