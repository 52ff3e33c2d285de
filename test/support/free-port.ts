import { once } from 'node:events';
import { createServer } from 'node:net';

/** Below the ports that systems give to those who ask for any: nobody is given one between its choice and its use. */
const LOWEST = 20_000;
const EACH = 400;

const first = LOWEST + (Number(process.env['VITEST_POOL_ID'] ?? 0) % 20) * EACH;
let chosen = Math.floor(Math.random() * EACH);

/** A port of this machine that is free in both families. */
export async function freePort(): Promise<number> {
  for (let left = EACH; left > 0; left--) {
    const port = first + (chosen++ % EACH);
    if ((await isFree(port, '127.0.0.1')) && (await isFree(port, '::1'))) return port;
  }
  throw new Error('No port is free.');
}

async function isFree(port: number, host: string): Promise<boolean> {
  const server = createServer();
  const listening = once(server, 'listening').then(
    () => true,
    (error: NodeJS.ErrnoException) => error.code !== 'EADDRINUSE',
  );
  server.listen(port, host);
  const isFree = await listening;
  if (server.listening) {
    server.close();
    await once(server, 'close');
  }
  return isFree;
}
