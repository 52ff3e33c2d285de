import { memoryStore } from '../../../src/adapters/memory/memory-store.js';
import { AuthError } from '../../../src/services/auth-error.js';
import type { Clock, Store } from '../../../src/services/ports.js';

type Method = 'read' | 'write' | 'remove' | 'lock';

export interface BenchStore extends Store {
  /** Asked before every call; `true` makes it fail as an unreachable store does. */
  down: (method: Method, key: string) => boolean;
  /** Every record there is, parsed, by key. */
  dump(): Promise<Record<string, Record<string, unknown>>>;
  /** The same as text, to search it. */
  text(): Promise<string>;
  /** Overwrites a record, as a stranger with access to the store could. */
  plant(key: string, value: string): Promise<void>;
}

/** A memory store that fails on demand and shows what it holds. */
export function benchStore(clock: Clock, { watch = true } = {}): BenchStore {
  const inner = memoryStore({ clock });
  const keys = new Set<string>();
  const reach = (method: Method, key: string) => {
    if (self.down(method, key)) throw new AuthError('store_unavailable');
  };
  const self: BenchStore = {
    down: () => false,
    async read(key) {
      reach('read', key);
      return inner.read(key);
    },
    async write(key, value, options) {
      reach('write', key);
      keys.add(key);
      return inner.write(key, value, options);
    },
    async remove(key, options) {
      reach('remove', key);
      return inner.remove(key, options);
    },
    async lock(key, options) {
      reach('lock', key);
      return inner.lock(key, options);
    },
    ...(watch ? { watch: inner.watch!.bind(inner) } : {}),
    async dump() {
      const records: Record<string, Record<string, unknown>> = {};
      for (const key of keys) {
        const entry = await inner.read(key);
        if (entry) records[key] = JSON.parse(entry.value) as Record<string, unknown>;
      }
      return records;
    },
    text: async () => JSON.stringify(await self.dump()),
    async plant(key, value) {
      keys.add(key);
      const expected = (await inner.read(key))?.version ?? null;
      await inner.write(key, value, { expected });
    },
  };
  return self;
}

/** The one session record in a store. */
export async function sessionRecord(store: BenchStore): Promise<[string, Record<string, unknown>]> {
  const found = Object.entries(await store.dump()).filter(([key]) => key.startsWith('session/'));
  if (found.length !== 1) throw new Error(`The store holds ${found.length} session records.`);
  return found[0]!;
}

/** The one flow record in a store. */
export async function flowRecord(store: BenchStore): Promise<[string, Record<string, unknown>]> {
  const found = Object.entries(await store.dump()).filter(([key]) => key.startsWith('flow/'));
  if (found.length !== 1) throw new Error(`The store holds ${found.length} flow records.`);
  return found[0]!;
}
