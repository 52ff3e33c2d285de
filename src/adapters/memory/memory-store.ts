import { LockQueue } from '../../services/lock-queue.js';
import type { Clock, Store } from '../../services/ports.js';

interface Held {
  readonly value: string;
  readonly version: string;
  readonly expiresAt: number;
}

/** Looks at this many entries at each write, so that what nobody asks for any more goes too. */
const SWEEP = 8;

/** A {@link Store} that lasts as long as the process. */
export function memoryStore({ clock }: { readonly clock: Clock }): Store {
  const entries = new Map<string, Held>();
  const listeners = new Map<string, Set<() => void>>();
  const locks = new LockQueue(clock);
  let versions = 0;

  function current(key: string): Held | undefined {
    const held = entries.get(key);
    if (!held || clock.now() < held.expiresAt) return held;
    entries.delete(key);
    return undefined;
  }

  function sweep(): void {
    let left = SWEEP;
    for (const [key, held] of entries) {
      if (left-- === 0) return;
      entries.delete(key);
      // Put back at the end: the next sweep goes on with the others.
      if (clock.now() < held.expiresAt) entries.set(key, held);
    }
  }

  function tell(key: string): void {
    for (const listener of listeners.get(key) ?? []) void Promise.resolve().then(listener);
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
    lock: (key, options) => locks.acquire(key, options),
    watch(key, listener) {
      const told = listeners.get(key) ?? new Set();
      // A wrapper of its own: the same listener may watch twice.
      const own = () => listener();
      listeners.set(key, told.add(own));
      return () => {
        told.delete(own);
        if (told.size === 0) listeners.delete(key);
      };
    },
  };
}
