import { faultOf, missing } from './faults.js';

/** Records, and the leases that stand in for Web Locks. */
export const TABLES = ['records', 'leases'] as const;
export type Table = (typeof TABLES)[number];

export interface Connection {
  /** Opens at the first use. Rejects with an `AuthError`. */
  database(): Promise<IDBDatabase>;
  /** The next use opens anew. It is up to the user to find out that the browser has closed what there was. */
  forget(): void;
}

const LAYOUT = 1;

/** The connection to an IndexedDB database; browsers close it when they like. */
export function connection(name: string): Connection {
  let current: Promise<IDBDatabase> | undefined;

  function open(): Promise<IDBDatabase> {
    const opening = opened(name).then(
      (database) => {
        // Somebody deletes the database, or a newer page brings it up to date: they wait for us.
        database.addEventListener('versionchange', () => database.close());
        return database;
      },
      (thrown: unknown) => {
        if (current === opening) current = undefined;
        throw faultOf(thrown, 'IndexedDB');
      },
    );
    return opening;
  }

  return {
    database: () => (current ??= open()),
    forget() {
      // Also if it has yet to come.
      void current?.then((database) => database.close()).catch(() => undefined);
      current = undefined;
    },
  };
}

async function opened(name: string): Promise<IDBDatabase> {
  const factory = globalThis.indexedDB as IDBFactory | undefined;
  if (!factory) throw missing('IndexedDB');
  const request = factory.open(name, LAYOUT);
  request.addEventListener('upgradeneeded', () => {
    for (const table of TABLES) request.result.createObjectStore(table).createIndex('expiresAt', 'expiresAt');
  });
  return settled(request);
}

export function settled<Result>(request: IDBRequest<Result>): Promise<Result> {
  return new Promise((resolve, reject) => {
    request.addEventListener('success', () => resolve(request.result));
    request.addEventListener('error', () => reject(request.error));
  });
}
