import { Client, type Pool } from 'pg';
import { postgresStore } from 'authchart/postgres';
import { afterAll, beforeAll, beforeEach, describe, expect, it, onTestFinished, vi } from 'vitest';
import { virtualClock } from '../../src/adapters/virtual/virtual-clock.js';
import type { Store } from '../../src/services/ports.js';
import { NO_POSTGRES, startOwnPostgres, type PostgresServer } from '../support/postgres-server.js';
import { startRelay } from '../support/relay.js';
import { borrowed, harness, openPool, quiet } from './postgres-places.js';

let server: PostgresServer | null;
let url: string;
beforeAll(async () => {
  server = await startOwnPostgres();
  url = server?.url ?? '';
});
beforeEach(({ skip }) => skip(server === null, NO_POSTGRES));
afterAll(() => server?.stop());

/** Long enough for a machine that is busy with other things. */
const patience = { timeout: 15_000, interval: 20 };

async function watched(store: Store, key: string) {
  const seen = { times: 0 };
  const stop = store.watch?.(key, () => void seen.times++);
  if (!stop) throw new Error('This store does not watch.');
  onTestFinished(stop);
  const told = async (before: number) =>
    void (await vi.waitFor(() => expect(seen.times).toBeGreaterThan(before), patience));
  return { seen, stop, told };
}

async function change(store: Store, key: string): Promise<void> {
  const expected = (await store.read(key))?.version ?? null;
  await store.write(key, 'value', { expected });
}

const listening = `select pid from pg_stat_activity where query ilike 'listen authchart'`;

async function end(sql: Pool): Promise<void> {
  await vi.waitFor(async () => {
    const { rowCount } = await sql.query(`select pg_terminate_backend(pid) from (${listening}) as it`);
    expect(rowCount).toBe(1);
  }, patience);
}

