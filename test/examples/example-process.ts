import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { onTestFinished } from 'vitest';

const mainOf = (example: string) =>
  fileURLToPath(new URL(`../../build/examples/${example}/main.js`, import.meta.url));

export interface ExampleProcess {
  /** What it has written so far, errors included. */
  output(): string;
  until(pattern: RegExp): Promise<void>;
  type(keys: string): void;
  interrupt(): void;
  /** Its exit code; `null` if it was killed. */
  readonly ended: Promise<number | null>;
  /** Arguments and environment of every process of the run. */
  told(): Promise<string>;
  /** What it left in its folder for temporary files. */
  left(): Promise<string[]>;
}

export interface StartOptions {
  /** Its folder. */
  readonly example?: string;
  readonly env?: Readonly<Record<string, string>>;
  readonly terminal?: boolean;
}

/** Starts the built example, by default with pipes and on a machine without a browser. */
export async function startExample(
  args: readonly string[],
  { example = 'sign-in', env = {}, terminal = false }: StartOptions = {},
): Promise<ExampleProcess> {
  const folder = await mkdtemp(join(tmpdir(), 'authchart-example-'));
  const [temporary, record, preload] = [
    await mkdtemp(join(folder, 'tmp-')),
    join(folder, 'told'),
    join(folder, 'told.mjs'),
  ];
  await writeFile(record, '');
  await writeFile(
    preload,
    `import { appendFileSync } from 'node:fs';
     appendFileSync(process.env.TOLD, JSON.stringify([process.argv, process.execArgv, process.env]) + '\\n');`,
  );
  const command = [process.execPath, mainOf(example), ...args];
  const [file, ...rest] = terminal ? onTerminal(command) : command;
  const child = spawn(file!, rest, {
    stdio: 'pipe',
    env: {
      PATH: process.env.PATH,
      TERM: 'xterm',
      TMPDIR: temporary,
      TOLD: record,
      NODE_OPTIONS: `--import=${preload}`,
      ...env,
    },
  });
  const ended = once(child, 'close').then(([code]) => code as number | null);
  onTestFinished(async () => {
    child.kill('SIGKILL');
    await ended;
    await rm(folder, { recursive: true });
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (text: string) => (output += text));
  }
  return {
    output: () => output,
    async until(pattern) {
      let running = true;
      const end = ended.then(() => (running = false));
      while (!pattern.test(output)) {
        if (!running) throw new Error(`It ended before it wrote ${String(pattern)}:\n${output}`);
        await Promise.race([once(child.stdout, 'data'), end]);
      }
    },
    type: (keys) => void child.stdin.write(keys),
    interrupt: () => void child.kill('SIGINT'),
    ended,
    told: () => readFile(record, 'utf8'),
    left: () => readdir(temporary),
  };
}

/** Under a pseudo-terminal; ends with the exit code of the program. */
function onTerminal(command: readonly string[]): string[] {
  return ['/usr/bin/script', '-qefc', command.map((word) => `'${word}'`).join(' '), '/dev/null'];
}
