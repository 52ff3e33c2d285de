import type { Clock } from '../../services/ports.js';

export interface StandingClock extends Clock {
  /** Time stands still until the returned function is called; with several such holds, until the last one is. */
  hold(): () => void;
}

interface Timer {
  readonly listener: () => void;
  /** By the elapsed time that this clock shows. */
  readonly due: number;
  /** Of the clock behind it. */
  id: unknown;
}

/**
 * A clock that can be made to stand still: both its readings stay as they are, and what was set on it is put off by as
 * long as it stood. Whoever reads it cannot tell that anything happened meanwhile.
 */
export function standingClock(clock: Clock): StandingClock {
  const timers = new Map<number, Timer>();
  const holds = new Set<symbol>();
  /** What it shows while it stands. */
  let stood = { now: 0, elapsed: 0 };
  /** How far it is behind. */
  let behind = { now: 0, elapsed: 0 };
  let ids = 0;

  const standing = () => holds.size > 0;
  const now = () => (standing() ? stood.now : clock.now() - behind.now);
  const elapsed = () => (standing() ? stood.elapsed : clock.elapsed() - behind.elapsed);

  function arm(id: number, timer: Timer): void {
    const fire = () => {
      timers.delete(id);
      timer.listener();
    };
    timer.id = clock.setTimeout(fire, Math.max(0, timer.due - elapsed()));
  }

  function goOn(): void {
    behind = { now: clock.now() - stood.now, elapsed: clock.elapsed() - stood.elapsed };
    for (const [id, timer] of timers) arm(id, timer);
  }

  return {
    now,
    elapsed,
    setTimeout(listener, milliseconds) {
      const timer: Timer = { listener, due: elapsed() + milliseconds, id: null };
      timers.set(++ids, timer);
      if (!standing()) arm(ids, timer);
      return ids;
    },
    clearTimeout(id) {
      const timer = timers.get(id as number);
      if (!timer) return;
      timers.delete(id as number);
      if (!standing()) clock.clearTimeout(timer.id);
    },
    hold() {
      const hold = Symbol('hold');
      if (!standing()) {
        stood = { now: now(), elapsed: elapsed() };
        for (const timer of timers.values()) clock.clearTimeout(timer.id);
      }
      holds.add(hold);
      return () => {
        if (holds.delete(hold) && !standing()) goOn();
      };
    },
  };
}
