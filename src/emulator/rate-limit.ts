import type { Reply } from './message.js';
import type { State } from './state.js';

const LIMIT = 75;
const WINDOW_SECONDS = 15 * 60;

/** Counts one call of `/2/users/me` against the token's window, which opens with its first call. */
export function countCall(state: State, token: string): { exceeded: boolean; headers: Reply['headers'] } {
  const now = state.clock.now();
  let window = state.rateWindows.get(token);
  if (window === undefined || now >= window.reset * 1000) {
    // Rounded up, so that a client that waits until this second is never a fraction too early.
    window = { used: 0, reset: Math.ceil(now / 1000 + WINDOW_SECONDS) };
    state.rateWindows.set(token, window);
  }
  window.used += 1;
  const headers = {
    'x-rate-limit-limit': String(LIMIT),
    'x-rate-limit-remaining': String(Math.max(0, LIMIT - window.used)),
    'x-rate-limit-reset': String(window.reset),
  };
  return { exceeded: window.used > LIMIT, headers };
}
