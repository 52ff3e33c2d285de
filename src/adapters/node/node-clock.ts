import type { Clock } from '../../services/ports.js';

/** The clocks and timers of Node. Its timers never keep the process alive. */
export const nodeClock: Clock = {
  now: () => Date.now(),
  elapsed: () => performance.now(),
  setTimeout: (listener, milliseconds) => setTimeout(listener, milliseconds).unref(),
  clearTimeout: (id) => {
    clearTimeout(id as NodeJS.Timeout);
  },
};

/** A promise keeps no process alive, and neither do the timers above: whoever is awaited holds this meanwhile. */
export function keepAlive(): () => void {
  const handle = setInterval(() => {}, 2 ** 30);
  return () => clearInterval(handle);
}
