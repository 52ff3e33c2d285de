import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Socket } from 'node:net';
import { onTestFinished } from 'vitest';

export interface Relay {
  /** The same URL, by way of the relay. */
  readonly url: string;
  /** Ends all connections and takes no new ones, until the returned function is called. */
  cut(): Promise<() => Promise<void>>;
}

/** A way to a server that can be cut without touching the server. Ends with the test. */
export async function startRelay(to: string): Promise<Relay> {
  const { hostname, port } = new URL(to);
  const sockets = new Set<Socket>();
  const relay = createServer((near) => {
    const far = connect(Number(port), hostname);
    for (const [socket, other] of [
      [near, far],
      [far, near],
    ] as const) {
      sockets.add(socket);
      socket.pipe(other);
      socket.on('error', () => undefined);
      socket.on('close', () => {
        sockets.delete(socket);
        other.destroy();
      });
    }
  });
  await listen(0);
  const { port: own } = relay.address() as AddressInfo;
  onTestFinished(() => end());
  const url = new URL(to);
  url.hostname = '127.0.0.1';
  url.port = String(own);

  return {
    url: url.href,
    async cut() {
      await end();
      return () => listen(own);
    },
  };

  async function listen(port: number): Promise<void> {
    relay.listen(port, '127.0.0.1');
    await once(relay, 'listening');
  }

  async function end(): Promise<void> {
    if (!relay.listening) return;
    const closed = once(relay, 'close');
    relay.close();
    for (const socket of sockets) socket.destroy();
    await closed;
  }
}
