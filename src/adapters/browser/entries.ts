import type { Clock, Store } from '../../services/ports.js';
import { settled } from './connection.js';
import { foreign } from './faults.js';
import { randomId } from './names.js';
import type { Transact } from './transact.js';

interface Row {
  readonly value: string;
  readonly version: string;
  /** Unix milliseconds; not there where there is no end, so that the index of ends is short. */
  readonly expiresAt?: number;
}

// Each write adds at most one row, so what has expired cannot pile up.
const SWEEP = 8;

/** Entries in one table. `changed` is called when a change is on disk. */
export function entries(
  transact: Transact,
  clock: Clock,
  changed: (key: string) => void,
): Pick<Store, 'read' | 'write' | 'remove'> {
  async function current(store: IDBObjectStore, key: string): Promise<Row | undefined> {
    const row: unknown = await settled(store.get(key));
    if (row === undefined) return undefined;
    if (!isRow(row)) throw foreign('IndexedDB');
    return clock.now() < (row.expiresAt ?? Infinity) ? row : undefined;
  }

  return {
    async read(key) {
      const row = await transact('readonly', (store) => current(store, key));
      return row && { value: row.value, version: row.version };
    },

    async write(key, value, { expected, ttl = Infinity }) {
      const version = randomId();
      const written = await transact('readwrite', async (store) => {
        if (((await current(store, key))?.version ?? null) !== expected) return false;
        const now = clock.now();
        const row: Row = { value, version, ...(Number.isFinite(ttl) && { expiresAt: now + ttl }) };
        await settled(store.put(row, key));
        await sweep(store, now);
        return true;
      });
      if (!written) return { written };
      changed(key);
      return { written, version };
    },

    async remove(key, { expected } = {}) {
      const removed = await transact('readwrite', async (store) => {
        const row = await current(store, key);
        if (!row || (expected !== undefined && row.version !== expected)) return false;
        await settled(store.delete(key));
        return true;
      });
      if (removed) changed(key);
      return removed;
    },
  };
}

async function sweep(store: IDBObjectStore, now: number): Promise<void> {
  const expired = store.index('expiresAt').getAllKeys(IDBKeyRange.upperBound(now), SWEEP);
  for (const key of await settled(expired)) await settled(store.delete(key));
}

/** Any script of the origin can write here: what does not look like ours is neither given out nor replaced. */
function isRow(row: unknown): row is Row {
  if (typeof row !== 'object' || row === null) return false;
  const { value, version, expiresAt } = row as Record<string, unknown>;
  const isTime = expiresAt === undefined || typeof expiresAt === 'number';
  return typeof value === 'string' && typeof version === 'string' && isTime;
}
