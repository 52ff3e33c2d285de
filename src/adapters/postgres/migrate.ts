import type { Clock } from '../../services/ports.js';
import { operate } from './operate.js';
import type { PostgresPool } from './postgres-pool.js';
import type { Table } from './table.js';

/** Makes the table unless it is there. */
export function migrate(pool: PostgresPool, clock: Clock, { sql, migration }: Table): Promise<void> {
  return operate(pool, clock, async (query) => {
    // Looked for first: `create … if not exists` locks, and wants rights that a running application need not have.
    const isThere = async () => {
      const { rows } = await query('select to_regclass($1) is not null as there', [sql]);
      return rows[0]?.['there'] === true;
    };
    if (await isThere()) return;
    try {
      await query(migration);
    } catch (thrown) {
      // `if not exists` does not see what another process is just making, and fails when that is done.
      if (!(await isThere())) throw thrown;
    }
  });
}
