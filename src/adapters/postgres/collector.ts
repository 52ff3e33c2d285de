import type { Clock } from '../../services/ports.js';
import { operate } from './operate.js';
import type { PostgresPool } from './postgres-pool.js';
import type { Table } from './table.js';

// A write adds at most one row, so what has expired cannot pile up.
const COLLECTED = 16;

/**
 * Deletes a few of the rows that have expired, beside whoever asks for it. A statement of its own, for a write must not
 * wait for other rows, nor fail with them; one at a time, so that it takes one connection at most.
 */
export function collector(pool: PostgresPool, clock: Clock, table: Table): () => void {
  // `array(…)` is evaluated once; a plain sub-select may run again and lock more than its limit. An index is of use with
  // the time of the statement only: clock_timestamp() has another value for each row.
  const collect = `
    delete from ${table.sql} where key = any (array(
      select key from ${table.sql} where expires_at <= statement_timestamp() limit ${COLLECTED} for update skip locked
    ))`;
  let running: Promise<void> | undefined;
  return () => {
    running ??= operate(pool, clock, (query) => query(collect))
      // The write stands. What was not collected now is collected after another.
      .then(
        () => undefined,
        () => undefined,
      )
      .finally(() => (running = undefined));
  };
}
