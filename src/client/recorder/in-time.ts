import { policy } from '../../services/policy.js';
import type { Clock } from '../../services/ports.js';
import { sleep } from '../../services/sleep.js';

/** Nothing waits longer for a log. `undefined`: not in time, and nobody hears of its end any more. */
export async function inTime<Result>(clock: Clock, work: Promise<Result>): Promise<Result | undefined> {
  const over = new AbortController();
  const late = sleep(clock, policy.log, over.signal).then(
    () => undefined,
    () => undefined,
  );
  try {
    return await Promise.race([work, late]);
  } finally {
    over.abort();
  }
}
