import { execFile, spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { publicApp, type Emulator } from 'authchart/testing';
import { onTestFinished } from 'vitest';

const root = fileURLToPath(new URL('../../..', import.meta.url));
const door = (name: string) => JSON.stringify(new URL(`../../../dist/${name}.js`, import.meta.url).href);

/** Compiles the sources: child processes import what is shipped. */
export async function build(): Promise<void> {
  const compiler = ['node_modules/typescript/bin/tsc', '-b', 'src', 'src/tsconfig.node.json'];
  await promisify(execFile)(process.execPath, compiler, { cwd: root });
}

/** Every program has a client over the shared store, says things, and can wait to be told to go on. */
const prelude = `
  import { writeSync } from 'node:fs';
  import { createClient, fileStore } from ${door('node')};
  import { consent, xAt } from ${door('testing')};
  const { endpoints, clientId, directory, words } = JSON.parse(process.argv[1]);
  const scopes = ['users.read', 'tweet.read', 'offline.access'];
  const client = createClient({ provider: xAt(endpoints), clientId, scopes, store: fileStore(directory) });
  const say = (value) => writeSync(1, JSON.stringify(value) + '\\n');
  const told = () => new Promise((resolve) => process.once('message', () => resolve(process.disconnect())));
`;

export interface Program {
  readonly process: ChildProcess;
  /** Resolves with what it says next. */
  next(): Promise<unknown>;
  /** Lets it go on. */
  tell(): void;
  /** Resolves when it has ended well by itself; rejects with its complaints otherwise. */
  readonly ended: Promise<void>;
}

export interface Shared {
  readonly emulator: Emulator;
  readonly directory: string;
}

/** Starts a program of its own process. What it prints on stderr is its failure. */
export function run(script: string, { emulator, directory }: Shared, words: readonly string[] = []): Program {
  const { endpoints } = emulator;
  const settings = JSON.stringify({ endpoints, clientId: publicApp.client_id, directory, words });
  const child = spawn(process.execPath, ['--input-type=module', '--eval', prelude + script, settings], {
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
  });
  onTestFinished(() => void child.kill('SIGKILL'));
  let complaints = '';
  child.stderr?.on('data', (chunk: Buffer) => (complaints += chunk.toString()));
  const lines = createInterface(child.stdout!)[Symbol.asyncIterator]();
  const ended = once(child, 'close').then(() => {
    if (child.exitCode !== 0) throw new Error(complaints || `It ended by ${child.signalCode}.`);
  });
  // A test may look at it late, or never.
  ended.catch(() => undefined);
  return {
    process: child,
    ended,
    tell: () => void child.send('go on'),
    async next() {
      const { done, value } = await lines.next();
      if (done) throw new Error(`It says no more. ${complaints}`);
      return JSON.parse(value) as unknown;
    },
  };
}
