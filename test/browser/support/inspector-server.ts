import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { fileURLToPath } from 'node:url';
import type { FeedItem } from '../../../src/adapters/inspector/page/feed.js';
import { pageDocument } from '../../../src/adapters/inspector/page/document.js';
import { pageStyle } from '../../../src/adapters/inspector/page/style.js';

const dist = (path: string) => fileURLToPath(new URL(`../../../dist/${path}`, import.meta.url));

const POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
  "require-trusted-types-for 'script'",
  "trusted-types 'none'",
].join('; ');

export interface InspectorServer {
  readonly url: string;
  /** Tells every page that is there, and those that come later. */
  tell(...items: readonly FeedItem[]): void;
  /** Bodies of what was posted to `next`. */
  readonly posted: readonly string[];
  /** What `next` answers from now on. */
  answer: number;
  /** How many events a page that comes is told to have missed. */
  dropped: number;
  /** What `feed` answers from now on. */
  feedStatus: number;
  /** Forgets what was told, and whoever hears. */
  reset(): void;
  /** As a program that ends: nobody answers there any more. */
  hangUp(): void;
  /** As a network that fails: what is asked for stays without an answer. */
  fallSilent(): void;
  comeBack(): void;
  close(): Promise<void>;
}

/** Serves the page as the inspector does, with a feed that tests write. */
export async function serveInspector(): Promise<InspectorServer> {
  const told: FeedItem[] = [];
  const listeners = new Set<ServerResponse>();
  const posted: string[] = [];
  const held = new Set<IncomingMessage>();
  let isGone = false;
  let isSilent = false;

  const server = createServer((request, response) => void handle(request, response));
  async function handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    response.setHeader('content-security-policy', POLICY);
    response.setHeader('x-content-type-options', 'nosniff');
    response.setHeader('cache-control', 'no-store');
    const path = (request.url ?? '').replace(/^\/secret\//, '');
    if (path === '') return send(response, 'text/html', pageDocument);
    if (path === 'style.css') return send(response, 'text/css', pageStyle);
    if (path === 'feed') return feed(request, response);
    if (path === 'next' && request.method === 'POST') {
      let body = '';
      for await (const piece of request.setEncoding('utf8')) body += String(piece);
      posted.push(body);
      response.statusCode = inspector.answer;
      response.end();
      return;
    }
    const [, name] = /^modules\/([a-zA-Z0-9/.-]+[.]js)$/.exec(path) ?? [];
    try {
      send(response, 'text/javascript', await readFile(dist(name ?? 'none'), 'utf8'));
    } catch {
      response.statusCode = 404;
      response.end();
    }
  }

  function feed(request: IncomingMessage, response: ServerResponse): void {
    if (isGone) return void request.destroy();
    if (isSilent) return void held.add(request);
    response.writeHead(inspector.feedStatus, { 'content-type': 'text/event-stream' });
    if (inspector.feedStatus !== 200) return void response.end();
    response.write('retry: 50\n\n');
    if (inspector.dropped > 0) response.write(`event: dropped\ndata: {"count":${inspector.dropped}}\n\n`);
    const heard = Number(request.headers['last-event-id'] ?? 0);
    told.slice(heard).forEach((item, at) => write(response, item, heard + at + 1));
    response.write(': there\n\n');
    listeners.add(response);
    response.on('close', () => listeners.delete(response));
  }

  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const inspector: InspectorServer = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/secret/`,
    posted,
    answer: 204,
    dropped: 0,
    feedStatus: 200,
    tell(...items) {
      for (const item of items) {
        told.push(item);
        for (const listener of listeners) write(listener, item, told.length);
      }
    },
    reset() {
      inspector.hangUp();
      inspector.comeBack();
      told.length = 0;
      posted.length = 0;
      Object.assign(inspector, { answer: 204, dropped: 0, feedStatus: 200 });
    },
    hangUp() {
      isGone = true;
      for (const listener of listeners) listener.destroy();
    },
    fallSilent() {
      isSilent = true;
      for (const listener of listeners) listener.destroy();
    },
    comeBack() {
      isGone = false;
      isSilent = false;
      for (const request of held) request.destroy();
      held.clear();
    },
    async close() {
      server.close();
      server.closeAllConnections();
      await once(server, 'close');
    },
  };
  return inspector;
}

const write = (response: ServerResponse, item: FeedItem, number: number) =>
  response.write(`id: ${number}\ndata: ${JSON.stringify(item)}\n\n`);

function send(response: ServerResponse, type: string, body: string): void {
  response.setHeader('content-type', `${type}; charset=utf-8`);
  response.end(body);
}
