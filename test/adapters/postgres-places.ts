import { randomBytes } from 'node:crypto';
import { Pool, type PoolConfig } from 'pg';
import { postgresMigration } from 'authchart/postgres';
import type { StoreUnderTest } from 'authchart/testing';
import { expect, onTestFinished, vi } from 'vitest';
import { nodeClock } from '../../src/adapters/node/node-clock.js';
import { postgresStore } from '../../src/adapters/postgres/postgres-store.js';
import { startGate } from '../support/tcp-gate.js';

export const newTable = () => `authchart_${randomBytes(6).toString('hex')}`;

/** A pool whose lost connections end no test. */
export function openPool(url: string, config: PoolConfig = {}): Pool {
  const pool = new Pool({ connectionString: url, max: 4, ...config });
  pool.on('error', () => {});
  return pool;
}

/** A table for one test, a pool for SQL of its own, and stores over pools of their own. */
export async function harness(url: string) {
  const table = newTable();
  const sql = openPool(url);
  await sql.query(postgresMigration({ table }));
  onTestFinished(async () => {
    await sql.query(`drop table if exists ${table}`);
    await sql.end();
  });
  const open = (config: PoolConfig & { readonly url?: string } = {}, clock = nodeClock) => {
    const pool = openPool(config.url ?? url, config);
    onTestFinished(() => pool.end());
    return { pool, store: postgresStore({ pool, clock, table }) };
  };
  return { table, sql, open };
}

/** Connections that somebody has borrowed. */
export const borrowed = (pool: Pool) => pool.totalCount - pool.idleCount;

/** Until nothing is done any more beside what was asked for. */
export async function quiet(pool: Pool): Promise<void> {
  await new Promise((resolve) => setImmediate(resolve));
  await vi.waitFor(() => expect(borrowed(pool)).toBe(0), { timeout: 15_000, interval: 20 });
}

/** A table of its own, which processes reach through pools of their own and one gate. */
export async function postgresPlace(url: string): Promise<StoreUnderTest> {
  const table = newTable();
  const gate = await startGate(url);
  const direct = openPool(url);
  await direct.query(postgresMigration({ table }));
  const pools: Pool[] = [];
  return {
    open({ clockAhead = 0 } = {}) {
      const pool = openPool(gate.url);
      pools.push(pool);
      return postgresStore({ pool, table, clock: { ...nodeClock, now: () => Date.now() + clockAhead } });
    },
    interrupt: () => gate.cut(),
    pause: () => gate.pause(),
    async close() {
      // Whoever still listens loses the connection, else its pool would wait for it.
      await gate.close();
      await Promise.all(pools.map((pool) => pool.end()));
      await direct.query(`drop table ${table}`);
      await direct.end();
    },
  };
}
