import { migratePostgres } from 'authchart/postgres';
import { Pool } from 'pg';
import type { PostgresServer } from '../../support/postgres-server.js';
import { startGate } from '../../support/tcp-gate.js';
import { openStore } from '../worker/open-store.js';
import type { SharedStore } from './shared-store.js';

export async function sharedPostgres({ url }: PostgresServer): Promise<SharedStore> {
  const table = `chaos_${crypto.randomUUID().replaceAll('-', '')}`;
  const pool = new Pool({ connectionString: url });
  pool.on('error', () => {});
  await migratePostgres(pool, { table });
  const gate = await startGate(url);
  const direct = await openStore({ kind: 'postgres', url, table });
  return {
    name: 'PostgreSQL',
    settings: { kind: 'postgres', url: gate.url, table },
    store: direct.store,
    pause: () => gate.pause(),
    cut: async () => (await gate.cut())(),
    async close() {
      await direct.close();
      await gate.close();
      await pool.query(`drop table ${table}`);
      await pool.end();
    },
  };
}
