import type { Store } from 'authchart/node';
import type { Sabotage } from './settings.js';

export function sabotaged(store: Store, what: Sabotage): Store {
  if (what === 'nothing') return store;
  return what === 'lock' ? withoutLock(store) : withoutJournals(withoutLock(store));
}

const withoutLock = (store: Store): Store => ({
  ...store,
  lock: () => Promise.resolve({ lost: new AbortController().signal, release: () => Promise.resolve() }),
});

const withoutJournals = (store: Store): Store => ({
  ...store,
  async read(key) {
    const entry = await store.read(key);
    return entry && { ...entry, value: JSON.stringify({ ...JSON.parse(entry.value), journal: null }) };
  },
});
