import { describe, expect, it } from 'vitest';
import { memoryStore } from '../../src/adapters/memory/memory-store.js';
import { virtualClock } from '../../src/adapters/virtual/virtual-clock.js';
import { storeContract } from '../contracts/store.contract.js';

storeContract('memory', () => {
  const clock = virtualClock();
  return { store: memoryStore({ clock }), clock };
});

describe('the memory store', () => {
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
