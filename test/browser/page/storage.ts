/** Opens a database as it is. */
export function openDatabase(name: string): Promise<IDBDatabase> {
  return settled(indexedDB.open(name));
}

export function settled<Result>(request: IDBRequest<Result>): Promise<Result> {
  return new Promise((resolve, reject) => {
    request.addEventListener('success', () => resolve(request.result));
    request.addEventListener('error', () => reject(request.error));
  });
}

export async function rows(name: string): Promise<Record<string, readonly [unknown, unknown][]> | null> {
  const known = await indexedDB.databases();
  if (!known.some((each) => each.name === name)) return null;
  const database = await openDatabase(name);
  const tables = [...database.objectStoreNames];
  const transaction = database.transaction(tables);
  const all = await Promise.all(
    tables.map(async (table) => {
      const store = transaction.objectStore(table);
      const [keys, values] = await Promise.all([settled(store.getAllKeys()), settled(store.getAll())]);
      return [table, keys.map((key, at) => [key, values[at] as unknown] as const)] as const;
    }),
  );
  database.close();
  return Object.fromEntries(all) as unknown as Record<string, [unknown, unknown][]>;
}

/** A transaction over all tables that asks for something again and again, so that nobody else has a turn. */
export async function occupy(name: string): Promise<() => void> {
  const database = await openDatabase(name);
  const transaction = database.transaction([...database.objectStoreNames], 'readwrite');
  transaction.addEventListener('complete', () => database.close());
  let busy = true;
  return new Promise((resolve) => {
    const again = () => {
      resolve(() => void (busy = false));
      if (busy) transaction.objectStore('records').count().addEventListener('success', again);
    };
    again();
  });
}
