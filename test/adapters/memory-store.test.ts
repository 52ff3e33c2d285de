import { describe, expect, it } from 'vitest';
import { memoryStore } from '../../src/adapters/memory/memory-store.js';
import { virtualClock } from '../../src/adapters/virtual/virtual-clock.js';
import { conforms } from '../support/conforms.js';

conforms(
  'the memory store',
  () => {
    const clock = virtualClock();
    const store = memoryStore({ clock });
    return { open: () => store, elapse: (milliseconds) => clock.advance(milliseconds) };
  },
  { clock: 'own', watches: true, canBeDown: false },
);

describe('the memory store', () => {
  it('lets an entry vanish to the millisecond', async () => {
    const clock = virtualClock();
    const store = memoryStore({ clock });
    await store.write('key', 'value', { expected: null, ttl: 60_000 });
    await clock.advance(59_999);
    expect(await store.read('key')).toMatchObject({ value: 'value' });
    await clock.advance(1);
    expect(await store.read('key')).toBeUndefined();
  });

  it('gives its locks in the order of asking, and takes them back to the millisecond', async () => {
    const clock = virtualClock();
    const store = memoryStore({ clock });
    const order: string[] = [];
    const work = async (name: string) => {
      const lock = await store.lock('key', { signal: new AbortController().signal, ttl: 60_000 });
      order.push(name);
      return lock;
    };
    const [first] = [work('first'), work('second'), work('third')];
    await clock.advance(59_999);
    expect([order, (await first).lost.aborted]).toEqual([['first'], false]);
    await clock.advance(1);
    expect([order, (await first).lost.aborted]).toEqual([['first', 'second'], true]);
    await clock.advance(60_000);
    expect(order).toEqual(['first', 'second', 'third']);
  });

  it('lets go of what has expired and nobody asks for', async () => {
    const clock = virtualClock();
    const looks = { count: 0 };
    const store = memoryStore({
      clock: {
        ...clock,
        now: () => {
          looks.count++;
          return clock.now();
        },
      },
    });
    for (let i = 0; i < 1000; i++) await store.write(`flow ${i}`, 'value', { expected: null, ttl: 1000 });
    await clock.advance(1000);
    looks.count = 0;
    for (let i = 0; i < 200; i++) await store.write('session', String(i), { expected: await now('session') });
    expect(looks.count).toBeGreaterThan(1000);
    // All thousand are gone: there is next to nothing left to look at.
    looks.count = 0;
    await store.write('session', 'last', { expected: await now('session') });
    expect(looks.count).toBeLessThan(8);

    async function now(key: string): Promise<string | null> {
      return (await store.read(key))?.version ?? null;
    }
  });
});
