import assert from 'node:assert/strict';
import type { Lock, Store } from '../services/ports.js';
import { UNLIMITED, observed, put } from './store-under-test.js';
import type { Case } from './store-under-test.js';

const LONG = 60_000;
const BRIEF = 300;
const DAY = 24 * 60 * 60_000;
// Waiters of a shared store look from time to time.
const TURN = 1_000;

const long = { signal: UNLIMITED, ttl: LONG };
const brief = { signal: UNLIMITED, ttl: BRIEF };

type Elapse = (milliseconds: number) => Promise<void>;

/** Lets time pass until the lock has come. */
async function comes(pending: Promise<Lock>, elapse: Elapse): Promise<Lock> {
  const seen = observed(pending);
  for (let turns = 0; turns < 40 && !seen.lock; turns++) await elapse(TURN / 4);
  assert.ok(seen.lock, 'The lock has not come.');
  return pending;
}

/** Whether somebody holds it: a try of a quarter of a second. */
async function held(store: Store, elapse: Elapse, key = 'key'): Promise<boolean> {
  const impatient = new AbortController();
  const pending = store.lock(key, { signal: impatient.signal, ttl: LONG });
  const seen = observed(pending);
  await elapse(TURN / 4);
  impatient.abort();
  const lock = seen.lock ?? (await pending.catch(() => undefined));
  await lock?.release();
  return lock === undefined;
}

function isCancelled(error: unknown): true {
  const { code } = error as { readonly code?: unknown };
  assert.equal(
    code,
    'cancelled',
    'Whoever gives up waiting is told by an AuthError with the code `cancelled`.',
  );
  return true;
}

export const locks: readonly Case[] = [
  {
    name: 'is held by one at a time, of six that want it in two processes',
    async check({ store, reopen, elapse }) {
      const stores = [store, await reopen()];
      let holders = 0;
      let most = 0;
      let turns = 0;
      const all = Promise.all(
        Array.from({ length: 6 }, async (_, at) => {
          const each = stores[at % 2]!;
          const lock = await each.lock('key', long);
          most = Math.max(most, ++holders);
          await each.read('key');
          holders--;
          turns++;
          await lock.release();
        }),
      );
      for (let waited = 0; waited < 40 && turns < 6; waited++) await elapse(TURN / 4);
      await all;
      assert.deepEqual({ most, turns }, { most: 1, turns: 6 });
    },
  },
  {
    name: 'of one key holds up neither another nor reads and writes of the same',
    async check({ store, reopen }) {
      const other = await reopen();
      await store.lock('key', long);
      await other.lock('other', long);
      await put(other, 'key', 'value');
      assert.equal((await store.read('key'))?.value, 'value');
    },
  },
  {
    name: 'is no entry, and an entry is no lock',
    async check({ store }) {
      await store.lock('key', long);
      assert.equal(await store.read('key'), undefined);
      await put(store, 'other', 'value');
      await store.lock('other', long);
      assert.equal((await store.read('other'))?.value, 'value');
    },
  },
  {
    name: 'is lost when its time has passed, and another process has it',
    async check({ store, reopen, elapse }) {
      const first = await store.lock('key', brief);
      assert.equal(first.lost.aborted, false);
      const second = await comes((await reopen()).lock('key', long), elapse);
      assert.equal(first.lost.aborted, true, '`lost` must abort once `ttl` has passed.');
      assert.equal(second.lost.aborted, false);
    },
  },
  {
    name: 'that was lost can be released without harm to its new holder',
    async check({ store, reopen, elapse }) {
      const other = await reopen();
      const first = await store.lock('key', brief);
      const second = await comes(other.lock('key', long), elapse);
      await first.release();
      assert.equal(await held(store, elapse), true);
      await second.release();
      await (await comes(store.lock('key', long), elapse)).release();
    },
  },
  {
    name: 'of a holder that was killed ends by itself',
    async check({ reopen, elapse }) {
      // What a killed process leaves behind: a lock that nobody will release.
      await (await reopen()).lock('key', brief);
      const next = await comes((await reopen()).lock('key', long), elapse);
      assert.equal(next.lost.aborted, false);
    },
  },
  {
    name: 'counts its time from when it is held, not from when it was asked for',
    async check({ store, reopen, elapse }) {
      const first = await store.lock('key', long);
      const waiting = (await reopen()).lock('key', { signal: UNLIMITED, ttl: 2 * TURN });
      await elapse(3 * TURN);
      await first.release();
      const second = await comes(waiting, elapse);
      assert.equal(second.lost.aborted, false);
    },
  },
  {
    name: 'is released once, however often that is said',
    async check({ store, reopen, elapse }) {
      const first = await store.lock('key', long);
      await first.release();
      const second = await (await reopen()).lock('key', long);
      await first.release();
      assert.equal(await held(store, elapse), true);
      assert.equal(second.lost.aborted, false);
    },
  },
  {
    name: 'rejects who has given up, before or while waiting, and passes to the next',
    async check({ store, reopen, elapse }) {
      await assert.rejects(store.lock('key', { signal: AbortSignal.abort(), ttl: LONG }), isCancelled);
      const first = await store.lock('key', long);
      const impatient = new AbortController();
      const second = assert.rejects(store.lock('key', { signal: impatient.signal, ttl: LONG }), isCancelled);
      const third = (await reopen()).lock('key', long);
      impatient.abort();
      await second;
      await first.release();
      await comes(third, elapse);
    },
  },
  {
    name: 'once held does not heed the signal of the wait',
    async check({ store, reopen, elapse }) {
      const waiting = new AbortController();
      const lock = await store.lock('key', { signal: waiting.signal, ttl: LONG });
      waiting.abort();
      assert.equal(await held(await reopen(), elapse), true);
      assert.equal(lock.lost.aborted, false);
    },
  },
  {
    name: 'excludes a process whose clock is a day off, in both directions',
    async check({ store, reopen, elapse }) {
      for (const clockAhead of [DAY, -DAY]) {
        const wrong = await reopen({ clockAhead });
        const lock = await store.lock(`right ${clockAhead}`, long);
        assert.equal(await held(wrong, elapse, `right ${clockAhead}`), true);
        await lock.release();
        const wrongly = await wrong.lock(`wrong ${clockAhead}`, long);
        assert.equal(await held(store, elapse, `wrong ${clockAhead}`), true);
        await wrongly.release();
        await (await comes(store.lock(`wrong ${clockAhead}`, long), elapse)).release();
      }
    },
  },
];
