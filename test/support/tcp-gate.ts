import { once } from 'node:events';
import { connect, createServer, type Socket } from 'node:net';
import { freePort } from './free-port.js';

export interface TcpGate {
  /** The same address, through the gate. */
  readonly url: string;
  /** Ends every connection and refuses new ones, until the returned function is called. */
  cut(): Promise<() => Promise<void>>;
  /** Lets nothing through until the returned function is called; nothing is lost, and nobody is told. */
  pause(): Promise<() => Promise<void>>;
  /** From now on nothing gets through, and nobody is told: what a network does that forgets a connection. */
  silence(): void;
  close(): Promise<void>;
}

/** Stands between the clients of a test and a server that others use too. */
export async function startGate(target: string): Promise<TcpGate> {
  const { hostname, port, protocol } = new URL(target);
  const standard = protocol.startsWith('redis') ? 6379 : 5432;
  const ways = new Map<Socket, Socket>();
  let paused = false;
  const server = createServer((near) => {
    const far = connect(Number(port) || standard, hostname);
    for (const [from, to] of [
      [near, far],
      [far, near],
    ] as const) {
      ways.set(from, to);
      // Who connects while nothing gets through waits too.
      if (!paused) from.pipe(to);
      from.on('error', () => to.destroy());
      from.on('close', () => {
        ways.delete(from);
        to.destroy();
      });
    }
  });

  async function listen(at: number): Promise<void> {
    server.listen(at, '127.0.0.1');
    await once(server, 'listening');
  }
  async function shut(): Promise<void> {
    if (!server.listening) return;
    const closed = once(server, 'close');
    server.close();
    for (const socket of ways.keys()) socket.destroy();
    await closed;
  }

  const at = await freePort();
  await listen(at);
  const url = new URL(target);
  url.host = `127.0.0.1:${at}`;
  return {
    url: url.href,
    async cut() {
      await shut();
      return () => listen(at);
    },
    async pause() {
      paused = true;
      for (const socket of ways.keys()) socket.unpipe();
      return async () => {
        paused = false;
        for (const [from, to] of ways) from.pipe(to);
      };
    },
    silence() {
      for (const socket of ways.keys()) socket.unpipe();
    },
    close: shut,
  };
}
