import type { Clock } from '../../services/ports.js';

interface Timer {
  readonly at: number;
  readonly listener: () => void;
}

export interface VirtualClock extends Clock {
  /** Moves time on, from timer to timer, letting promises settle in between. */
  advance(milliseconds: number): Promise<void>;
  /** Moves only the wall clock, as an administrator or a time server does. */
  jump(milliseconds: number): void;
}

/** A clock that moves only when told. */
export function virtualClock(start = 1_800_000_000_000): VirtualClock {
  const timers = new Map<number, Timer>();
  let elapsed = 0;
  let wall = start;
  let ids = 0;

  async function settle(): Promise<void> {
    for (let turn = 0; turn < 50; turn++) await Promise.resolve();
  }

  function next(until: number): number | undefined {
    const due = [...timers].filter(([, timer]) => timer.at <= until);
    return due.sort(([a, one], [b, other]) => one.at - other.at || a - b)[0]?.[0];
  }

  return {
    now: () => wall + elapsed,
    elapsed: () => elapsed,
    setTimeout(listener, milliseconds) {
      timers.set(++ids, { at: elapsed + Math.max(0, milliseconds), listener });
      return ids;
    },
    clearTimeout: (id) => void timers.delete(id as number),
    async advance(milliseconds) {
      const end = elapsed + milliseconds;
      await settle();
      for (let id = next(end); id !== undefined; id = next(end)) {
        const { at, listener } = timers.get(id)!;
        timers.delete(id);
        elapsed = Math.max(elapsed, at);
        listener();
        await settle();
      }
      elapsed = end;
      await settle();
    },
    jump: (milliseconds) => void (wall += milliseconds),
  };
}
