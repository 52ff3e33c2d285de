import { randomBytes } from 'node:crypto';
import { AuthError } from '../../services/auth-error.js';
import { leases } from '../../services/lease.js';
import type { Clock, Store } from '../../services/ports.js';
import { collector } from './collector.js';
import { entriesOf } from './entries.js';
import { topicOf } from './keys.js';
import type { Kind } from './keys.js';
import { listeningOf } from './listening.js';
import { migrate } from './migrate.js';
import { operate } from './operate.js';
import type { PostgresPool } from './postgres-pool.js';
import { tableOf } from './table.js';

export interface PostgresOptions {
  readonly pool: PostgresPool;
  readonly clock: Clock;
  readonly table?: string | undefined;
}

/** @throws {@link AuthError} `invalid_option`; from its methods `store_unavailable`, `record_unreadable` */
export function postgresStore(options: PostgresOptions): Store {
  const { clock } = options;
  const pool = poolOf(options);
  const table = tableOf(options.table);
  const entries = (kind: Kind) => entriesOf({ table, kind, operate: (work) => operate(pool, clock, work) });
  const records = entries('record');
  const collect = collector(pool, clock, table);

  return {
    read: records.read,
    async write(key, value, options) {
      const result = await records.write(key, value, options);
      if (result.written) collect();
      return result;
    },
    remove: records.remove,
    lock: leases(entries('lock'), { clock, randomBytes }),
    // The only connection must not be kept from the operations.
    ...(pool.options?.max !== 1 && {
      watch: (key, listener) => listeningOf(pool, clock).watch(topicOf(table, key), listener),
    }),
  };
}

export async function migratePostgres(options: PostgresOptions): Promise<void> {
  await migrate(poolOf(options), options.clock, tableOf(options.table));
}

function poolOf({ pool }: PostgresOptions): PostgresPool {
  if (typeof pool?.connect === 'function') return pool;
  throw new AuthError('invalid_option', {
    detail: 'The pool of the PostgreSQL store is no Pool of the pg package.',
  });
}
