import type { Clock, Store } from 'authchart/node';

/**
 * A world in which time runs `speed` times faster than ours, for everybody: the clocks and timers of the clients, the clock
 * of the server, and the times to live that stores are given. A second of it is a second to all who live there; nothing
 * is left out or called by hand. Only we wait less.
 */
export interface World {
  /** Unix milliseconds at which both times were the same. */
  readonly epoch: number;
  readonly speed: number;
}

export interface WorldClock extends Clock {
  /** So many milliseconds of the world; keeps the process alive meanwhile. */
  wait(milliseconds: number): Promise<void>;
}

export function worldClock({ epoch, speed }: World): WorldClock {
  const real = () => performance.timeOrigin + performance.now();
  return {
    now: () => epoch + (real() - epoch) * speed,
    elapsed: () => performance.now() * speed,
    setTimeout: (listener, milliseconds) => setTimeout(listener, milliseconds / speed).unref(),
    clearTimeout: (id) => clearTimeout(id as NodeJS.Timeout),
    wait: (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds / speed)),
  };
}

/** A store counts times to live by its own clock, which is ours: it is told how long they last there. */
export function inWorldTime(store: Store, { speed }: World): Store {
  const real = (milliseconds: number) => Math.max(1, Math.round(milliseconds / speed));
  return {
    ...store,
    write: (key, value, { expected, ttl }) =>
      store.write(key, value, ttl === undefined ? { expected } : { expected, ttl: real(ttl) }),
    lock: (key, { signal, ttl }) => store.lock(key, { signal, ttl: real(ttl) }),
  };
}
