import { lockQueue } from '../../services/lock-queue.js';
import type { Clock, Store } from '../../services/ports.js';

interface Held {
  readonly value: string;
  readonly version: string;
  readonly expiresAt: number;
}

// Each write adds at most one entry and looks at several, so what has expired cannot pile up.
const SWEEP = 8;

/**
 * A store that lasts as long as the process; whoever holds this object shares it.
 *
 * @example
 * ```ts
 * const store = memoryStore({ clock });
 * await store.write('key', 'value', { expected: null, ttl: 60_000 }); // { written: true, version: '1' }
 * await store.write('key', 'other', { expected: null }); // { written: false }
 * ```
 */
export function memoryStore({ clock }: { readonly clock: Clock }): Store {
  const entries = new Map<string, Held>();
  const listeners = new Map<string, Set<() => unknown>>();
  const locks = lockQueue();
  let sweeping = entries.keys();
  // One count for all keys, so that no version of any key recurs.
  let versions = 0;

  function current(key: string): Held | undefined {
    const held = entries.get(key);
    if (!held || clock.now() < held.expiresAt) return held;
    entries.delete(key);
    return undefined;
  }

  function sweep(): void {
    for (let looked = 0; looked < SWEEP; looked++) {
      const next = sweeping.next();
      if (next.done) {
        sweeping = entries.keys();
        return;
      }
      current(next.value);
    }
  }

  function tell(key: string): void {
    for (const listener of listeners.get(key) ?? [])
      void Promise.resolve()
        .then(listener)
        // The write stands, whatever a listener makes of it.
        .catch(() => undefined);
  }

  return {
    async read(key) {
      const held = current(key);
      return held && { value: held.value, version: held.version };
    },
    async write(key, value, { expected, ttl = Infinity }) {
      sweep();
      if ((current(key)?.version ?? null) !== expected) return { written: false };
      const version = String(++versions);
      entries.set(key, { value, version, expiresAt: clock.now() + ttl });
      tell(key);
      return { written: true, version };
    },
    async remove(key, { expected } = {}) {
      const held = current(key);
      if (!held || (expected !== undefined && held.version !== expected)) return false;
      entries.delete(key);
      tell(key);
      return true;
    },
    lock: (key, options) => locks.acquire(key, { ...options, clock }),
    watch(key, listener) {
      const told = listeners.get(key) ?? new Set<() => unknown>();
      // A wrapper of its own: the same listener may watch twice.
      const own = (): unknown => told.has(own) && listener();
      listeners.set(key, told.add(own));
      return () => {
        told.delete(own);
        if (told.size === 0 && listeners.get(key) === told) listeners.delete(key);
      };
    },
  };
}
