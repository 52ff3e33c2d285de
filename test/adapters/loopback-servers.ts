import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer as createHttpServer, type RequestListener, type Server as HttpServer } from 'node:http';
import {
  connect,
  createServer as createTcpServer,
  type AddressInfo,
  type Server,
  type Socket,
} from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';

/** Listens on a free port until the test is over; then ends every connection. */
export async function serve(server: Server): Promise<number> {
  const sockets = new Set<Socket>();
  server.on('connection', (socket: Socket) => {
    sockets.add(socket);
    socket.on('error', () => undefined).once('close', () => sockets.delete(socket));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(async () => {
    const closed = once(server, 'close');
    server.close();
    for (const socket of sockets) socket.destroy();
    await closed;
  });
  return (server.address() as AddressInfo).port;
}

export const serveHttp = (listener: RequestListener): Promise<number> => serve(createHttpServer(listener));

export const serveTcp = (onConnection: (socket: Socket) => void): Promise<number> =>
  serve(createTcpServer(onConnection));

export interface ConnectProxy {
  readonly port: number;
  /** `authority proxy-authorization` of each CONNECT. */
  readonly tunnels: string[];
}

/** An HTTP proxy that opens tunnels, or answers CONNECT with `refusal`. */
export async function serveProxy(refusal?: string): Promise<ConnectProxy> {
  const tunnels: string[] = [];
  const server: HttpServer = createHttpServer((_request, response) => response.writeHead(500).end());
  server.on('connect', (request, client: Socket, head: Buffer) => {
    tunnels.push(`${request.url} ${request.headers['proxy-authorization'] ?? '-'}`);
    if (refusal !== undefined) return client.end(`HTTP/1.1 ${refusal}\r\ncontent-length: 0\r\n\r\n`);
    const [host = '', port] = (request.url ?? '').split(':');
    const upstream = connect(Number(port), host, () => {
      client.write('HTTP/1.1 200 Connection Established\r\n\r\n');
      upstream.write(head);
      upstream.pipe(client).pipe(upstream);
    });
    upstream.on('error', () => client.destroy());
    client.on('error', () => upstream.destroy()).on('close', () => upstream.destroy());
    return undefined;
  });
  return { port: await serve(server), tunnels };
}

/** A certificate for 127.0.0.1 that nobody signed but itself. */
export function selfSigned(): { key: string; cert: string } {
  const directory = mkdtempSync(join(tmpdir(), 'authchart-tls-'));
  const [key, cert] = [join(directory, 'key.pem'), join(directory, 'cert.pem')];
  const request =
    'req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2 -subj /CN=loopback';
  execFileSync(
    'openssl',
    [...request.split(' '), '-addext', 'subjectAltName=IP:127.0.0.1', '-keyout', key, '-out', cert],
    { stdio: 'ignore' },
  );
  const pair = { key: readFileSync(key, 'utf8'), cert: readFileSync(cert, 'utf8') };
  rmSync(directory, { recursive: true });
  return pair;
}
