import { afterAll, beforeAll, beforeEach, describe, it } from 'vitest';
import { NO_POSTGRES, startPostgres } from '../support/postgres-server.js';
import type { PostgresServer } from '../support/postgres-server.js';
import { build } from './support/build.js';
import {
  chaos,
  expectLossesExplained,
  expectNothingLost,
  forgiving,
  strict,
  TIMEOUT,
} from './support/chaos.js';
import { sharedPostgres } from './support/shared-postgres.js';

let server: PostgresServer | null;
beforeAll(async () => {
  await build();
  server = await startPostgres();
}, 120_000);
beforeEach(({ skip }) => skip(server === null, NO_POSTGRES));
afterAll(() => server?.stop());

describe('eight workers that share a session in PostgreSQL, killed, stopped and cut off at random', () => {
  it.concurrent(
    'lose nothing where the server forgives for a while',
    async (context) =>
      expectNothingLost(await chaos(context, { shared: await sharedPostgres(server!), reuse: forgiving })),
    TIMEOUT,
  );

  it.concurrent(
    'lose at a strict server only what was rotated and could not be saved',
    async (context) =>
      expectLossesExplained(await chaos(context, { shared: await sharedPostgres(server!), reuse: strict })),
    TIMEOUT,
  );
});
