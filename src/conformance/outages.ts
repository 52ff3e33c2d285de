import assert from 'node:assert/strict';
import type { Store } from '../services/ports.js';
import { UNLIMITED, put } from './store-under-test.js';
import type { Case } from './store-under-test.js';

const calls: Readonly<Record<string, (store: Store) => Promise<unknown>>> = {
  read: (store) => store.read('key'),
  write: (store) => store.write('key', 'during', { expected: null }),
  remove: (store) => store.remove('key'),
  lock: (store) => store.lock('key', { signal: UNLIMITED, ttl: 60_000 }),
};

const isOutage = (error: unknown) => (error as { readonly code?: unknown }).code === 'store_unavailable';

export const outages: readonly Case[] = [
  ...Object.entries(calls).map(([call, make]) => ({
    name: `says \`store_unavailable\` where ${call} cannot reach the place, and works when it is back`,
    check: async ({ store, interrupt }: Parameters<Case['check']>[0]) => {
      await put(store, 'key', 'before');
      const restore = await interrupt();
      await assert.rejects(make(store), isOutage);
      await restore();
      await eventually(() => put(store, 'key', 'after'));
      assert.equal((await store.read('key'))?.value, 'after');
    },
  })),
  {
    name: 'keeps what was written through an outage, and its version',
    async check({ store, interrupt }) {
      const version = await put(store, 'key', 'before');
      const restore = await interrupt();
      await assert.rejects(store.read('key'), isOutage);
      await restore();
      assert.deepEqual(await eventually(() => store.read('key')), { value: 'before', version });
    },
  },
  {
    name: 'takes a lock back while the place stands still for longer than its time, and gives it to the next',
    async check({ store, reopen, pause, elapse }) {
      const other = await reopen();
      await Promise.all([store, other].map((each) => each.read('key')));
      const held = await store.lock('key', { signal: UNLIMITED, ttl: 400 });
      const resume = await pause();
      await elapse(800);
      assert.equal(held.lost.aborted, true);
      await resume();
      const next = await other.lock('key', { signal: UNLIMITED, ttl: 60_000 });
      await held.release();
      assert.equal(next.lost.aborted, false);
    },
  },
];

/** A connection that broke may take a moment to come back. */
async function eventually<Result>(attempt: () => Promise<Result>): Promise<Result> {
  for (let left = 20; ; left--) {
    try {
      return await attempt();
    } catch (error) {
      if (left === 0 || !isOutage(error)) throw error;
      await new Promise((resolve) => void setTimeout(resolve, 100));
    }
  }
}
