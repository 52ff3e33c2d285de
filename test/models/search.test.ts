import { describe, expect, it } from 'vitest';
import type { Store } from '../../src/services/ports.js';
import { noLocks } from '../properties/support/process.js';
import { callbackOf } from '../properties/support/world.js';
import { explore } from './support/explore.js';
import type { Bounds } from './support/explore.js';
import { signedIn } from './support/signed-in.js';
import type { StageSettings } from './support/stage.js';

/** Nobody sees what others have announced. */
const withoutJournals = (store: Store): Store => ({
  ...store,
  async read(key) {
    const entry = await store.read(key);
    const record = entry && (JSON.parse(entry.value) as object);
    if (!record || !('journal' in record)) return entry;
    return { ...entry, value: JSON.stringify({ ...record, journal: null }) };
  },
});

/** Writes over whatever is there. */
const withoutComparing = (store: Store): Store => ({
  ...store,
  async write(key, value, { ttl }) {
    const expected = (await store.read(key))?.version ?? null;
    return store.write(key, value, ttl === undefined ? { expected } : { expected, ttl });
  },
});

const renewing = (bounds: Bounds, settings: StageSettings = {}) =>
  explore(
    'Renewal, to try the search',
    bounds,
    async (stage) => {
      const holders = await signedIn(stage, 2);
      for (const [process, session] of holders) stage.ask(process, () => session.accessToken());
      await stage.play();
    },
    settings,
  );

const completing = (bounds: Bounds, settings: StageSettings) =>
  explore(
    'Callback, to try the search',
    bounds,
    async (stage) => {
      const { provider } = stage.world;
      const processes = [stage.start(), stage.start()];
      const { url, state } = await processes[0]!.client.begin();
      const { value: code } = provider.consent(url);
      provider.deliver(state, code);
      for (const process of processes) {
        stage.ask(process, () => process.client.complete(callbackOf({ code, state })));
      }
      await stage.play();
    },
    settings,
  );

const TWICE = /A refresh token was sent (twice at once|again after a definitive answer)/;

// A search that finds nothing proves nothing, unless it finds what is there.
describe('the search finds', { timeout: 600_000 }, () => {
  it('a refresh token that is spent twice if journals do not show and the lock is granted to all', () =>
    expect(renewing({ preemptions: 2 }, { tamper: withoutJournals, locks: noLocks })).rejects.toThrow(TWICE));

  it('the same if journals do not show and the lock is lost once', () =>
    expect(renewing({ preemptions: 2, faults: ['lost lock'] }, { tamper: withoutJournals })).rejects.toThrow(
      TWICE,
    ));

  it('a refresh token that is spent twice if a store writes without comparing', () =>
    expect(renewing({ preemptions: 2 }, { tamper: withoutComparing, locks: noLocks })).rejects.toThrow(
      TWICE,
    ));

  it('a code that is exchanged twice if a store writes without comparing', () =>
    expect(completing({ preemptions: 2 }, { tamper: withoutComparing })).rejects.toThrow(
      'A code was sent twice.',
    ));

  // This is the limit of the promise: whoever stands still for so long is taken for dead.
  it('a refresh token that is spent twice by a process that stood still for longer than the grace', () =>
    expect(
      renewing({ preemptions: 2, faults: ['stall'] }, { locks: noLocks, stall: 60_000 }),
    ).rejects.toThrow(TWICE));
});

describe('what the search leaves out', { timeout: 600_000 }, () => {
  it.each<[string, Bounds]>([
    ['orders', { preemptions: 2 }],
    ['crashes', { preemptions: 1, faults: ['crash'] }],
  ])('leads to no other end (%s)', async (_, bounds) => {
    const reduced = await renewing(bounds, { unlucky: 1 });
    const whole = await renewing({ ...bounds, unreduced: true }, { unlucky: 1 });
    expect(reduced.schedules).toBeLessThan(whole.schedules);
    expect([...reduced.ends].toSorted()).toEqual([...whole.ends].toSorted());
  });
});
