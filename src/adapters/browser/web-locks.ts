import { AuthError } from '../../services/auth-error.js';
import type { Clock, Lock, Store } from '../../services/ports.js';
import { sleep } from '../../services/sleep.js';
import { faultOf } from './faults.js';
import { escaped, randomId } from './names.js';

/** Milliseconds between two looks at who holds a lock that we wait for. */
const LOOK = 1_000;

// Nobody holds for longer: a planted name must not shut everybody out for good.
const LONGEST = 10 * 60_000;

/**
 * Locks over all tabs, which the browser gives to the next when a tab goes. A tab that was put to sleep with a lock
 * would keep it: whoever has seen it held for its whole time frees it.
 *
 * Two names belong to one lock: one is the line that tabs wait in; the other says, for as long as it is held, who holds it
 * and for how long, which the browser does not tell.
 */
export function webLocks(prefix: string, clock: Clock): Store['lock'] {
  return async (key, { signal, ttl }) => {
    const line = `${prefix}/lock/${escaped(key)}`;
    const waiting = new AbortController();
    const giveUp = () => waiting.abort();
    if (signal.aborted) throw new AuthError('cancelled');
    signal.addEventListener('abort', giveUp, { once: true });
    void freeTheOverdue(line, waiting.signal).catch(() => undefined);
    try {
      return await hold(line, ttl, signal, waiting.signal);
    } catch (thrown) {
      if (signal.aborted) throw new AuthError('cancelled');
      throw faultOf(thrown, 'The Web Locks API');
    } finally {
      signal.removeEventListener('abort', giveUp);
      giveUp();
    }
  };

  function hold(line: string, ttl: number, wait: AbortSignal, waiting: AbortSignal): Promise<Lock> {
    return new Promise((resolve, reject) => {
      const over = new AbortController();
      const end = () => over.abort();
      const request = navigator.locks.request(line, { signal: waiting }, () => {
        if (wait.aborted) return reject(new AuthError('cancelled'));
        const holder = `${holdersOf(line)}${ttl}/${randomId()}`;
        const ended = new Promise<void>((free) => over.signal.addEventListener('abort', () => free()));
        navigator.locks.request(holder, () => ended).catch(() => undefined);
        sleep(clock, ttl, over.signal).then(end, () => undefined);
        resolve({ lost: over.signal, release });
        return ended;
      });
      const done = request.catch((thrown: unknown) => {
        // Not come, or freed by somebody who waited for longer than our time.
        reject(thrown);
        end();
      });
      const release = async () => {
        end();
        await done;
      };
    });
  }

  async function freeTheOverdue(line: string, waiting: AbortSignal): Promise<never> {
    const seen = new Map<string, number>();
    for (;;) {
      const holders = await namesHeld(holdersOf(line));
      for (const holder of seen.keys()) if (!holders.includes(holder)) seen.delete(holder);
      for (const holder of holders) {
        const since = seen.get(holder) ?? clock.elapsed();
        seen.set(holder, since);
        if (clock.elapsed() - since >= timeOf(holder, line)) await free(line, holder);
      }
      await sleep(clock, LOOK, waiting);
    }
  }

  /** One at a time, and only while that holder is there: of two that wait, the second must not free the first. */
  async function free(line: string, holder: string): Promise<void> {
    await navigator.locks.request(`${line}/free`, async () => {
      if (!(await namesHeld(holder)).includes(holder)) return;
      // In this order: who dies in between must not leave a lock that nobody can see held.
      await navigator.locks.request(line, { steal: true }, () => undefined);
      await navigator.locks.request(holder, { steal: true }, () => undefined);
    });
  }
}

const holdersOf = (line: string) => `${line}/held/`;

function timeOf(holder: string, line: string): number {
  const [ttl] = holder.slice(holdersOf(line).length).split('/');
  return Math.min(Number(ttl) || 0, LONGEST);
}

async function namesHeld(prefix: string): Promise<readonly string[]> {
  const { held = [] } = await navigator.locks.query();
  return held.flatMap(({ name = '' }) => (name.startsWith(prefix) ? [name] : []));
}
