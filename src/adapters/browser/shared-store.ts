import { AuthError } from '../../services/auth-error.js';
import { leases } from '../../services/lease.js';
import type { Clock, Store } from '../../services/ports.js';
import { changes } from './changes.js';
import { connection } from './connection.js';
import { entries } from './entries.js';
import { transactions } from './transact.js';
import { webLocks } from './web-locks.js';

export interface SharedStoreOptions {
  /** Of the IndexedDB database. Two applications of one origin take two names. Default: `authchart`. */
  readonly name?: string;
}

const randomBytes = (length: number) => crypto.getRandomValues(new Uint8Array(length));

const hasWebLocks = () => Boolean((globalThis.navigator as Partial<Navigator> | undefined)?.locks);

/** Sessions and pending flows in IndexedDB; see `sharedStore` of `authchart/browser`. */
export function sharedStore({
  clock,
  name = 'authchart',
}: SharedStoreOptions & { readonly clock: Clock }): Store {
  if (typeof name !== 'string' || name === '')
    throw new AuthError('invalid_option', { detail: 'The name of the shared store is not a name.' });
  const opened = connection(name);
  const { watch, tell } = changes(`${name}/changed`);
  const leased = entries(transactions(opened, 'leases', clock), clock, () => undefined);
  const withLeases = leases(
    // No clock ends a lease here, for clocks may jump: whoever has seen it stand for its time ends it.
    { ...leased, write: (key, value, { expected }) => leased.write(key, value, { expected }) },
    { clock, randomBytes },
  );
  const withLocks = webLocks(name, clock);
  return {
    ...entries(transactions(opened, 'records', clock), clock, tell),
    // Not there before Safari 15.4, nor where something has taken them away.
    lock: (key, options) => (hasWebLocks() ? withLocks : withLeases)(key, options),
    watch,
  };
}
