import { compareAndSet } from './compare-and-set.js';
import { keysAndValues } from './keys-and-values.js';
import { locks } from './locks.js';
import { outages } from './outages.js';
import { inRealTime } from './store-under-test.js';
import type { Case, MakeStoreUnderTest, Place, StoreUnderTest } from './store-under-test.js';
import { timeToLive, wrongClocks } from './time-to-live.js';
import { versions } from './versions.js';
import { watching } from './watching.js';

export interface ConformanceCase {
  readonly name: string;
  /** Rejects, with an assertion error, if the store does not hold to the port. */
  run(): Promise<void>;
}

/** What the store claims of itself; nothing is judged by what it happens to have. */
export interface ConformanceOptions {
  /**
   * Whose clock counts times to live: the place's own, as in a database, or that of the process that looks, as in a
   * directory. The second may lie when a process's clock does, and no safety may rest on it.
   */
  readonly clock: 'own' | 'process';
  /** Whether it tells of changes; `watch` is the optional part of the port. */
  readonly watches: boolean;
  /** Whether there is something it can be cut off from. */
  readonly canBeDown: boolean;
}

/**
 * What authchart relies on in a store, for any test runner: compare-and-set with exactly one winner, times to live,
 * versions that never recur, locks, watching, outages, odd keys and values. Each case opens an empty place of its own.
 *
 * @example
 * ```ts
 * const place = () => {
 *   const prefix = crypto.randomUUID(); // an empty place for each case
 *   return { open: () => myStore(prefix) };
 * };
 * for (const { name, run } of storeConformance(place, { clock: 'own', watches: true, canBeDown: false })) test(name, run);
 * ```
 */
export function storeConformance(
  make: MakeStoreUnderTest,
  { clock, watches, canBeDown }: ConformanceOptions,
): readonly ConformanceCase[] {
  const groups: Readonly<Record<string, readonly Case[]>> = {
    'compare-and-set': compareAndSet,
    'time to live': clock === 'own' ? [...timeToLive, ...wrongClocks] : timeToLive,
    versions,
    'keys and values': keysAndValues,
    'a lock': locks,
    watch: watches ? watching : [],
    outages: canBeDown ? outages : [],
  };
  return Object.entries(groups).flatMap(([group, cases]) =>
    cases.map((each) => ({ name: `${group}: ${each.name}`, run: () => judge(make, each) })),
  );
}

async function judge(make: MakeStoreUnderTest, { check }: Case): Promise<void> {
  const subject = await make();
  try {
    await check(await placeOf(subject));
  } finally {
    await subject.close?.();
  }
}

async function placeOf(subject: StoreUnderTest): Promise<Place> {
  return {
    store: await subject.open(),
    reopen: async (options) => subject.open(options),
    elapse: (milliseconds) => subject.elapse?.(milliseconds) ?? inRealTime(milliseconds),
    async interrupt() {
      if (!subject.interrupt) throw new TypeError('A place that can be down has an `interrupt`.');
      return subject.interrupt();
    },
    async pause() {
      if (!subject.pause) throw new TypeError('A place that can be down has a `pause`.');
      return subject.pause();
    },
  };
}
