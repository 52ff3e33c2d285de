import assert from 'node:assert/strict';
import type { Store } from '../services/ports.js';
import { put } from './store-under-test.js';
import type { Case, Place } from './store-under-test.js';

/** How long news may take, in looks of {@link LOOK}. */
const LOOKS = 100;
const LOOK = 50;

function watched(store: Store, key: string) {
  const seen = { times: 0 };
  const stop = store.watch!(key, () => void seen.times++);
  return { seen, stop };
}

/** Changes until a watcher has been told: subscriptions may take a moment to stand. */
async function toldOf(place: Place, seen: { readonly times: number }, change: () => Promise<unknown>) {
  const before = seen.times;
  await change();
  for (let looks = 0; looks < LOOKS; looks++) {
    if (seen.times > before) return;
    await place.elapse(LOOK);
  }
  assert.fail('A change was not told.');
}

/** Until the store has nothing more to say of what was. */
async function quiet({ elapse }: Place): Promise<void> {
  for (let looks = 0; looks < 16; looks++) await elapse(LOOK);
}

export const watching: readonly Case[] = [
  {
    name: 'tells of every kind of change, made here or by another process',
    async check(place) {
      const { store, reopen } = place;
      const other = await reopen();
      const { seen, stop } = watched(store, 'key');
      await quiet(place);
      await toldOf(place, seen, () => put(store, 'key', 'first'));
      await quiet(place);
      await toldOf(place, seen, () => put(other, 'key', 'second'));
      await quiet(place);
      await toldOf(place, seen, () => other.remove('key'));
      stop();
    },
  },
  {
    name: 'tells of a change made right after the call, although a subscription takes a moment',
    async check(place) {
      const other = await place.reopen();
      const { seen, stop } = watched(place.store, 'key');
      await toldOf(place, seen, () => put(other, 'key', 'value'));
      stop();
    },
  },
  {
    name: 'ends one subscription at a time, and none twice',
    async check(place) {
      const { store } = place;
      const [first, second] = [watched(store, 'key'), watched(store, 'key')];
      await quiet(place);
      first.stop();
      first.stop();
      const ended = first.seen.times;
      await toldOf(place, second.seen, () => put(store, 'key', 'value'));
      await quiet(place);
      assert.equal(first.seen.times, ended);
      second.stop();
    },
  },
  {
    name: 'tells nobody who has unsubscribed, and nothing of other keys',
    async check(place) {
      const { store } = place;
      const [gone, other, key] = [watched(store, 'key'), watched(store, 'other'), watched(store, 'key')];
      await quiet(place);
      gone.stop();
      const before = [gone.seen.times, other.seen.times];
      await toldOf(place, key.seen, () => put(store, 'key', 'first'));
      await quiet(place);
      assert.deepEqual([gone.seen.times, other.seen.times], before);
      other.stop();
      key.stop();
    },
  },
  {
    name: 'is broken by no listener that throws: the write stands and the others are told',
    async check(place) {
      const { store } = place;
      const bug = new Error('a bug of the listener');
      const stops = [
        store.watch!('key', () => {
          throw bug;
        }),
        // Whoever passes an async function gets no unhandled rejection either, which would end the process.
        store.watch!('key', () => Promise.reject(bug) as never),
      ];
      const key = watched(store, 'key');
      await quiet(place);
      await toldOf(place, key.seen, () => put(store, 'key', 'first'));
      await toldOf(place, key.seen, () => put(store, 'key', 'second'));
      assert.equal((await store.read('key'))?.value, 'second');
      for (const stop of stops) stop();
      key.stop();
    },
  },
];
