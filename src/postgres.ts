import { nodeClock as clock } from './adapters/node/node-clock.js';
import type { PostgresPool } from './adapters/postgres/postgres-pool.js';
import {
  migratePostgres as migratePostgresOf,
  postgresStore as postgresStoreOf,
} from './adapters/postgres/postgres-store.js';
import { tableOf } from './adapters/postgres/table.js';
import type { Store } from './services/ports.js';

export type {
  PostgresClient,
  PostgresNotification,
  PostgresPool,
  PostgresResult,
} from './adapters/postgres/postgres-pool.js';
export type { Store } from './services/ports.js';

export interface PostgresStoreOptions {
  /**
   * The table, with its schema in front if need be: `auth.sessions`. ASCII letters, digits and underscores, used as
   * written, upper case included. Every process must name it alike. Default: `authchart`.
   */
  readonly table?: string;
}

/**
 * A store in one table of PostgreSQL (12 or newer), shared by any number of processes and machines. Make the table with
 * {@link migratePostgres}, or with {@link postgresMigration} and a tool of your own.
 *
 * `pool` is a `Pool` of the `pg` package, 8.11 or newer, connected to the primary server. It stays yours: nothing ends or
 * configures it. Listen to its `error` event, else `pg` ends the process when an idle connection is lost. Give it a
 * `connectionTimeoutMillis` of some seconds: nothing else ends an attempt to connect to a server that is silent.
 *
 * Each operation borrows one connection for a statement or two, and has 5 seconds for all, the wait for a connection
 * included. Locks are rows: no connection is held while one is held or waited for. While a session is watched, one
 * connection listens for all stores over the pool; it keeps no process alive, and `pool.end()` waits until the clients
 * are closed. A pool with `max: 1` can spare none: its store does not watch, and changes made elsewhere show within 5
 * seconds. So it is behind PgBouncer in transaction mode, which passes no notifications on; all else works there.
 *
 * Values are not encrypted, and what was overwritten stays in the table's file until a vacuum, and in the write-ahead log.
 *
 * @throws {@link AuthError} `invalid_option`; its methods reject with `store_unavailable`, which names the SQLSTATE or
 * errno, and with `record_unreadable` where a row was not written by authchart. Nothing is overwritten then.
 *
 * @example
 * ```ts
 * const pool = new Pool({ connectionString: process.env.DATABASE_URL, connectionTimeoutMillis: 3000 });
 * pool.on('error', (error) => console.error(error.message));
 * await migratePostgres(pool);
 * const client = createClient({ provider: x, clientId: 'my-client-id', store: postgresStore(pool) });
 * ```
 */
export const postgresStore = (pool: PostgresPool, { table }: PostgresStoreOptions = {}): Store =>
  postgresStoreOf({ pool, clock, table });

/**
 * Makes the table and its index unless they are there. May run at every start, in many processes at once; where the table
 * is there it takes no lock and needs no right to create.
 *
 * @throws {@link AuthError} `invalid_option`, `store_unavailable`
 */
export const migratePostgres = (pool: PostgresPool, { table }: PostgresStoreOptions = {}): Promise<void> =>
  migratePostgresOf({ pool, clock, table });

/**
 * The same as SQL, for a tool that keeps migrations: two statements, which may be run again.
 *
 * @throws {@link AuthError} `invalid_option`
 */
export const postgresMigration = ({ table }: PostgresStoreOptions = {}): string => tableOf(table).migration;
