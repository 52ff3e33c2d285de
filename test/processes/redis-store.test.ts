import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { afterAll, beforeAll, beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import { redisStore } from 'authchart/redis';
import { redisClient } from '../support/redis-clients.js';
import { needsRedis, startRedis, type RedisServer } from '../support/redis-server.js';
import { startRelay } from '../support/relay.js';
import { build } from './support/programs.js';

let server: RedisServer;
beforeAll(async () => {
  server = (await startRedis())!;
  await build();
}, 120_000);
afterAll(() => server?.stop());
beforeEach((context) => needsRedis(server, context));

const { signal } = new AbortController();

const prelude = `
  import { createClient } from 'redis';
  import { redisStore } from ${JSON.stringify(new URL('../../dist/redis.js', import.meta.url).href)};
  const [url, prefix] = process.argv.slice(1);
  const client = createClient({ url });
  client.on('error', () => {});
  await client.connect();
  const store = redisStore(client, { prefix });
  const { signal } = new AbortController();
  const told = () => new Promise((resolve) => process.stdin.once('data', () => resolve(process.stdin.destroy())));
`;

/** A process with a store of its own. What it prints on stderr is its failure. */
function run(script: string, url: string, prefix: string) {
  const child = spawn(process.execPath, ['--input-type=module', '--eval', prelude + script, url, prefix], {
    stdio: ['pipe', 'pipe', 'pipe'],
  });
  onTestFinished(() => void child.kill('SIGKILL'));
  let complaints = '';
  child.stderr.on('data', (chunk: Buffer) => (complaints += chunk.toString()));
  const lines = createInterface(child.stdout)[Symbol.asyncIterator]();
  const ended = once(child, 'close').then(() => ({ code: child.exitCode, complaints }));
  return {
    ended,
    kill: () => child.kill('SIGKILL'),
    tell: () => void child.stdin.write('go on\n'),
    says: async () => (await lines.next()).value as string | undefined,
  };
}

describe('a process that is killed while it holds a lock in Redis', () => {
  it('is outlived by the lock, until its time has passed', async () => {
    const prefix = server.freshPrefix();
    const store = redisStore(await redisClient(server.url), { prefix });
    const ttl = 3_000;
    const holder = run(
      `
        await store.lock('key', { signal, ttl: ${ttl} });
        console.log('held');
        setInterval(() => {}, 1_000);
      `,
      server.url,
      prefix,
    );
    const before = performance.now();
    expect(await holder.says()).toBe('held');
    holder.kill();
    await holder.ended;
    const lock = await store.lock('key', { signal, ttl });
    expect(performance.now() - before).toBeGreaterThanOrEqual(ttl);
    expect(lock.lost.aborted).toBe(false);
    await lock.release();
  });
});

describe('a process that watches in Redis', () => {
  const watch = `
    store.watch('key', () => console.log('told'));
    await told();
    client.destroy();
  `;

  it('is told of changes by another, and ends by itself when its own client is closed', async () => {
    const prefix = server.freshPrefix();
    const store = redisStore(await redisClient(server.url), { prefix });
    const watcher = run(watch, server.url, prefix);
    expect(await watcher.says()).toBe('told');
    await store.write('key', 'value', { expected: null });
    expect(await watcher.says()).toBe('told');
    watcher.tell();
    expect(await watcher.ended).toEqual({ code: 0, complaints: '' });
  });

  it('ends by itself also while it tries to connect again', async () => {
    const relay = await startRelay(server.url);
    const watcher = run(watch, relay.url, server.freshPrefix());
    expect(await watcher.says()).toBe('told');
    await relay.cut();
    watcher.tell();
    expect(await watcher.ended).toEqual({ code: 0, complaints: '' });
  });
});
