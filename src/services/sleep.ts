import { AuthError } from './auth-error.js';
import type { Clock } from './ports.js';

// A sleeping laptop stops timers, and delays over 2^31-1 ms fire at once: sleep in slices and look at the clock again.
const SLICE = 60_000;

/** Resolves after so many milliseconds of the monotonic clock; rejects with `cancelled` when the signal aborts. */
export async function sleep(clock: Clock, milliseconds: number, signal: AbortSignal): Promise<void> {
  const end = clock.elapsed() + milliseconds;
  await slices(clock, () => end - clock.elapsed(), signal);
}

/** Resolves once the wall clock has reached an absolute time, however it got there. */
export async function sleepUntil(clock: Clock, at: number, signal: AbortSignal): Promise<void> {
  await slices(clock, () => at - clock.now(), signal);
}

async function slices(clock: Clock, remaining: () => number, signal: AbortSignal): Promise<void> {
  for (let left = remaining(); left > 0; left = remaining()) await nap(clock, Math.min(left, SLICE), signal);
  if (signal.aborted) throw new AuthError('cancelled');
}

function nap(clock: Clock, milliseconds: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    if (signal.aborted) return reject(new AuthError('cancelled'));
    const wake = () => {
      signal.removeEventListener('abort', give);
      resolve();
    };
    const timer = clock.setTimeout(wake, milliseconds);
    const give = () => {
      clock.clearTimeout(timer);
      reject(new AuthError('cancelled'));
    };
    signal.addEventListener('abort', give, { once: true });
  });
}
