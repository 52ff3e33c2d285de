import { AuthError } from '../../services/auth-error.js';
import type { Clock } from '../../services/ports.js';
import type { Connection, Table } from './connection.js';
import { faultOf, unavailable } from './faults.js';

const DEADLINE = 5_000;

export type Transact = <Result>(
  mode: IDBTransactionMode,
  work: (store: IDBObjectStore) => Promise<Result>,
) => Promise<Result>;

/**
 * Runs work in a transaction, and gives its result once that is on disk. A readwrite transaction has its table to
 * itself, over all tabs. Within five seconds: another tab may hold the table, and some browsers forget to answer.
 *
 * Rejects with `AuthError`: `store_unavailable`, `record_unreadable`, `record_other_version`.
 */
export function transactions(connection: Connection, table: Table, clock: Clock): Transact {
  return async (mode, work) => {
    const given = new AbortController();
    let timer: unknown;
    const late = new Promise<never>((_, reject) => {
      timer = clock.setTimeout(() => {
        reject(unavailable('IndexedDB', 'did not answer within 5 seconds.'));
        connection.forget();
        given.abort();
      }, DEADLINE);
    });
    try {
      return await Promise.race([begun(mode, work, given.signal), late]);
    } catch (thrown) {
      // Whatever has become of the connection, the next use need not suffer from it.
      if (!(thrown instanceof AuthError)) connection.forget();
      throw faultOf(thrown, 'IndexedDB');
    } finally {
      clock.clearTimeout(timer);
    }
  };

  async function begun<Result>(
    mode: IDBTransactionMode,
    work: (store: IDBObjectStore) => Promise<Result>,
    given: AbortSignal,
  ): Promise<Result> {
    for (let again = true; ; again = false) {
      const database = await connection.database();
      if (given.aborted) throw unavailable('IndexedDB', 'answered too late.');
      try {
        return await run(begin(database), work, given);
      } catch (thrown) {
        if (!again || !(thrown instanceof Closed)) throw thrown instanceof Closed ? thrown.why : thrown;
        connection.forget();
      }
    }

    function begin(database: IDBDatabase): IDBTransaction {
      try {
        // A rotated refresh token that is only in the operating system's cache is lost with the next power failure.
        return database.transaction(table, mode, { durability: 'strict' });
      } catch (thrown) {
        if (thrown instanceof DOMException && thrown.name === 'InvalidStateError') throw new Closed(thrown);
        throw thrown;
      }
    }
  }

  function run<Result>(
    transaction: IDBTransaction,
    work: (store: IDBObjectStore) => Promise<Result>,
    given: AbortSignal,
  ): Promise<Result> {
    return new Promise((resolve, reject) => {
      const giveUp = (thrown: unknown) => {
        reject(transaction.error ?? thrown);
        try {
          transaction.abort();
        } catch {
          // It has ended by itself.
        }
      };
      // What waits for its turn is not done later.
      const stop = () => giveUp(unavailable('IndexedDB', 'did not answer in time.'));
      given.addEventListener('abort', stop, { once: true });
      const result = work(transaction.objectStore(table));
      result.catch(giveUp);
      transaction.addEventListener('complete', () => {
        given.removeEventListener('abort', stop);
        resolve(result);
      });
      // A full disk shows here, when no request waits any more.
      transaction.addEventListener('abort', () => reject(transaction.error ?? new Error('aborted')));
    });
  }
}

/** The connection had ended, and nothing was begun: it can be done over another. */
class Closed extends Error {
  constructor(readonly why: DOMException) {
    super('closed');
  }
}
