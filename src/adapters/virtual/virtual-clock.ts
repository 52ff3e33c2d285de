import type { Clock } from '../../services/ports.js';

export interface VirtualClock extends Clock {
  /**
   * Lets so many milliseconds pass. Timers fire one by one in the order of their time, promise jobs run in between, and
   * timers set meanwhile fire too if their time comes. Disk, network and WebCrypto are not waited for.
   */
  advance(milliseconds: number): Promise<void>;
  /** Moves only the wall clock, as an administrator or a time server does. */
  jump(milliseconds: number): void;
}

interface Timer {
  readonly at: number;
  readonly listener: () => void;
}

// What a timer of a real runtime can hold; beyond it, it fires after 1 ms.
const LONGEST = 2 ** 31 - 1;

/**
 * A clock that stands still until it is told to go on. It keeps no process alive.
 *
 * @param start - Unix milliseconds
 * @example
 * ```ts
 * const clock = virtualClock();
 * clock.setTimeout(() => clock.setTimeout(() => console.log(clock.elapsed()), 10), 10);
 * await clock.advance(60); // prints 20
 * ```
 */
export function virtualClock(start = 1_800_000_000_000): VirtualClock {
  const timers = new Map<number, Timer>();
  let wall = start;
  let elapsed = 0;
  let target = 0;
  let ids = 0;

  return {
    now: () => wall + elapsed,
    elapsed: () => elapsed,
    setTimeout(listener, milliseconds) {
      const delay = milliseconds > LONGEST ? 1 : Math.max(0, milliseconds);
      timers.set(++ids, { at: elapsed + delay, listener });
      return ids;
    },
    clearTimeout: (id) => void timers.delete(id as number),
    async advance(milliseconds) {
      target += milliseconds;
      const end = target;
      await promiseJobs();
      for (let due = next(end); due; due = next(end)) {
        const [id, { at, listener }] = due;
        timers.delete(id);
        elapsed = Math.max(elapsed, at);
        listener();
        await promiseJobs();
      }
      elapsed = Math.max(elapsed, end);
    },
    jump: (milliseconds) => void (wall += milliseconds),
  };

  /** Of the timers due by then the earliest; of equals the one set first. */
  function next(end: number): readonly [number, Timer] | undefined {
    const due = [...timers].filter(([, { at }]) => at <= end);
    return due.toSorted(([, one], [, other]) => one.at - other.at)[0];
  }
}

/** A turn of the event loop, by which all promise jobs have run. Not by a timer: test runners fake those. */
function promiseJobs(): Promise<void> {
  return new Promise((resolve) => {
    const { port1, port2 } = new MessageChannel();
    port1.addEventListener(
      'message',
      () => {
        port1.close();
        resolve();
      },
      { once: true },
    );
    port1.start();
    port2.postMessage(null);
  });
}