describe('a PostgreSQL store that watches', () => {
  it('borrows one connection of its pool for all that is watched, and gives it back as it was', async () => {
    const { pool, store } = (await harness(url)).open();
    const other = postgresStore(pool, { table: (await harness(url)).table });
    await store.read('key');
    expect(borrowed(pool)).toBe(0);
    const all = [await watched(store, 'one'), await watched(store, 'two'), await watched(other, 'one')];
    for (const { told } of all) await told(0);
    expect(borrowed(pool)).toBe(1);
    const before = all.map(({ seen }) => seen.times);
    await change(other, 'one');
    await all[2]?.told(before[2] ?? 0);
    expect(all.map(({ seen }) => seen.times)).toEqual([before[0], before[1], (before[2] ?? 0) + 1]);

    for (const { stop } of all) stop();
    for (const { stop } of all) stop();
    await quiet(pool);
    const clients = await Promise.all(Array.from({ length: pool.totalCount }, () => pool.connect()));
    for (const client of clients) {
      expect((await client.query('select pg_listening_channels()')).rows).toEqual([]);
      expect(client.listenerCount('notification')).toBe(0);
      client.release();
    }
    expect(clients.length).toBeGreaterThan(0);
  });

  it('never borrows a second one, however often it stops and begins again', async () => {
    const { pool, store } = (await harness(url)).open();
    let most = 0;
    pool.on('acquire', () => (most = Math.max(most, borrowed(pool))));
    for (let round = 0; round < 10; round++) {
      const { stop } = await watched(store, 'key');
      if (round % 2) await new Promise((resolve) => setTimeout(resolve, 5));
      stop();
    }
    const { told, stop } = await watched(store, 'key');
    await told(0);
    expect([most, borrowed(pool)]).toEqual([1, 1]);
    stop();
    await quiet(pool);
  });

  it('says nothing of what changed, and nothing at all of locks', async () => {
    const { table, open } = await harness(url);
    const { store } = open();
    const ear = new Client(url);
    const heard: string[] = [];
    ear.on('notification', ({ payload }) => heard.push(payload ?? ''));
    await ear.connect();
    onTestFinished(() => ear.end());
    await ear.query('listen authchart');
    await store.write('session/x/alice', 'canary', { expected: null });
    await (
      await store.lock('session/x/alice', { signal: new AbortController().signal, ttl: 1000 })
    ).release();
    await store.write('session/x/alice', 'lost', { expected: null });
    await store.remove('session/x/alice');
    await store.remove('session/x/alice');
    await ear.query('select');
    const topic = expect.stringMatching(new RegExp(`^${table}:[0-9a-f]{64}$`));
    expect(heard).toEqual([topic, topic]);
    expect(heard[0]).toBe(heard[1]);
  });

  it('leaves a pool with one connection to its operations, and does not watch', async () => {
    const { store } = (await harness(url)).open({ max: 1 });
    expect(store.watch).toBeUndefined();
    await change(store, 'key');
    expect(await store.read('key')).toMatchObject({ value: 'value' });
  });

  it('lets its pool end once nobody watches', async () => {
    const { table } = await harness(url);
    const pool = openPool(url);
    const { told, stop } = await watched(postgresStore(pool, { table }), 'key');
    await told(0);
    stop();
    await pool.end();
    expect(pool.totalCount).toBe(0);
  });

  it('tells again after its connection was ended by the server, for it may have missed something, and goes on', async () => {
    const { sql, open } = await harness(url);
    const { pool, store } = open();
    const other = open().store;
    const { seen, told, stop } = await watched(store, 'key');
    await told(0);
    for (let round = 0; round < 3; round++) {
      const before = seen.times;
      await end(sql);
      await told(before);
      const again = seen.times;
      await change(other, 'key');
      await told(again);
    }
    expect(borrowed(pool)).toBe(1);
    stop();
    await quiet(pool);
  });

  it('is not called any more once it has stopped, not even because of a lost connection', async () => {
    const { sql, open } = await harness(url);
    const { store } = open();
    const stopped = await watched(store, 'key');
    const other = await watched(store, 'key');
    await other.told(0);
    stopped.stop();
    const { times } = stopped.seen;
    const before = other.seen.times;
    await end(sql);
    await other.told(before);
    const again = other.seen.times;
    await change(store, 'key');
    await other.told(again);
    expect(stopped.seen.times).toBe(times);
    other.stop();
  });

  it('does not call whom another listener has just stopped', async () => {
    const { open } = await harness(url);
    const { store } = open();
    const stops: Array<(() => void) | undefined> = [];
    let calls = 0;
    const stopAll = () => {
      calls++;
      for (const stop of stops) stop?.();
    };
    stops.push(store.watch?.('key', stopAll), store.watch?.('key', stopAll), store.watch?.('key', stopAll));
    await vi.waitFor(() => expect(calls).toBeGreaterThan(0), patience);
    await change(store, 'key');
    expect(calls).toBe(1);
  });

  it('goes on after the server was restarted, and so do its operations', async () => {
    const { open } = await harness(url);
    const { store } = open();
    await change(store, 'key');
    const { seen, told, stop } = await watched(store, 'key');
    await told(0);
    const before = seen.times;
    await server?.restart();
    await told(before);
    const again = seen.times;
    await vi.waitFor(() => change(store, 'key'), patience);
    await told(again);
    expect(await store.read('key')).toMatchObject({ value: 'value' });
    stop();
  });

  it('begins while the server is out of reach, and tells once it is back', async () => {
    const relay = await startRelay(url);
    const { open } = await harness(url);
    const { store } = open({ url: relay.url });
    const restore = await relay.cut();
    const { seen, told, stop } = await watched(store, 'key');
    await expect(store.read('key')).rejects.toMatchObject({ code: 'store_unavailable' });
    expect(seen.times).toBe(0);
    await restore();
    await told(0);
    stop();
  });

  it('notices by itself that a network has forgotten its connection', async () => {
    const relay = await startRelay(url);
    const clock = virtualClock();
    const { open } = await harness(url);
    const { pool, store } = open({ url: relay.url }, clock);
    const { seen, told, stop } = await watched(store, 'key');
    await told(0);
    relay.silence();
    await vi.waitFor(async () => {
      await clock.advance(1_000);
      expect(seen.times).toBe(2);
    }, patience);
    expect(borrowed(pool)).toBe(1);
    await change(open().store, 'key');
    await told(2);
    stop();
    await quiet(pool);
  });
});
