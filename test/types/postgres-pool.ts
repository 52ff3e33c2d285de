import { Pool, type Client } from 'pg';
import { migratePostgres, postgresStore } from 'authchart/postgres';

// Compiled, never run: which objects of the `pg` package the compiler lets in.

declare const pool: Pool;
declare const client: Client;

postgresStore(pool);
postgresStore(pool, { table: 'auth.sessions' });
void migratePostgres(new Pool({ max: 2 }), {});

// @ts-expect-error a single connection would have to be shared by statements that run at once
postgresStore(client);

// @ts-expect-error a connection string: the pool is the application's own
postgresStore('postgres://127.0.0.1/');

// @ts-expect-error there is no such option: time is counted by the database
postgresStore(pool, { clock: {} });
