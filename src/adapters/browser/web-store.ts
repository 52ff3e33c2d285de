import type { Clock, Store } from '../../services/ports.js';
import { synchronousStore } from '../../services/synchronous-store.js';
import type { Held, Shelf } from '../../services/synchronous-store.js';
import { randomId } from './names.js';
import { tabEntries } from './tab-entries.js';

/**
 * What has to survive the way to the provider and back: pending flows, what became of them, and that there were any; and
 * what was written down of all that, which tells a page that was reloaded why nobody is signed in. No secret is in a log.
 */
const SURVIVES = /^(flow|begun|log|flowLog)\//;

/**
 * Pending flows in `sessionStorage`, all else in memory; see `webStore` of `authchart/browser`.
 *
 * One tab has one `sessionStorage`, and its scripts run one at a time: reading, comparing and writing in one step
 * is the compare-and-set.
 */
export function webStore({ clock }: { readonly clock: Clock }): Store {
  const memory = new Map<string, Held>();

  // In the order that leaves an entry once, and tokens never in the tab, should the storage fail in between.
  const shelf: Shelf = {
    get: (key) => memory.get(key) ?? (SURVIVES.test(key) ? tabEntries.get(key) : undefined),
    set(key, held, { holdsTokens = false }) {
      if (!SURVIVES.test(key)) {
        memory.set(key, held);
      } else if (holdsTokens) {
        // Nothing is left in its place: what was there may have held the verifier.
        tabEntries.delete(key);
        memory.set(key, held);
      } else {
        tabEntries.set(key, held);
        memory.delete(key);
      }
    },
    delete(key) {
      if (SURVIVES.test(key)) tabEntries.delete(key);
      memory.delete(key);
    },
    *keys() {
      yield* memory.keys();
      yield* tabEntries.keys();
    },
  };

  return synchronousStore({ clock, shelf, nextVersion: randomId });
}
