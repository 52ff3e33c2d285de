import type { Clock, Store } from '../../services/ports.js';
import { synchronousStore } from '../../services/synchronous-store.js';
import type { Held } from '../../services/synchronous-store.js';

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
  // One count for all keys, so that no version of any key recurs.
  let versions = 0;
  return synchronousStore({ clock, shelf: new Map<string, Held>(), nextVersion: () => String(++versions) });
}
