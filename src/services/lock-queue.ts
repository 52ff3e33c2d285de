import { AuthError } from './auth-error.js';
import type { Clock, Lock } from './ports.js';
import { sleep } from './sleep.js';

export interface LockQueue {
  /**
   * Resolves when it is our turn. After `ttl` milliseconds the lock is lost and the next in line has it.
   *
   * @throws {@link AuthError} `cancelled` when the signal aborts before
   */
  acquire(
    name: string,
    options: { readonly signal: AbortSignal; readonly ttl: number; readonly clock: Clock },
  ): Promise<Lock>;
}

/** Locks within one process: first come, first served. */
export function lockQueue(): LockQueue {
  // The first in line holds the lock. A name nobody wants has no line.
  const lines = new Map<string, Array<() => void>>();

  return {
    acquire: (name, { signal, ttl, clock }) =>
      new Promise((resolve, reject) => {
        if (signal.aborted) return reject(new AuthError('cancelled'));
        const line = lines.get(name) ?? [];
        lines.set(name, line);
        const take = () => {
          signal.removeEventListener('abort', leave);
          resolve(held(clock, ttl, () => pass(name, line)));
        };
        const leave = () => {
          line.splice(line.indexOf(take), 1);
          reject(new AuthError('cancelled'));
        };
        signal.addEventListener('abort', leave, { once: true });
        line.push(take);
        if (line.length === 1) take();
      }),
  };

  function pass(name: string, line: Array<() => void>): void {
    line.shift();
    const [next] = line;
    if (next) next();
    else lines.delete(name);
  }
}

function held(clock: Clock, ttl: number, pass: () => void): Lock {
  const over = new AbortController();
  const end = () => {
    if (over.signal.aborted) return;
    over.abort();
    pass();
  };
  sleep(clock, ttl, over.signal).then(end, () => undefined);
  return { lost: over.signal, release: async () => end() };
}
