import { existsSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import { fileStore } from 'authchart/node';
import type { Store } from 'authchart/node';
import type { StoreSettings } from './settings.js';

export interface OpenStore {
  readonly store: Store;
  close(): Promise<void>;
}

export async function openStore(settings: StoreSettings): Promise<OpenStore> {
  switch (settings.kind) {
    case 'file':
      return { store: gated(fileStore(settings.directory), settings.gate), close: () => Promise.resolve() };
    case 'redis': {
      // Only what is needed: workers start by the dozen.
      const [{ createClient }, { redisStore }] = await Promise.all([
        import('redis'),
        import('authchart/redis'),
      ]);
      const client = createClient({ url: settings.url });
      client.on('error', ignore);
      await client.connect();
      return { store: redisStore(client, settings), close: () => client.close() };
    }
    case 'postgres': {
      const [{ Pool }, { postgresStore }] = await Promise.all([import('pg'), import('authchart/postgres')]);
      const pool = new Pool({ connectionString: settings.url, connectionTimeoutMillis: 3_000 });
      pool.on('error', ignore);
      return { store: postgresStore(pool, settings), close: () => pool.end() };
    }
  }
}

// Whoever waits for an answer is told too.
const ignore = () => {};

/** A file system that stands still while the gate is shut: before it has done what it was asked, or before it says so. */
function gated(store: Store, gate: string): Store {
  const open = async () => {
    while (existsSync(gate)) await delay(5);
  };
  const through = async <T>(work: () => Promise<T>): Promise<T> => {
    await open();
    const result = await work();
    await open();
    return result;
  };
  return {
    ...store,
    read: (key) => through(() => store.read(key)),
    write: (key, value, options) => through(() => store.write(key, value, options)),
    remove: (key, options) => through(() => store.remove(key, options)),
    lock: (key, options) => through(() => store.lock(key, options)),
  };
}
