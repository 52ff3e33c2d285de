import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { AuthError } from '../../services/auth-error.js';
import type { CallbackSink } from '../../services/ports.js';
import { callbackRequests } from './callback-requests.js';
import { loopbackRedirectUri, type LoopbackRedirectUri } from './loopback-redirect-uri.js';

/** Slow and oversized requests end here; the wait for the human has its deadline elsewhere. */
const LIMITS = {
  maxHeaderSize: 16 * 1024,
  headersTimeout: 5_000,
  requestTimeout: 10_000,
  connectionsCheckingInterval: 1_000,
};
const MAX_CONNECTIONS = 64;
const ATTEMPTS_AT_ANY_PORT = 8;

/**
 * Receives callbacks at a loopback redirect URI (RFC 8252 §7.3) until `sink.signal` aborts: `http://127.0.0.1:PORT/…`,
 * `http://[::1]:PORT/…`, or `http://localhost:PORT/…`, which is served at both addresses. Port 0 means any, and the
 * `redirectUri` of the answer has the real one. The port is open before this resolves, and free again when `closed` does.
 *
 * @throws {@link AuthError} `redirect_uri_not_local`, `port_in_use`, or `cancelled` if the signal aborts meanwhile
 */
export async function listenOnLoopback(
  redirectUri: string,
  sink: CallbackSink,
): Promise<{ readonly redirectUri: string; readonly closed: Promise<void> }> {
  const local = loopbackRedirectUri(redirectUri);
  if (!local) throw notLocal(redirectUri);
  const servers = await bind(local);
  const address = servers[0]?.address() as AddressInfo;
  const actual = local.port === 0 ? local.withPort(address.port) : redirectUri;
  const requests = callbackRequests(actual, sink);
  for (const server of servers) server.on('request', requests);

  if (sink.signal.aborted) {
    await close(servers);
    throw new AuthError('cancelled');
  }
  const closed = once(sink.signal, 'abort').then(() => close(servers));
  return { redirectUri: actual, closed };
}

/** Says what is wrong with a redirect URI by its scheme and host only: its query may hold anything. */
export function notLocal(redirectUri: string): AuthError {
  if (!URL.canParse(redirectUri)) {
    return new AuthError('redirect_uri_not_local', { detail: 'The redirect URI is not a URL.' });
  }
  const { protocol, host } = new URL(redirectUri);
  return new AuthError('redirect_uri_not_local', {
    detail: `No listener on this machine can serve the redirect URI, which is at ${protocol}${host && `//${host}`}.`,
  });
}

/** One server per address that this machine has. */
async function bind(local: LoopbackRedirectUri, attempt = 1): Promise<Server[]> {
  const servers: Server[] = [];
  let { port } = local;
  for (const address of local.addresses) {
    try {
      const server = await bindOne(address, port);
      servers.push(server);
      port = (server.address() as AddressInfo).port;
    } catch (thrown) {
      const code = thrown instanceof Error && 'code' in thrown ? thrown.code : undefined;
      // One family may be switched off.
      if (code === 'EADDRNOTAVAIL' || code === 'EAFNOSUPPORT') continue;
      await close(servers);
      // Any port of one family may be taken in the other.
      if (local.port === 0 && attempt < ATTEMPTS_AT_ANY_PORT) return bind(local, attempt + 1);
      throw portInUse(port, address, code);
    }
  }
  if (servers.length > 0) return servers;
  throw new AuthError('redirect_uri_not_local', {
    detail: `This machine has no address ${local.addresses.join(' or ')}.`,
  });
}

function portInUse(port: number, address: string, code: unknown): AuthError {
  const detail =
    code === 'EACCES'
      ? `Port ${port} of ${address} needs rights that this program lacks.`
      : `Port ${port} of ${address} is taken by another program.`;
  return new AuthError('port_in_use', { detail });
}

async function bindOne(host: string, port: number): Promise<Server> {
  const server = createServer(LIMITS);
  server.maxConnections = MAX_CONNECTIONS;
  // exclusive: a worker of a cluster would otherwise share the port with its siblings, which know nothing of this sign-in.
  server.listen({ host, port, exclusive: true });
  await once(server, 'listening');
  // A connection that could not be accepted (no file descriptor left, say) is no reason to end the wait.
  server.on('error', () => undefined);
  return server;
}

async function close(servers: readonly Server[]): Promise<void> {
  await Promise.all(
    servers.map(async (server) => {
      const closed = once(server, 'close');
      server.close();
      server.closeAllConnections();
      await closed;
    }),
  );
}
