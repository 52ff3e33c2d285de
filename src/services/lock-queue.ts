import { AuthError } from './auth-error.js';
import type { Clock, Lock } from './ports.js';

interface Waiting {
  take(): void;
}

/** Locks within one process: first come, first served; a holder that outlives its ttl loses its turn. */
export class LockQueue {
  readonly #clock: Clock;
  readonly #queues = new Map<string, Waiting[]>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** @throws {@link AuthError} `cancelled` when the signal aborts before the lock is held */
  acquire(
    key: string,
    { signal, ttl }: { readonly signal: AbortSignal; readonly ttl: number },
  ): Promise<Lock> {
    return new Promise((resolve, reject) => {
      if (signal.aborted) return reject(new AuthError('cancelled'));
      const queue = this.#queues.get(key) ?? [];
      this.#queues.set(key, queue);
      const give = () => {
        this.#leave(key, waiting);
        reject(new AuthError('cancelled'));
      };
      const waiting: Waiting = {
        take: () => {
          signal.removeEventListener('abort', give);
          resolve(this.#hold(key, waiting, ttl));
        },
      };
      signal.addEventListener('abort', give, { once: true });
      queue.push(waiting);
      if (queue[0] === waiting) waiting.take();
    });
  }

  #hold(key: string, waiting: Waiting, ttl: number): Lock {
    const lost = new AbortController();
    const timer = this.#clock.setTimeout(() => {
      this.#leave(key, waiting);
      lost.abort();
    }, ttl);
    const release = async () => {
      this.#clock.clearTimeout(timer);
      this.#leave(key, waiting);
    };
    return { lost: lost.signal, release };
  }

  /** Leaving first in the queue gives the lock to whoever is next. */
  #leave(key: string, waiting: Waiting): void {
    const queue = this.#queues.get(key) ?? [];
    const index = queue.indexOf(waiting);
    if (index < 0) return;
    queue.splice(index, 1);
    if (queue.length === 0) this.#queues.delete(key);
    else if (index === 0) queue[0]?.take();
  }
}
