import { AuthError } from './auth-error.js';
import { base64url } from './encoding.js';
import type { Clock, Entry, Lock, Store } from './ports.js';
import { sleep } from './sleep.js';

/** Milliseconds between two looks at a lease that somebody else holds: soon at first, then less often. */
const PAUSE = { first: 20, most: 250 };

// No lease is for longer: a planted one must not shut everybody out for good.
const LONGEST = 10 * 60_000;

export interface LeasePorts {
  readonly clock: Clock;
  randomBytes(length: number): Uint8Array;
}

export type Leases = Store['lock'];

/**
 * Locks for a store that several processes share: an entry with a time to live, written where there is none. A holder
 * that was killed is outlived by its entry, and nothing is held open meanwhile.
 *
 * The store's clock ends a lease. Should that clock be set back, whoever waits ends it once it has stood for its whole
 * time by their own monotonic clock.
 *
 * @param entries - the part of the store where locks live, apart from its records
 */
export function leases(
  entries: Pick<Store, 'read' | 'write' | 'remove'>,
  { clock, randomBytes }: LeasePorts,
): Leases {
  // Taken or given back, and the store's answer got lost: only this process can free them before their time.
  const doubtful = new Set<string>();

  function doubt(id: string, ttl: number): void {
    doubtful.add(id);
    // By then it has ended by itself. In a long outage each attempt leaves one.
    void sleep(clock, ttl, new AbortController().signal).then(() => doubtful.delete(id));
  }

  async function take(key: string, id: string, ttl: number): Promise<string | null> {
    try {
      const result = await entries.write(key, `${ttl} ${id}`, { expected: null, ttl });
      return result.written ? result.version : null;
    } catch (error) {
      doubt(id, ttl);
      throw error;
    }
  }

  return async (key, { signal, ttl }) => {
    const id = base64url(randomBytes(16));
    let seen = null as { readonly version: string; readonly since: number } | null;
    for (let attempt = 0; ; attempt++) {
      if (signal.aborted) throw new AuthError('cancelled');
      // Before the store begins to count, so that we never believe in a lease for longer than the store does.
      const asked = clock.elapsed();
      const version = await take(key, id, ttl);
      if (version !== null) {
        if (!signal.aborted && clock.elapsed() < asked + ttl) return held(version, asked + ttl);
        // Nobody waits for it any more, or its answer took longer than its time.
        await giveBack(version);
        continue;
      }
      const entry = await entries.read(key);
      if (entry && hasOutlivedItself(entry)) await entries.remove(key, { expected: entry.version });
      else await sleep(clock, pause(attempt), signal);
    }

    function hasOutlivedItself({ value, version }: Entry): boolean {
      if (version !== seen?.version) seen = { version, since: clock.elapsed() };
      const [lifetime, holder = ''] = value.split(' ');
      return (
        doubtful.delete(holder) || clock.elapsed() - seen.since >= Math.min(Number(lifetime) || ttl, LONGEST)
      );
    }

    function held(version: string, until: number): Lock {
      const over = new AbortController();
      const end = () => over.abort();
      sleep(clock, until - clock.elapsed(), over.signal).then(end, () => undefined);
      return {
        lost: over.signal,
        async release() {
          if (over.signal.aborted) return;
          end();
          await giveBack(version);
        },
      };
    }

    async function giveBack(version: string): Promise<void> {
      try {
        await entries.remove(key, { expected: version });
      } catch (error) {
        doubt(id, ttl);
        throw error;
      }
    }
  };

  /** Jittered, for many wait for the same lease. */
  function pause(attempt: number): number {
    const [byte = 0] = randomBytes(1);
    const full = Math.min(PAUSE.first * 2 ** attempt, PAUSE.most);
    return full / 2 + (full / 2) * (byte / 255);
  }
}
