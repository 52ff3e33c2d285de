import type { Scheduler } from 'fast-check';
import { noLocks } from './process.js';
import { createWorld } from './world.js';
import type { World } from './world.js';

/**
 * A world in which the scheduler decides who goes next, at every step to the store and the provider. Processes share no
 * lock, as those of two machines may not.
 */
export const scheduledWorld = (scheduler: Scheduler): World =>
  createWorld({
    locks: noLocks,
    watch: false,
    // Its calls would be further steps, of which no order matters to the protocol.
    options: { flightRecorder: false },
    pause: ({ life, call, part }) => scheduler.schedule(Promise.resolve(), `${life.name}: ${call}, ${part}`),
  });

// A stall of everybody for so long is inside what requests and saves may take together.
const STALL = 2_000;

/** Lets things happen one by one in the scheduler's order; while nothing can, or the scheduler says so, time passes. */
export async function drive(scheduler: Scheduler, { clock }: World, work: Promise<unknown>, stalls = 4) {
  let done = false;
  const end = () => void (done = true);
  work.then(end, end);
  scheduler.scheduleSequence(
    Array.from({ length: stalls }, () => ({ label: 'time passes', builder: () => clock.advance(STALL) })),
  );
  await clock.advance(0);
  for (let idle = 0; !done && idle < 4_000;) {
    if (scheduler.count() > 0) await scheduler.waitNext(1);
    else {
      idle += 1;
      await clock.advance(250);
    }
    await clock.advance(0);
  }
  if (!done) throw new Error('What was to end did not end.');
}

/** What became of it: its value, or the code of its error. */
export const outcomeOf = <Result>(work: Promise<Result>): Promise<Result | string> =>
  work.catch((error: { readonly code: string }) => error.code);
