import { inspect } from 'node:util';
import { Pool, type PoolClient } from 'pg';
import { postgresStore } from 'authchart/postgres';
import { afterAll, beforeAll, beforeEach, describe, expect, it, onTestFinished, vi } from 'vitest';
import { virtualClock } from '../../src/adapters/virtual/virtual-clock.js';
import { AuthError } from '../../src/services/auth-error.js';
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

const patience = { timeout: 15_000, interval: 20 };

/** Every operation, begun at once, and what has come of it so far. */
function begin(store: Store) {
  const outcomes = new Map<string, unknown>();
  const note = (name: string, operation: Promise<unknown>) =>
    void operation.then(
      (result) => outcomes.set(name, result),
      (error: unknown) => outcomes.set(name, error),
    );
  note('read', store.read('key'));
  note('write', store.write('new', 'value', { expected: null }));
  note('remove', store.remove('other'));
  note('lock', store.lock('key', { signal: new AbortController().signal, ttl: 60_000 }));
  return outcomes;
}

/** A moment in which everything that can be sent and answered is. */
const moment = () => new Promise((resolve) => setTimeout(resolve, 200));

describe('a PostgreSQL store whose server is paused', () => {
  it('says so within five seconds, and leaves no dead connection in the pool', async () => {
    const clock = virtualClock();
    const { open } = await harness(url);
    const { pool, store } = open({}, clock);
    await store.write('key', 'value', { expected: null });
    const warm = await Promise.all(Array.from({ length: 4 }, () => pool.connect()));
    for (const client of warm) client.release();
    await server?.pause();
    onTestFinished(() => server?.resume());
    const outcomes = begin(store);
    await moment();
    await clock.advance(4_999);
    expect(outcomes.size).toBe(0);
    await clock.advance(1);
    expect([...outcomes.keys()].toSorted()).toEqual(['lock', 'read', 'remove', 'write']);
    for (const outcome of outcomes.values())
      expect(outcome).toMatchObject({
        code: 'store_unavailable',
        phase: 'store',
        retryable: true,
        message: expect.stringContaining('within 5 seconds'),
      });
    expect(pool.totalCount).toBe(0);
    server?.resume();
    expect(await store.read('key')).toMatchObject({ value: 'value' });
    expect(borrowed(pool)).toBe(0);
  });
});

describe('a PostgreSQL store whose pool is used up', () => {
  it('says so within five seconds, does later nothing of what it gave up, and gives back what comes late', async () => {
    const clock = virtualClock();
    const { sql, table, open } = await harness(url);
    const { pool, store } = open({}, clock);
    const taken: PoolClient[] = [];
    for (let left = 4; left > 0; left--) taken.push(await pool.connect());
    const outcomes = begin(store);
    await moment();
    await clock.advance(5_000);
    expect(outcomes.size).toBe(4);
    for (const outcome of outcomes.values()) expect(outcome).toMatchObject({ code: 'store_unavailable' });
    for (const client of taken) client.release();
    await vi.waitFor(() => expect([borrowed(pool), pool.waitingCount]).toEqual([0, 0]), patience);
    expect((await sql.query(`select from ${table}`)).rowCount).toBe(0);
    await store.write('key', 'value', { expected: null });
  });
});

describe('a PostgreSQL store that loses its connection', () => {
  /** A write that waits for somebody else's transaction, until `lose` has its connection ended. */
  async function losing(lose: (waiting: number) => Promise<unknown>, code: string, at = url) {
    const { sql, table, open } = await harness(url);
    const { pool, store } = open({ url: at, application_name: table });
    const written = await store.write('key', 'value', { expected: null });
    const holder = await sql.connect();
    try {
      await holder.query(`begin; select from ${table} for update`);
      const late = store.write('key', 'late', { expected: written.written ? written.version : null });
      const refusal = late.catch((error: unknown) => error);
      const waiting = await vi.waitFor(async () => {
        const { rows } = await sql.query<{ pid: number }>(
          `select pid from pg_stat_activity where application_name = $1 and wait_event_type = 'Lock'`,
          [table],
        );
        expect(rows).toHaveLength(1);
        return rows[0]?.pid ?? 0;
      }, patience);
      await lose(waiting);
      expect(await refusal).toMatchObject({
        code: 'store_unavailable',
        message: expect.stringContaining(code),
      });
      await sql.query('select pg_terminate_backend($1)', [waiting]);
      await holder.query('rollback');
    } finally {
      holder.release();
    }
    return { pool, store };
  }

  it('because the server ended it says so, and goes on', async () => {
    const { sql } = await harness(url);
    const { pool, store } = await losing(
      (pid) => sql.query('select pg_terminate_backend($1)', [pid]),
      '57P01',
    );
    expect(await store.read('key')).toMatchObject({ value: 'value' });
    await quiet(pool);
  });

  it('because the network broke says so, and the process lives on', async () => {
    const relay = await startRelay(url);
    const cut = async () => (await relay.cut())();
    const { pool, store } = await losing(cut, 'The connection to PostgreSQL failed', relay.url);
    expect(await store.read('key')).toMatchObject({ value: 'value' });
    await quiet(pool);
  });
});

