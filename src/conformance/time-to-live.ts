import assert from 'node:assert/strict';
import { atOnce, put } from './store-under-test.js';
import type { Case } from './store-under-test.js';

// Real stores pass through this time, so it is short; what must still be there lives far longer than a slow machine dawdles.
const BRIEF = 150;
const AFTER = 2 * BRIEF;
const LONG = 60 * 60_000;
const DAY = 24 * 60 * 60_000;

export const timeToLive: readonly Case[] = [
  {
    name: 'lets an entry vanish when its time has passed, and not before',
    async check({ store, elapse }) {
      await put(store, 'brief', 'value', BRIEF);
      await put(store, 'long', 'value', LONG);
      await elapse(AFTER);
      assert.equal(await store.read('brief'), undefined);
      assert.equal(await store.remove('brief'), false);
      assert.equal((await store.read('long'))?.value, 'value');
    },
  },
  {
    name: 'keeps an entry without a time to live',
    async check({ store, elapse }) {
      await put(store, 'key', 'value');
      await elapse(AFTER);
      assert.equal((await store.read('key'))?.value, 'value');
    },
  },
  {
    name: 'counts anew at each write, and no longer after a write without a time to live',
    async check({ store, elapse }) {
      await put(store, 'longer', 'first', BRIEF);
      await put(store, 'longer', 'second', LONG);
      await put(store, 'for good', 'first', BRIEF);
      await put(store, 'for good', 'second');
      await put(store, 'shorter', 'first', LONG);
      await put(store, 'shorter', 'second', BRIEF);
      await elapse(AFTER);
      assert.equal((await store.read('longer'))?.value, 'second');
      assert.equal((await store.read('for good'))?.value, 'second');
      assert.equal(await store.read('shorter'), undefined);
    },
  },
  {
    name: 'takes what has expired for nothing: of twenty that write over it at once one wins',
    async check({ store, reopen, elapse }) {
      const expired = await put(store, 'key', 'first', BRIEF);
      await elapse(AFTER);
      assert.deepEqual(await store.write('key', 'late', { expected: expired }), { written: false });
      const results = await atOnce([store, await reopen()], 20, (each) =>
        each.write('key', 'second', { expected: null }),
      );
      assert.equal(results.filter(({ written }) => written).length, 1);
    },
  },
  {
    name: 'takes a time to live of many years, and one that is no whole number',
    async check({ store }) {
      await put(store, 'years', 'value', 100 * 365 * DAY);
      await put(store, 'fraction', 'value', LONG + 0.5);
      assert.equal((await store.read('years'))?.value, 'value');
      assert.equal((await store.read('fraction'))?.value, 'value');
    },
  },
];

/** For stores that count time themselves, whatever the clocks of their processes say. */
export const wrongClocks: readonly Case[] = [DAY, -DAY].map((clockAhead) => ({
  name: `counts by a clock of its own: a process ${clockAhead > 0 ? 'a day ahead' : 'a day behind'} changes nothing`,
  async check({ store, reopen, elapse }) {
    const wrong = await reopen({ clockAhead });
    await put(wrong, 'by the wrong', 'value', LONG);
    await put(store, 'by the right', 'value', LONG);
    await put(wrong, 'brief', 'value', BRIEF);
    assert.equal((await store.read('by the wrong'))?.value, 'value');
    assert.equal((await wrong.read('by the right'))?.value, 'value');
    await elapse(AFTER);
    assert.equal(await store.read('brief'), undefined);
    assert.equal(await wrong.read('brief'), undefined);
  },
}));
