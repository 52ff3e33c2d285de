/** The emulator's clock, in milliseconds since the epoch. Every lifetime and rate-limit window is measured on it. */
export interface EmulatorClock {
  now(): number;
  /**
   * Moves the clock forward.
   *
   * @throws RangeError when `ms` is negative or not finite: codes and windows assume a clock that never goes back.
   */
  advance(ms: number): void;
}

/** Stands still at a number between calls of `advance`; without one it runs with the given clock, or the real one. */
export function createClock(time: number | (() => number) = Date.now): EmulatorClock {
  let ahead = 0;
  return {
    now: () => (typeof time === 'number' ? time : time()) + ahead,
    advance(ms) {
      if (!Number.isFinite(ms) || ms < 0) throw new RangeError('The emulator clock only moves forward.');
      ahead += ms;
    },
  };
}
