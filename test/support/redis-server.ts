import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { createClient } from 'redis';
import type { TestContext } from 'vitest';
import { freePort } from './free-port.js';
import { isInstalled } from './needs.js';

export interface RedisServer {
  readonly url: string;
  /** For the keys and channels of one test. What is left of them goes at the end. */
  freshPrefix(): string;
  /** What may be done to a server of our own; `null` where REDIS_URL names one that others use too. */
  readonly own: OwnServer | null;
  stop(): Promise<void>;
}

export interface OwnServer {
  /** Stops it, whatever it is doing; it remembers nothing. */
  kill(): Promise<void>;
  /** Starts it again at the same address. */
  start(): Promise<void>;
  pause(): void;
  resume(): void;
}

/**
 * The server of REDIS_URL, or a throw-away one that dies with this process; `null` where none is installed.
 * Whoever shares it keeps to prefixes of their own and flushes nothing.
 */
export async function startRedis(): Promise<RedisServer | null> {
  const { REDIS_URL: url } = process.env;
  const prefixes: string[] = [];
  const freshPrefix = () => {
    const prefix = `authchart-test-${crypto.randomUUID()}`;
    prefixes.push(prefix);
    return prefix;
  };
  if (url) return { url, freshPrefix, own: null, stop: () => removeAll(url, prefixes) };
  if (!isInstalled('redis-server')) return null;
  const directory = await mkdtemp(join(tmpdir(), 'authchart-redis-'));
  const port = await freePort();
  let running = await run(port, directory);
  const kill = () => running.kill();
  return {
    url: `redis://127.0.0.1:${port}`,
    freshPrefix,
    own: {
      kill,
      start: async () => void (running = await run(port, directory)),
      pause: () => void process.kill(running.pid, 'SIGSTOP'),
      resume: () => void process.kill(running.pid, 'SIGCONT'),
    },
    async stop() {
      await kill();
      await rm(directory, { recursive: true });
    },
  };
}

/** Leaves a test out, and says so, where there is no server. */
export function needsRedis(server: RedisServer | null, { skip }: TestContext): asserts server is RedisServer {
  skip(server === null, 'redis-server is not installed, and REDIS_URL is not set');
}

/** Leaves a test out, and says so, where the server is not ours. */
export function needsOwnRedis(server: RedisServer | null, context: TestContext): OwnServer {
  needsRedis(server, context);
  context.skip(server.own === null, 'REDIS_URL names a server that this test may not stop or configure');
  return server.own!;
}

// The shell holds the server: when this process ends, however it does, its standard input ends too.
const HOLD = '"$@" & echo "pid $!"; cat >/dev/null; kill -KILL $!; wait $! 2>/dev/null';

async function run(
  port: number,
  directory: string,
): Promise<{ readonly pid: number; kill(): Promise<void> }> {
  const settings = ['--port', String(port), '--bind', '127.0.0.1', '--save', '', '--appendonly', 'no'];
  const command = ['redis-server', ...settings, '--dir', directory];
  const shell = spawn('sh', ['-c', HOLD, 'sh', ...command], { stdio: ['pipe', 'pipe', 'inherit'] });
  const closed = once(shell, 'close');
  const said: string[] = [];
  let pid = 0;
  for await (const line of createInterface(shell.stdout)) {
    said.push(line);
    pid ||= Number(/^pid (\d+)$/.exec(line)?.[1] ?? 0);
    if (line.includes('Ready to accept connections')) {
      shell.stdout.resume();
      return { pid, kill: async () => void (shell.stdin.end(), await closed) };
    }
    if (line.includes('bye bye') || line.includes('Failed listening')) break;
  }
  shell.stdin.end();
  throw new Error(`redis-server did not start:\n${said.join('\n')}`);
}

async function removeAll(url: string, prefixes: readonly string[]): Promise<void> {
  const client = await createClient({ url }).connect();
  for (const prefix of prefixes)
    for await (const keys of client.scanIterator({ MATCH: `${prefix}:*`, COUNT: 1_000 }))
      if (keys.length > 0) await client.unlink(keys);
  await client.close();
}
