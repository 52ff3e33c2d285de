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

/** Starts at `start` and stands still between calls of `advance`; without `start` it runs with the real clock. */
export function createClock(start?: number): EmulatorClock {
  let ahead = 0;
  return {
    now: () => (start ?? Date.now()) + ahead,
    advance(ms) {
      if (!Number.isFinite(ms) || ms < 0) throw new RangeError('The emulator clock only moves forward.');
      ahead += ms;
    },
  };
}
