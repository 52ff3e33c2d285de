import type { Clock, Store } from '../../../src/services/ports.js';
import type { Life, Locks } from '../../properties/support/process.js';

interface Holder {
  readonly life: Life;
  /** Moment at which it passes on by itself. */
  readonly until: number;
  readonly over: AbortController;
  readonly timer: unknown;
}

interface Waiting {
  readonly life: Life;
  take(): void;
}

/** Waits for its turn to be told something, unless it is withdrawn before. */
type Tell = (life: Life, what: string) => { readonly told: Promise<unknown>; withdraw(): void };

/** One lock whose grants and losses are choices. Whoever dies with it keeps it until its time has passed. */
export function createLock(clock: Clock, tell: Tell) {
  let holder: Holder | null = null;
  let waiting: Waiting[] = [];

  function free(): void {
    clock.clearTimeout(holder?.timer);
    holder = null;
  }

  function hold(life: Life, ttl: number): ReturnType<Store['lock']> {
    const over = new AbortController();
    const timer = clock.setTimeout(() => pass(own), ttl);
    const own: Holder = { life, until: clock.elapsed() + ttl, over, timer };
    holder = own;
    const release = async () => {
      if (over.signal.aborted) return;
      await tell(life, 'gives the lock back').told;
      over.abort();
      if (holder === own) free();
    };
    return Promise.resolve({ lost: over.signal, release });
  }

  /** The store has it for free; its holder hears of that when it does. */
  function pass(from: Holder): void {
    if (holder !== from) return;
    free();
    const news = tell(from.life, 'hears that its lock is lost');
    const { signal } = from.over;
    signal.addEventListener('abort', news.withdraw, { once: true });
    void news.told.then(() => from.over.abort());
  }

  const locks: Locks =
    (life) =>
    (_, { signal, ttl }) =>
      new Promise((resolve, reject) => {
        const own: Waiting = {
          life,
          take() {
            waiting = waiting.filter((other) => other !== own);
            resolve(hold(life, ttl));
          },
        };
        waiting.push(own);
        signal.addEventListener('abort', () => {
          waiting = waiting.filter((other) => other !== own);
          reject(new Error('gone'));
        });
      });

  return {
    locks,
    /** Who might have it next. */
    grants: () => (holder ? [] : waiting.filter(({ life }) => life.alive)),
    awaits: (life: Life) => waiting.some((other) => other.life === life),
    holder: () => holder?.life ?? null,
    expire: () => holder && pass(holder),
    digest: () => [
      holder?.life.name,
      ...waiting.filter(({ life }) => life.alive).map(({ life }) => life.name),
    ],
  };
}
