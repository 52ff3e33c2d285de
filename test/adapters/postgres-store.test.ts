import type { Pool } from 'pg';
import { afterAll, beforeAll, beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import { migratePostgres, postgresMigration, postgresStore } from 'authchart/postgres';
import type { Store } from '../../src/services/ports.js';
import { NO_POSTGRES, startPostgres, type PostgresServer } from '../support/postgres-server.js';
import { borrowed, harness, newTable, openPool, quiet } from './postgres-places.js';

let server: PostgresServer | null;
let url: string;
beforeAll(async () => {
  server = await startPostgres();
  url = server?.url ?? '';
});
beforeEach(({ skip }) => skip(server === null, NO_POSTGRES));
afterAll(() => server?.stop());

const signal = new AbortController().signal;

async function put(store: Store, key: string, value: string, ttl?: number): Promise<string> {
  const expected = (await store.read(key))?.version ?? null;
  const result = await store.write(key, value, { expected, ...(ttl !== undefined && { ttl }) });
  if (!result.written) throw new Error('Nobody else writes here.');
  return result.version;
}

/** What operations that were begun at once reject with. */
async function refusalsOf(operations: ReadonlyArray<Promise<unknown>>): Promise<unknown[]> {
  const outcomes = await Promise.allSettled(operations);
  return outcomes.map((outcome) => (outcome.status === 'rejected' ? outcome.reason : outcome));
}

async function count(sql: Pool, table: string): Promise<number> {
  const { rows } = await sql.query<{ count: number }>(`select count(*)::int from ${table}`);
  return rows[0]?.count ?? NaN;
}

describe('the table of a PostgreSQL store', () => {
  function scratch(table = newTable()) {
    const pool = openPool(url);
    onTestFinished(async () => {
      await pool.query(`drop table if exists "${table}"`);
      await pool.end();
    });
    return { pool, table };
  }

  const indexes = async (pool: Pool, table: string) =>
    (await pool.query('select indexname from pg_indexes where tablename = $1 order by 1', [table])).rows;

  it('is made once, however often that is asked for', async () => {
    const { pool, table } = scratch();
    await migratePostgres(pool, { table });
    await put(postgresStore(pool, { table }), 'key', 'value');
    await migratePostgres(pool, { table });
    await pool.query(postgresMigration({ table }));
    expect(await postgresStore(pool, { table }).read('key')).toMatchObject({ value: 'value' });
    expect(await indexes(pool, table)).toHaveLength(2);
  });

  it('is made once by ten that begin at the same moment', async () => {
    for (let round = 0; round < 5; round++) {
      const { table } = scratch();
      const pools = Array.from({ length: 10 }, () => openPool(url, { max: 1 }));
      await Promise.all(pools.map((pool) => pool.query('select')));
      const results = await Promise.allSettled(pools.map((pool) => migratePostgres(pool, { table })));
      const [pool] = pools;
      if (pool) expect(await indexes(pool, table)).toHaveLength(2);
      await Promise.all(pools.map((pool) => pool.end()));
      expect(results.filter(({ status }) => status === 'rejected')).toEqual([]);
    }
  });

  it('holds up nobody who writes to it when it is asked for again', async () => {
    const { pool, table } = scratch();
    await migratePostgres(pool, { table });
    const writer = await pool.connect();
    try {
      await writer.query(`begin; insert into ${table} values ('', '', '')`);
      await migratePostgres(pool, { table });
      await writer.query('rollback');
    } finally {
      writer.release();
    }
  });

  it('needs no right to make tables once it is there', async () => {
    const pool = openPool(url);
    const schema = newTable();
    const table = `${schema}.sessions`;
    const role = `role_of_${schema}`;
    await pool.query(
      `create schema ${schema}; create role ${role}; grant usage on schema ${schema} to ${role}`,
    );
    const modest = openPool(url, { options: `-c role=${role}` });
    try {
      await expect(migratePostgres(modest, { table })).rejects.toMatchObject({
        code: 'store_unavailable',
        message: expect.stringContaining('42501'),
      });
      await migratePostgres(pool, { table });
      await pool.query(`grant select, insert, update, delete on ${table} to ${role}`);
      await migratePostgres(modest, { table });
      const store = postgresStore(modest, { table });
      await put(store, 'key', 'value');
      expect(await store.remove('key')).toBe(true);
    } finally {
      await modest.end();
      await pool.query(`drop schema ${schema} cascade; drop role ${role}`);
      await pool.end();
    }
  });

  it('may lie in a schema, and is named as written', async () => {
    const pool = openPool(url);
    const schema = `Schema_${newTable()}`;
    const table = `${schema}.${'T'.repeat(52)}`;
    try {
      await expect(migratePostgres(pool, { table })).rejects.toMatchObject({
        code: 'store_unavailable',
        message: expect.stringContaining('3F000'),
      });
      await pool.query(`create schema "${schema}"`);
      await migratePostgres(pool, { table });
      const store = postgresStore(pool, { table });
      await put(store, 'key', 'value');
      await put(store, 'key', 'other');
      expect(await store.remove('key')).toBe(true);
      expect(await indexes(pool, 'T'.repeat(52))).toContainEqual({
        indexname: `${'T'.repeat(52)}_expires_at`,
      });
    } finally {
      await pool.query(`drop schema if exists "${schema}" cascade`);
      await pool.end();
    }
  });

  it('says what to do where it is missing', async () => {
    const { pool, table } = scratch();
    const store = postgresStore(pool, { table });
    const refusals = await refusalsOf([
      store.read('key'),
      store.write('key', 'value', { expected: null }),
      store.write('key', 'value', { expected: 'version' }),
      store.remove('key'),
      store.lock('key', { signal, ttl: 1000 }),
    ]);
    for (const refusal of refusals)
      expect(refusal).toMatchObject({
        code: 'store_unavailable',
        message: expect.stringMatching(/42P01.*run migratePostgres\(pool\) once/),
      });
  });

  it.each([
    ['nothing', ''],
    ['a space', 'auth chart'],
    ['a statement', 'authchart; drop table users'],
    ['a quote', 'auth"chart'],
    ['an apostrophe', "auth'chart"],
    ['a comment', 'authchart--'],
    ['a parenthesis', 'authchart(key)'],
    ['three parts', 'database.schema.authchart'],
    ['an empty schema', '.authchart'],
    ['an empty name', 'schema.'],
    ['a digit in front', '1authchart'],
    ['a letter beyond ASCII', 'authchärt'],
    ['a dollar', 'auth$chart'],
    ['a line break behind', 'authchart\n'],
    ['NUL', 'auth\0chart'],
    ['a name whose index would be cut', 'a'.repeat(53)],
    ['a schema that would be cut', `${'s'.repeat(64)}.authchart`],
    ['a number', 5 as unknown as string],
    ['null', null as unknown as string],
    ['an object that reads as a name', { toString: () => 'authchart' } as unknown as string],
  ])('is not named with %s', async (_, table) => {
    const pool = openPool(url);
    onTestFinished(() => pool.end());
    const refusal = expect.objectContaining({ code: 'invalid_option' });
    expect(() => postgresStore(pool, { table })).toThrow(refusal);
    expect(() => postgresMigration({ table })).toThrow(refusal);
    await expect(migratePostgres(pool, { table })).rejects.toEqual(refusal);
  });

  it('is reached through a pool and nothing else', async () => {
    for (const pool of [undefined, null, {}, 'postgres://127.0.0.1/']) {
      const refusal = expect.objectContaining({ code: 'invalid_option' });
      expect(() => postgresStore(pool as never)).toThrow(refusal);
      await expect(migratePostgres(pool as never)).rejects.toEqual(refusal);
    }
  });
});

describe('a PostgreSQL store has one winner', () => {
  it.each(['read committed', 'repeatable read', 'serializable'])(
    'of eight writers in two pools, over nothing, over a row and over what has expired: %s',
    async (isolation) => {
      const { open } = await harness(url);
      const options = `-c default_transaction_isolation=${isolation.replace(' ', '\\ ')}`;
      const stores = [open({ options }), open({ options })].map(({ store }) => store);
      const [store] = stores;
      if (!store) throw new Error('No store.');
      for (let round = 0; round < 120; round++) {
        const key = `key ${round % 5}`;
        const kind = ['nothing', 'a row', 'expired'][round % 3];
        await store.remove(key);
        const version =
          kind === 'nothing' ? null : await put(store, key, 'before', kind === 'expired' ? 0 : 60_000);
        const expected = kind === 'a row' ? version : null;
        const results = await Promise.all(
          Array.from({ length: 8 }, (_, writer) =>
            stores[writer % 2]?.write(key, `writer ${writer}`, { expected }),
          ),
        );
        const won = results.flatMap((result, writer) => (result?.written ? [{ writer, ...result }] : []));
        expect(won, `${kind}, round ${round}`).toHaveLength(1);
        expect(await store.read(key)).toEqual({
          value: `writer ${won[0]?.writer}`,
          version: won[0]?.version,
        });
      }
    },
    60_000,
  );

  it('also where the table was emptied by hand: no version comes again', async () => {
    const { sql, table, open } = await harness(url);
    const { store } = open();
    const before = await put(store, 'key', 'same');
    await sql.query(`truncate ${table}`);
    expect(await put(store, 'key', 'same')).not.toBe(before);
    expect(await store.write('key', 'late', { expected: before })).toEqual({ written: false });
  });
});

describe('in the rows of a PostgreSQL store', () => {
  it('no key can be read, and no key is cut', async () => {
    const { sql, table, open } = await harness(url);
    const { store } = open();
    await put(store, 'session/x/alice', 'value');
    await put(store, 'k'.repeat(10_000), 'value');
    const lock = await store.lock('session/x/alice', { signal, ttl: 60_000 });
    const { rows } = await sql.query<{ key: Buffer; value: string }>(`select key, value from ${table}`);
    expect(rows.map(({ key }) => key.length)).toEqual([32, 32, 32]);
    expect(JSON.stringify(rows)).not.toContain('alice');
    await lock.release();
    expect(await count(sql, table)).toBe(2);
  });

  it('what was removed is gone', async () => {
    const { sql, table, open } = await harness(url);
    const { store } = open();
    await put(store, 'key', 'value');
    await store.remove('key');
    expect(await count(sql, table)).toBe(0);
  });

  /** Rows that expired a second ago, beside what the store wrote. */
  const expired = (sql: Pool, table: string, number: number) =>
    sql.query(
      `insert into ${table} select sha256(n::text::bytea), 'version', '"value"', now() - interval '1 second'
       from generate_series(1, ${number}) as n`,
    );

  it('what has expired is deleted by later writes, a few rows at a time', async () => {
    const { sql, table, open } = await harness(url);
    const { pool, store } = open();
    await put(store, 'lasting', 'value', 60_000);
    await put(store, 'for good', 'value');
    await quiet(pool);
    await expired(sql, table, 40);
    for (const left of [40 - 16 + 3, 40 - 32 + 3, 3]) {
      await put(store, 'key', 'value');
      await quiet(pool);
      expect(await count(sql, table)).toBe(left);
    }
    expect([await store.read('lasting'), await store.read('for good')]).toMatchObject([
      { value: 'value' },
      { value: 'value' },
    ]);
  });

  it('what has expired holds up no write while somebody else has it', async () => {
    const { sql, table, open } = await harness(url);
    const { pool, store } = open();
    await expired(sql, table, 3);
    const other = await sql.connect();
    try {
      await other.query('begin');
      await other.query(`select from ${table} limit 1 for update`);
      await put(store, 'key', 'value');
      await quiet(pool);
      expect(await count(sql, table)).toBe(2);
      await other.query('rollback');
    } finally {
      other.release();
    }
  });

  it.each(['canary', '', '"', '"canary', 'canary"', '5', '{"canary":1}', 'null'])(
    'what was not written by authchart is refused, and stays: %s',
    async (planted) => {
      const { sql, table, open } = await harness(url);
      const { store } = open();
      const version = await put(store, 'key', 'value');
      await sql.query(`update ${table} set value = $1`, [planted]);
      const refusals = await refusalsOf([
        store.read('key'),
        store.write('key', 'new', { expected: null }),
        store.write('key', 'new', { expected: version }),
        store.remove('key'),
        store.remove('key', { expected: version }),
      ]);
      for (const refusal of refusals) {
        expect(refusal).toMatchObject({ code: 'record_unreadable', phase: 'store' });
        expect(String(refusal)).toContain(table);
        expect(String(refusal)).not.toContain('canary');
      }
      expect((await sql.query(`select value from ${table}`)).rows).toEqual([{ value: planted }]);
      await sql.query(`update ${table} set expires_at = now() - interval '1 second'`);
      expect(await store.read('key')).toBeUndefined();
      expect(await put(store, 'key', 'new')).not.toBe(version);
    },
  );

  it('what looks like JSON and is none is not taken for a value', async () => {
    const { sql, table, open } = await harness(url);
    const { store } = open();
    await put(store, 'key', 'value');
    await sql.query(`update ${table} set value = $1`, ['"\\x"']);
    await expect(store.read('key')).rejects.toMatchObject({ code: 'record_unreadable' });
  });
});

describe('a lock of a PostgreSQL store', () => {
  it('takes no connection while it is held or waited for', async () => {
    const { open } = await harness(url);
    const { pool, store } = open({ max: 1 });
    const lock = await store.lock('key', { signal, ttl: 60_000 });
    expect(borrowed(pool)).toBe(0);
    const waiting = store.lock('key', { signal, ttl: 60_000 });
    // The only connection of the pool is free for everybody in between.
    for (let time = 0; time < 20; time++) await put(store, 'key', String(time));
    await quiet(pool);
    await lock.release();
    await (await waiting).release();
    await quiet(pool);
  });
});
