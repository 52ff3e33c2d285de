import assert from 'node:assert/strict';
import { put } from './store-under-test.js';
import type { Case } from './store-under-test.js';

export const versions: readonly Case[] = [
  {
    name: 'never recur for a key, not after removal, not after expiry, not for an equal value',
    async check({ store, reopen, elapse }) {
      const stores = [store, await reopen()];
      const seen: string[] = [];
      for (const each of stores) {
        seen.push(await put(each, 'key', 'same'));
        await each.remove('key');
        seen.push(await put(each, 'key', 'same', 50));
        await elapse(100);
        seen.push(await put(each, 'key', 'same'));
        seen.push(await put(each, 'key', 'same'));
      }
      assert.equal(new Set(seen).size, seen.length);
    },
  },
  {
    name: 'stay while nobody writes',
    async check({ store }) {
      const version = await put(store, 'key', 'value');
      assert.deepEqual(await store.read('key'), { value: 'value', version });
      assert.deepEqual(await store.read('key'), { value: 'value', version });
    },
  },
  {
    name: 'from before a removal do not fit what was written after it',
    async check({ store }) {
      const before = await put(store, 'key', 'same');
      await store.remove('key');
      await put(store, 'key', 'same');
      assert.deepEqual(await store.write('key', 'late', { expected: before }), { written: false });
      assert.equal(await store.remove('key', { expected: before }), false);
    },
  },
];
