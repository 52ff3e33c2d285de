import assert from 'node:assert/strict';
import { atOnce, put } from './store-under-test.js';
import type { Case } from './store-under-test.js';

export const compareAndSet: readonly Case[] = [
  {
    name: 'knows nothing of a key that was never written',
    async check({ store }) {
      assert.equal(await store.read('key'), undefined);
      assert.equal(await store.remove('key'), false);
      assert.deepEqual(await store.write('key', 'value', { expected: 'some version' }), { written: false });
      assert.equal(await store.read('key'), undefined);
    },
  },
  {
    name: 'gives back what was written, with the version the write told, also to another process',
    async check({ store, reopen }) {
      const result = await store.write('key', 'value', { expected: null });
      assert.ok(result.written);
      const entry = { value: 'value', version: result.version };
      assert.deepEqual(await store.read('key'), entry);
      assert.deepEqual(await (await reopen()).read('key'), entry);
    },
  },
  {
    name: 'writes over nothing only when nothing is expected',
    async check({ store }) {
      await put(store, 'key', 'first');
      assert.deepEqual(await store.write('key', 'second', { expected: null }), { written: false });
      assert.equal((await store.read('key'))?.value, 'first');
    },
  },
  {
    name: 'refuses a stale version, to write and to remove',
    async check({ store }) {
      const stale = await put(store, 'key', 'first');
      await put(store, 'key', 'second');
      assert.deepEqual(await store.write('key', 'third', { expected: stale }), { written: false });
      assert.equal(await store.remove('key', { expected: stale }), false);
      assert.equal((await store.read('key'))?.value, 'second');
    },
  },
  {
    name: 'refuses the version of another key',
    async check({ store }) {
      const foreign = await put(store, 'other', 'same');
      await put(store, 'key', 'same');
      assert.deepEqual(await store.write('key', 'taken', { expected: foreign }), { written: false });
    },
  },
  ...['absent', 'present'].map((key) => ({
    name: `has exactly one winner of 24 that write at once in three processes over what is ${key}`,
    check: async ({ store, reopen }: Parameters<Case['check']>[0]) => {
      const stores = [store, await reopen(), await reopen()];
      const expected = key === 'absent' ? null : await put(store, key, 'before');
      const results = await atOnce(stores, 24, (each, writer) =>
        each.write(key, String(writer), { expected }),
      );
      const winners = results.flatMap((result, writer) => (result.written ? [{ writer, result }] : []));
      assert.equal(winners.length, 1);
      const { writer, result } = winners[0]!;
      assert.deepEqual(await store.read(key), { value: String(writer), version: result.version });
    },
  })),
  {
    name: 'loses no increment of 60, made by three processes that try until they win',
    async check({ store, reopen }) {
      const stores = [store, await reopen(), await reopen()];
      await put(store, 'count', '0');
      await Promise.all(
        stores.map(async (each) => {
          for (let done = 0; done < 20;) {
            const entry = await each.read('count');
            const next = String(Number(entry?.value) + 1);
            const result = await each.write('count', next, { expected: entry?.version ?? null });
            if (result.written) done++;
          }
        }),
      );
      assert.equal((await store.read('count'))?.value, '60');
    },
  },
  {
    name: 'removes once, of twenty that remove at once',
    async check({ store, reopen }) {
      await put(store, 'key', 'value');
      const results = await atOnce([store, await reopen()], 20, (each) => each.remove('key'));
      assert.equal(results.filter(Boolean).length, 1);
      assert.equal(await store.read('key'), undefined);
    },
  },
  {
    name: 'either writes or removes a version, never both',
    async check({ store, reopen }) {
      const other = await reopen();
      const expected = await put(store, 'key', 'value');
      const [written, removed] = await Promise.all([
        store.write('key', 'next', { expected }),
        other.remove('key', { expected }),
      ]);
      assert.equal(written.written, !removed);
      assert.equal((await store.read('key'))?.value, removed ? undefined : 'next');
    },
  },
  {
    name: 'keeps keys apart',
    async check({ store }) {
      await put(store, 'one', 'first');
      await put(store, 'other', 'second');
      await store.remove('one');
      assert.equal(await store.read('one'), undefined);
      assert.equal((await store.read('other'))?.value, 'second');
    },
  },
];
