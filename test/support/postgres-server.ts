import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readdirSync } from 'node:fs';
import { chmod, chown, mkdtemp, readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client } from 'pg';
import { freePort } from './free-port.js';

export interface PostgresServer {
  readonly url: string;
  /** Ends the server, unless it is not ours. */
  stop(): Promise<void>;
  /** Stops all its processes as they are (SIGSTOP): connections stand, and nobody answers. */
  pause(): Promise<void>;
  resume(): void;
  /** Ends all connections, and comes back at the same port. */
  restart(): Promise<void>;
}

/**
 * The server of DATABASE_URL, else one of our own, from the newest installed binaries; it dies with this process.
 * `null` where none are installed. What is done to a server's processes takes one of our own: `startOwnPostgres`.
 */
export async function startPostgres(): Promise<PostgresServer | null> {
  const { DATABASE_URL: url } = process.env;
  if (!url) return startOwnPostgres();
  const refuse = async () => {
    throw new Error('The server of DATABASE_URL is not ours to stop.');
  };
  return { url, stop: async () => {}, pause: refuse, resume: () => {}, restart: refuse };
}

export const NO_POSTGRES = 'PostgreSQL is not installed';

export async function startOwnPostgres(): Promise<PostgresServer | null> {
  const bin = newestBinaries();
  if (bin === undefined) return null;
  const user = process.getuid?.() === 0 ? 'postgres' : undefined;
  const directory = await mkdtemp(join(tmpdir(), 'authchart-postgres-'));
  await chmod(directory, 0o700);
  if (user) await chown(directory, idOf(user, '-u'), idOf(user, '-g'));
  const data = join(directory, 'data');
  const port = await freePort();
  const url = `postgres://postgres@127.0.0.1:${port}/postgres`;
  const as = (program: string, args: readonly string[]): [string, string[]] =>
    user ? ['runuser', ['-u', user, '--', program, ...args]] : [program, [...args]];

  const initdb = ['-D', data, '-A', 'trust', '-U', 'postgres', '--no-sync', '-E', 'UTF8', '--locale=C'];
  const made = spawnSync(...as(join(bin, 'initdb'), initdb), { cwd: directory, encoding: 'utf8' });
  if (made.status !== 0) throw new Error(`initdb failed: ${made.stderr || made.error?.message}`);

  let running = await launch();

  async function launch(): Promise<ChildProcess> {
    const settings = [`listen_addresses=127.0.0.1`, 'unix_socket_directories=', 'fsync=off', `port=${port}`];
    const server = [join(bin ?? '', 'postgres'), '-D', data, ...settings.flatMap((each) => ['-c', each])];
    const child = spawn(...as('sh', ['-c', DIES_WITH_US, directory, ...server]), {
      cwd: directory,
      stdio: ['pipe', 'ignore', 'pipe'],
    });
    let complaints = '';
    child.stderr?.on('data', (chunk: Buffer) => (complaints += chunk.toString()));
    for (let left = 150; ; left--) {
      if (await answers(url)) return child;
      if (left === 0 || child.exitCode !== null) throw new Error(`PostgreSQL did not start: ${complaints}`);
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
  }

  async function end(lastWord: string): Promise<void> {
    const closed = once(running, 'close');
    running.stdin?.end(lastWord);
    await closed;
  }

  let paused: number[] = [];
  const resume = () => {
    for (const pid of paused) process.kill(pid, 'SIGCONT');
    paused = [];
  };

  return {
    url,
    async pause() {
      const [postmaster] = (await readFile(join(data, 'postmaster.pid'), 'utf8')).split('\n');
      const control = new Client(url);
      await control.connect();
      control.on('error', () => {});
      // First, so that it starts no others.
      process.kill(Number(postmaster), 'SIGSTOP');
      const { rows } = await control.query<{ pid: number }>('select pid from pg_stat_activity');
      paused = [Number(postmaster), ...rows.map(({ pid }) => pid)];
      for (const pid of paused) process.kill(pid, 'SIGSTOP');
      void control.end();
    },
    resume,
    async restart() {
      await end('keep\n');
      running = await launch();
    },
    async stop() {
      resume();
      await end('');
    },
  };
}

// However this process ends, its end of the pipe closes; then the server ends and what it wrote is removed, unless a line
// came first. SIGINT: no session is waited for.
const DIES_WITH_US = '"$@" <&- & read -r keep; kill -INT $!; wait $!; [ "$keep" ] || rm -rf "$0"';

function newestBinaries(): string | undefined {
  const root = '/usr/lib/postgresql';
  const versions = existsSync(root) ? readdirSync(root) : [];
  const installed = versions
    .toSorted((one, other) => Number(other) - Number(one))
    .map((version) => join(root, version, 'bin'));
  const onPath = (process.env['PATH'] ?? '').split(':');
  return [...installed, ...onPath].find((bin) => existsSync(join(bin, 'initdb')));
}

const idOf = (user: string, flag: string) =>
  Number(spawnSync('id', [flag, user], { encoding: 'utf8' }).stdout);

async function answers(url: string): Promise<boolean> {
  const client = new Client({ connectionString: url, connectionTimeoutMillis: 2_000 });
  client.on('error', () => {});
  try {
    await client.connect();
    await client.end();
    return true;
  } catch {
    return false;
  }
}
