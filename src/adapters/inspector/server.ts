import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Backlog } from './backlog.js';
import { builtFolder, modulesIn } from './modules.js';
import { inspectorRequests } from './requests.js';
import type { Steps } from './steps.js';

/** Slow and oversized requests end here. */
const LIMITS = {
  maxHeaderSize: 16 * 1024,
  headersTimeout: 5_000,
  requestTimeout: 10_000,
  connectionsCheckingInterval: 1_000,
};
const MAX_CONNECTIONS = 64;
const SECRET_BYTES = 16;
const SLOWEST_END = 1_000;

export interface InspectorServerOptions {
  readonly backlog: Backlog;
  readonly steps: Steps | null;
  /** Milliseconds between signs of life to a reader. Default: 15 seconds. */
  readonly heartbeat?: number;
  /** Where the page's modules are. Default: where this package was built. */
  readonly folder?: string;
}

export interface InspectorServer {
  /** `http://127.0.0.1:PORT/SECRET/` */
  readonly url: string;
  /** Ends every connection; resolves when the port is free. */
  close(): Promise<void>;
}

/** Resolves when all that was written has left this process, or its reader takes nothing. */
function ended(response: ServerResponse, flush: () => void): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, SLOWEST_END);
    const end = () => {
      clearTimeout(timer);
      resolve();
    };
    flush();
    response.once('close', end).end(end);
  });
}

/**
 * Serves the inspector's page on loopback, at a path that nobody can guess: other users of this machine reach the port,
 * but not what is behind it. It keeps no process alive.
 *
 * @throws the runtime's error where it cannot listen, or this package was not built
 */
export async function startInspectorServer({
  backlog,
  steps,
  heartbeat = 15_000,
  folder = builtFolder(),
}: InspectorServerOptions): Promise<InspectorServer> {
  const readModule = await modulesIn(folder);
  const server = createServer(LIMITS);
  server.maxConnections = MAX_CONNECTIONS;
  // An open page is no reason to go on either.
  server.on('connection', (socket) => socket.unref());
  // exclusive: workers of a cluster would share one port, and each has a client of its own.
  server.listen({ host: '127.0.0.1', port: 0, exclusive: true }).unref();
  await once(server, 'listening');
  // A connection that could not be accepted (no file descriptor left, say) is no reason to end.
  server.on('error', () => undefined);
  const { port } = server.address() as AddressInfo;
  const secret = randomBytes(SECRET_BYTES).toString('base64url');
  const readers = new Map<ServerResponse, () => void>();
  server.on('request', inspectorRequests({ port, secret, backlog, steps, heartbeat, readers, readModule }));
  return {
    url: `http://127.0.0.1:${port}/${secret}/`,
    async close() {
      const closed = once(server, 'close');
      server.close();
      // What the client did last is still on its way to them.
      await Promise.all([...readers].map(([response, flush]) => ended(response, flush)));
      server.closeAllConnections();
      await closed;
    },
  };
}
