import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { chmod, mkdir, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { fileStore } from '../../src/adapters/file/file-store.js';
import { nodeClock } from '../../src/adapters/node/node-clock.js';
import { virtualClock } from '../../src/adapters/virtual/virtual-clock.js';
import { compileFileStore } from '../support/compiled-file-store.js';
import { isOnDisk, onlyFolder, storeDirectory } from '../support/store-directory.js';

let compiled: Awaited<ReturnType<typeof compileFileStore>>;
beforeAll(async () => void (compiled = await compileFileStore()));
afterAll(() => compiled.remove());

const prelude = () => `
  import { writeSync } from 'node:fs';
  import { fileStore } from ${JSON.stringify(compiled.url)};
  const clock = {
    now: () => 0,
    elapsed: () => performance.now(),
    setTimeout: (listener, milliseconds) => setTimeout(listener, milliseconds).unref(),
    clearTimeout: (id) => clearTimeout(id),
  };
  const directory = process.argv[1];
  const store = fileStore({ directory, clock });
  const say = (...words) => writeSync(1, words.join(' ') + '\\n');
`;

interface Child {
  readonly process: ChildProcess;
  /** What it has said so far. */
  readonly said: string[];
  /** Resolves when it has ended and all it said is here; rejects if it failed by itself. */
  readonly ended: Promise<void>;
}

function run(script: string, directory: string, command: readonly string[] = []): Child {
  const [program = '', ...words] = [...command, process.execPath, '--input-type=module'];
  const child = spawn(program, [...words, '--eval', prelude() + script, directory], {
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const said: string[] = [];
  let complaints = '';
  child.stderr.on('data', (chunk: Buffer) => (complaints += chunk.toString()));
  createInterface(child.stdout).on('line', (line) => said.push(line));
  const ended = once(child, 'close').then(() => {
    if (child.exitCode !== 0 && child.signalCode !== 'SIGKILL') throw new Error(complaints);
  });
  return { process: child, said, ended };
}

const openStore = (directory: string) => fileStore({ directory, clock: virtualClock(0) });

describe('eight processes that count up one key of a file store', () => {
  /** Says each number it has won, and `unknown` where the store could not tell. */
  const count = (times: number) => `
    for (let left = ${times}; left > 0; left--) {
      try {
        const entry = await store.read('counter');
        const next = Number(entry?.value ?? 0) + 1;
        const { written } = await store.write('counter', String(next), { expected: entry?.version ?? null });
        if (written) say(next);
        else left++;
      } catch (error) {
        if (error.code !== 'store_unavailable' || !error.message.includes('held up')) throw error;
        say('unknown', error.code);
      }
    }
  `;

  async function countUp(script: string) {
    const { directory } = await storeDirectory();
    const children = Array.from({ length: 8 }, () => run(script, directory));
    await Promise.all(children.map(({ ended }) => ended));
    const said = children.flatMap(({ said }) => said);
    const won = said.filter((line) => /^\d+$/.test(line)).map(Number);
    const last = Number((await openStore(directory).read('counter'))?.value);
    return { won, last, unknown: said.length - won.length };
  }

  it('lose no count, and no two win the same', async () => {
    const { won, last, unknown } = await countUp(count(40));
    expect(won.toSorted((one, other) => one - other)).toEqual(Array.from({ length: 320 }, (_, i) => i + 1));
    expect([last, unknown]).toEqual([320, 0]);
  });

  it('do so even where old versions are collected at once: then some may not know, but none is wrong', async () => {
    const { won, last, unknown } = await countUp(
      `const now = Date.now; Date.now = () => now() + 3_600_000;\n${count(40)}`,
    );
    expect(new Set(won).size).toBe(won.length);
    expect(won.length + unknown).toBe(320);
    expect(last).toBeGreaterThanOrEqual(won.length);
    expect(last).toBeLessThanOrEqual(won.length + unknown);
  });
});

describe('writers of a file store that are killed', () => {
  const write = `
    for (let i = 0; ; i++) {
      const entry = await store.read('counter');
      const value = (Number.parseInt(entry?.value ?? '0') + 1) + ' canary-' + process.pid + '-' + i + '-';
      const { written } = await store.write('counter', value, { expected: entry?.version ?? null });
      if (written) say(value);
    }
  `;

  it('at any moment leave a store that is readable, has all they won, and goes on (H6, Q8)', async () => {
    const { directory } = await storeDirectory();
    const store = openStore(directory);
    const superseded = new Set<string>();
    let least = 0;
    const moments = fc.array(fc.record({ lines: fc.integer({ min: 1, max: 8 }), turns: fc.nat(40) }), {
      minLength: 3,
      maxLength: 3,
    });
    await fc.assert(
      fc.asyncProperty(moments, async (moments) => {
        const children = moments.map(({ lines, turns }) => {
          const child = run(write, directory);
          void killAfter(child, lines, turns);
          return child;
        });
        await Promise.all(children.map(({ ended }) => ended));
        const said = children.flatMap(({ said }) => said);
        for (const value of said) superseded.add(value);
        expect(new Set(said.map((value) => Number.parseInt(value))).size).toBe(said.length);
        least = Math.max(least, ...said.map((value) => Number.parseInt(value)));

        const entry = await store.read('counter');
        expect(Number.parseInt(entry?.value ?? '')).toBeGreaterThanOrEqual(least);
        const next = `${Number.parseInt(entry?.value ?? '') + 1} by the next`;
        const result = await store.write('counter', next, { expected: entry?.version ?? null });
        expect(result.written).toBe(true);
        for (const value of superseded) expect(await isOnDisk(directory, value)).toBe(false);
      }),
      { numRuns: 8 },
    );
  }, 60_000);

  /** So many turns of our event loop after it has said so much. */
  async function killAfter({ process: child, said }: Child, lines: number, turns: number): Promise<void> {
    while (said.length < lines && child.exitCode === null) await once(child.stdout ?? child, 'data');
    for (let turn = 0; turn < turns; turn++) await new Promise((resolve) => setImmediate(resolve));
    child.kill('SIGKILL');
  }
});

describe('a process with a file store', () => {
  it('ends by itself while it watches and holds a lock', async () => {
    const { directory } = await storeDirectory();
    const child = run(
      `
        store.watch('key', () => say('told'));
        await store.lock('key', { signal: new AbortController().signal, ttl: 3_600_000 });
        await store.write('key', 'value', { expected: null });
      `,
      directory,
    );
    await child.ended;
    expect(child.process.exitCode).toBe(0);
    expect(await openStore(directory).read('key')).toMatchObject({ value: 'value' });
  });

  it('shuts others out while it holds a lock, and for no longer than its time if it was killed', async () => {
    const { directory } = await storeDirectory();
    const holder = run(
      `
        await store.lock('key', { signal: new AbortController().signal, ttl: 1_000 });
        say('held');
        setInterval(() => {}, 1_000);
      `,
      directory,
    );
    while (holder.said.length === 0) await once(holder.process.stdout!, 'data');
    // Its wall clock is a day ahead: no wall clock ends a lease.
    const clock = { ...nodeClock, now: () => nodeClock.now() + 24 * 3_600_000 };
    const store = fileStore({ directory, clock });
    const seen = nodeClock.elapsed();
    const waiting = store.lock('key', { signal: new AbortController().signal, ttl: 60_000 });
    holder.process.kill('SIGKILL');
    const lock = await waiting;
    expect(nodeClock.elapsed() - seen).toBeGreaterThan(1_000);
    expect(lock.lost.aborted).toBe(false);
    await holder.ended;
  });

  it('tells another that watches', async () => {
    const { directory } = await storeDirectory();
    let stop: (() => void) | undefined;
    const told = new Promise<void>((resolve) => (stop = openStore(directory).watch?.('key', resolve)));
    await run(`await store.write('key', 'value', { expected: null })`, directory).ended;
    await told;
    stop?.();
  });

  const attempt = `
    const entry = await store.read('key').catch((error) => say(error.code, error.message));
    await store.write('key', 'canary'.repeat(10_000), { expected: entry?.version ?? null })
      .catch((error) => say(error.code, error.message));
  `;

  it('keeps the old value, and leaves nothing of the new, when the disk takes no more', async () => {
    const { directory } = await storeDirectory();
    const store = openStore(directory);
    await store.write('key', 'old', { expected: null });
    const before = await readdir(await onlyFolder(directory));
    const child = run(attempt, directory, ['sh', '-c', 'ulimit -f 8 && exec "$@"', 'sh']);
    await child.ended;
    expect(child.said).toEqual([expect.stringMatching(/^store_unavailable .*EFBIG/)]);
    expect(child.said.join()).toContain(directory);
    expect(await store.read('key')).toMatchObject({ value: 'old' });
    expect(await readdir(await onlyFolder(directory))).toEqual(before);
    expect(await isOnDisk(directory, 'canary')).toBe(false);
  });

  it('is told the errno where it may not go', async () => {
    const { directory } = await storeDirectory();
    await mkdir(directory, { mode: 0o700 });
    const forbidden = join(directory, 'forbidden');
    await mkdir(forbidden, { mode: 0o000 });
    const child = run(
      `if (process.getuid() === 0) process.setuid(65534);\n${attempt}`,
      join(forbidden, 'store'),
    );
    await child.ended;
    expect(child.said).toHaveLength(2);
    for (const line of child.said) expect(line).toMatch(/^store_unavailable .*EACCES/);
    await chmod(forbidden, 0o700);
  });
});
