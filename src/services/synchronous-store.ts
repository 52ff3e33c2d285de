import { listeners } from './listeners.js';
import { lockQueue } from './lock-queue.js';
import type { Clock, Store, WriteOptions } from './ports.js';

export interface Held {
  readonly value: string;
  readonly version: string;
  /** Unix milliseconds; `Infinity` where there is no end. */
  readonly expiresAt: number;
}

/** Where entries lie that only one thread can reach, and reaches without waiting. */
export interface Shelf {
  get(key: string): Held | undefined;
  set(key: string, held: Held, options: Pick<WriteOptions, 'holdsTokens'>): void;
  delete(key: string): void;
  /** Each key that was there all the while; what comes or goes meanwhile may be among them. */
  keys(): Iterator<string>;
}

// Each write adds at most one entry and looks at several, so what has expired cannot pile up.
const SWEEP = 8;

/**
 * A store over a shelf. Nothing else runs between a look and what follows from it, so that is the compare-and-set; and
 * whoever could hold a lock or watch runs here too.
 *
 * @param nextVersion - never gives a version twice that was once on the shelf
 */
export function synchronousStore({
  clock,
  shelf,
  nextVersion,
}: {
  readonly clock: Clock;
  readonly shelf: Shelf;
  nextVersion(): string;
}): Store {
  const { watch, tell } = listeners();
  const locks = lockQueue();
  let sweeping = shelf.keys();

  function current(key: string): Held | undefined {
    const held = shelf.get(key);
    if (!held || clock.now() < held.expiresAt) return held;
    shelf.delete(key);
    return undefined;
  }

  function sweep(): void {
    for (let looked = 0; looked < SWEEP; looked++) {
      const next = sweeping.next();
      if (next.done) {
        sweeping = shelf.keys();
        return;
      }
      current(next.value);
    }
  }

  return {
    async read(key) {
      const held = current(key);
      return held && { value: held.value, version: held.version };
    },
    async write(key, value, { expected, ttl = Infinity, ...options }) {
      sweep();
      if ((current(key)?.version ?? null) !== expected) return { written: false };
      const version = nextVersion();
      shelf.set(key, { value, version, expiresAt: clock.now() + ttl }, options);
      tell(key);
      return { written: true, version };
    },
    async remove(key, { expected } = {}) {
      const held = current(key);
      if (!held || (expected !== undefined && held.version !== expected)) return false;
      shelf.delete(key);
      tell(key);
      return true;
    },
    lock: (key, options) => locks.acquire(key, { ...options, clock }),
    watch,
  };
}