describe('a PostgreSQL store that finds somebody else in its way', () => {
  it('tries again on the same connection', async () => {
    const { table, sql, open } = await harness(url);
    const { pool, store } = open({ options: '-c default_transaction_isolation=repeatable\\ read' });
    const first = await store.write('key', 'first', { expected: null });
    await quiet(pool);
    const connected = vi.fn();
    pool.on('connect', connected);
    const other = await sql.connect();
    try {
      await other.query(`begin; update ${table} set version = 'theirs'`);
      const late = store.write('key', 'late', { expected: first.written ? first.version : null });
      const waiting = `select from pg_stat_activity where wait_event_type = 'Lock'`;
      await vi.waitFor(async () => expect((await sql.query(waiting)).rowCount).toBe(1), patience);
      // Now it cannot be told whether the row is the one that was meant: 40001.
      await other.query('commit');
      expect(await late).toEqual({ written: false });
    } finally {
      other.release();
    }
    expect(connected).not.toHaveBeenCalled();
    expect(await store.read('key')).toEqual({ value: 'first', version: 'theirs' });
  });
});

describe('what a PostgreSQL store says of a fault', () => {
  const canary = 'canary';

  async function faultOf(pool: Pool, table?: string): Promise<AuthError> {
    const store = postgresStore(pool, table === undefined ? {} : { table });
    const fault: unknown = await store
      .write(`key ${canary}`, canary, { expected: null })
      .catch((error) => error);
    if (!(fault instanceof AuthError)) throw new Error('No AuthError.');
    for (const shown of [inspect(fault), JSON.stringify(fault), fault.stack, String(fault)]) {
      expect(shown).not.toContain(canary);
      expect(shown).not.toContain('127.0.0.1');
    }
    expect(fault).toMatchObject({ code: 'store_unavailable', phase: 'store', retryable: true });
    return fault;
  }

  const open = (config: ConstructorParameters<typeof Pool>[0]) => {
    const pool = new Pool({ connectionTimeoutMillis: 4_000, ...config });
    pool.on('error', () => {});
    onTestFinished(() => pool.end());
    return pool;
  };

  it('names the errno, and neither host nor user nor password', async () => {
    const secrets = { user: canary, password: canary, database: canary };
    const refused = await faultOf(open({ ...secrets, host: '127.0.0.1', port: 1 }));
    expect(refused.message).toContain('ECONNREFUSED');
    const unknown = await faultOf(open({ ...secrets, host: `${canary}.invalid` }));
    expect(unknown.message).toMatch(/ENOTFOUND|EAI_AGAIN/);
  });

  it('names the SQLSTATE of a server that turns it away', async () => {
    const { hostname, port } = new URL(url);
    const turned = await faultOf(
      open({ host: hostname, port: Number(port), user: 'postgres', database: canary }),
    );
    expect(turned.message).toContain('3D000');
  });

  it('names the SQLSTATE of a statement that is refused, and not the row that PostgreSQL quotes', async () => {
    const { sql, table } = await harness(url);
    await sql.query(`alter table ${table} add check (value = '')`);
    const pool = openPool(url);
    onTestFinished(() => pool.end());
    expect((await faultOf(pool, table)).message).toContain('23514');
  });

  it('names nothing where nothing is known', async () => {
    const pool = openPool(url);
    await pool.end();
    expect((await faultOf(pool)).message).toContain('The connection to PostgreSQL failed.');
  });
});
