import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { compileAdapters } from '../adapters/compiled-adapters.js';
import { harness } from '../adapters/postgres-places.js';
import { NO_POSTGRES, startPostgres, type PostgresServer } from '../support/postgres-server.js';

let server: PostgresServer | null;
let url: string;
let adapters: Awaited<ReturnType<typeof compileAdapters>>;
beforeAll(async () => {
  adapters = await compileAdapters('postgres');
  server = await startPostgres();
  url = server?.url ?? '';
});
beforeEach(({ skip }) => skip(server === null, NO_POSTGRES));
afterAll(async () => {
  await adapters.remove();
  await server?.stop();
});

const signal = new AbortController().signal;

/** Runs a script that has a store over the table; it says lines. */
function run(script: string, table: string) {
  const prelude = `
    import { writeSync } from 'node:fs';
    import { Pool } from 'pg';
    import { postgresStore } from ${JSON.stringify(adapters.url('postgres-store.js'))};
    const clock = {
      now: () => 0,
      elapsed: () => performance.now(),
      setTimeout: (listener, milliseconds) => setTimeout(listener, milliseconds).unref(),
      clearTimeout: (id) => clearTimeout(id),
    };
    const [connectionString, table] = process.argv.slice(1);
    const pool = new Pool({ connectionString, allowExitOnIdle: true });
    const store = postgresStore({ pool, clock, table });
    const { signal } = new AbortController();
    const say = (line) => writeSync(1, line + '\\n');
  `;
  const child = spawn(process.execPath, ['--input-type=module', '--eval', prelude + script, url, table], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const lines = createInterface(child.stdout);
  return { child, line: async () => String((await once(lines, 'line'))[0]), ended: once(child, 'exit') };
}

describe('a lock in PostgreSQL whose holder is killed', () => {
  it('is free once its time has passed, and not before', async () => {
    const { table, sql, open } = await harness(url);
    const { store } = open();
    const { child, line, ended } = run(
      `await store.lock('key', { signal, ttl: 3000 }); say('held'); setInterval(() => {}, 1000);`,
      table,
    );
    expect(await line()).toBe('held');
    child.kill('SIGKILL');
    await ended;
    // As text: what JavaScript calls a date has no microseconds.
    const { rows } = await sql.query<{ end: string }>(`select expires_at::text as end from ${table}`);
    expect(rows).toHaveLength(1);
    const lock = await store.lock('key', { signal, ttl: 60_000 });
    const passed = await sql.query('select clock_timestamp() >= $1 as passed', [rows[0]?.end]);
    expect(passed.rows).toEqual([{ passed: true }]);
    expect(lock.lost.aborted).toBe(false);
    await lock.release();
  });
});

describe('a process with a PostgreSQL store', () => {
  it('ends by itself while it watches and holds a lock', async () => {
    const { table, open } = await harness(url);
    const { ended } = run(
      `
        await new Promise((resolve) => store.watch('key', resolve));
        await store.lock('key', { signal, ttl: 3_600_000 });
        await store.write('key', 'value', { expected: null });
      `,
      table,
    );
    expect(await ended).toEqual([0, null]);
    expect(await open().store.read('key')).toMatchObject({ value: 'value' });
  });

  it('tells another that watches, and is told by it', async () => {
    const { table, open } = await harness(url);
    const { store } = open();
    const told = vi.fn();
    const stop = store.watch?.('ours', told);
    await vi.waitFor(() => expect(told).toHaveBeenCalledTimes(1), { timeout: 15_000 });
    const { line, ended } = run(
      `
        let times = 0;
        const done = new Promise((resolve) => {
          const stop = store.watch('theirs', async () => {
            say(String(++times));
            if (times < 2) return;
            stop();
            await store.write('ours', 'value', { expected: null });
            resolve();
          });
        });
        const wait = setInterval(() => {}, 1000);
        await done;
        clearInterval(wait);
      `,
      table,
    );
    expect(await line()).toBe('1');
    const second = line();
    await store.write('theirs', 'value', { expected: null });
    expect(await second).toBe('2');
    expect(await ended).toEqual([0, null]);
    await vi.waitFor(() => expect(told).toHaveBeenCalledTimes(2), { timeout: 15_000 });
    stop?.();
  });
});
