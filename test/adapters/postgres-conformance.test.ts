import { afterAll, beforeAll, beforeEach } from 'vitest';
import { conforms } from '../support/conforms.js';
import { NO_POSTGRES, startPostgres, type PostgresServer } from '../support/postgres-server.js';
import { postgresPlace } from './postgres-places.js';

let server: PostgresServer | null;
beforeAll(async () => void (server = await startPostgres()));
beforeEach(({ skip }) => skip(server === null, NO_POSTGRES));
afterAll(() => server?.stop());

conforms('the PostgreSQL store', () => postgresPlace(server?.url ?? ''), {
  clock: 'own',
  watches: true,
  canBeDown: true,
});
