import type { Clock } from '../../services/ports.js';
import { sleep } from '../../services/sleep.js';
import { faultOf, isLostRace, unavailable } from './faults.js';
import type { PostgresClient, PostgresPool, PostgresResult } from './postgres-pool.js';

const DEADLINE = 5_000;

export type Query = (text: string, values?: unknown[]) => Promise<PostgresResult>;

/** Rejects once the time is up; never resolves. */
export type Late = Promise<never>;

/**
 * Lends a connection for one operation, and once more where a transaction of somebody else was in the way: under
 * REPEATABLE READ and SERIALIZABLE that is an error, and no outage.
 *
 * @throws {@link AuthError} `store_unavailable`
 */
export function operate<Result>(
  pool: PostgresPool,
  clock: Clock,
  work: (query: Query) => Promise<Result>,
): Promise<Result> {
  return inTime(clock, async (late) => {
    for (;;) {
      try {
        return await lend(pool, late, work);
      } catch (thrown) {
        if (!isLostRace(thrown)) throw faultOf(thrown);
      }
    }
  });
}

/** Gives 5 seconds to everything that is raced against `late`. */
export async function inTime<Result>(clock: Clock, work: (late: Late) => Promise<Result>): Promise<Result> {
  const done = new AbortController();
  const late = sleep(clock, DEADLINE, done.signal).then((): never => {
    throw unavailable(`PostgreSQL did not answer within ${DEADLINE / 1000} seconds.`);
  });
  // It may reject while nothing is raced against it.
  late.catch(() => undefined);
  try {
    return await work(late);
  } finally {
    done.abort();
  }
}

/** A connection of the pool. One that comes too late goes back at once. */
export async function borrow(pool: PostgresPool, late: Late): Promise<PostgresClient> {
  const coming = pool.connect();
  try {
    return await Promise.race([coming, late]);
  } catch (thrown) {
    coming.then(
      (client) => client.release(),
      () => undefined,
    );
    throw thrown;
  }
}

async function lend<Result>(
  pool: PostgresPool,
  late: Late,
  work: (query: Query) => Promise<Result>,
): Promise<Result> {
  const client = await borrow(pool, late);
  // Its statement tells of a lost connection; without a listener the event would end the process.
  const ignore = () => {};
  client.on('error', ignore);
  let broken = false;
  try {
    return await work(async (text, values) => {
      try {
        return await Promise.race([client.query(text, values), late]);
      } catch (thrown) {
        broken ||= !isLostRace(thrown);
        throw thrown;
      }
    });
  } finally {
    // One that does not answer would be dead weight in the pool for as long as TCP has patience.
    client.release(broken);
    client.removeListener('error', ignore);
  }
}
