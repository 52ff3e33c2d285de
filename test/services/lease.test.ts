import { describe, expect, it } from 'vitest';
import { memoryStore } from '../../src/adapters/memory/memory-store.js';
import { platformCryptography } from '../../src/adapters/platform/platform.js';
import { virtualClock } from '../../src/adapters/virtual/virtual-clock.js';
import { leases } from '../../src/services/lease.js';
import type { Store } from '../../src/services/ports.js';

const { randomBytes } = platformCryptography;
const signal = new AbortController().signal;
const MINUTE = 60_000;
const ttl = MINUTE;

/** Two processes with locks over one place. */
function twoProcesses(entries = (store: Store): Pick<Store, 'read' | 'write' | 'remove'> => store) {
  const clock = virtualClock();
  const store = memoryStore({ clock });
  const open = () => leases(entries(store), { clock, randomBytes });
  return { clock, store, one: open(), other: open() };
}

function settled(pending: Promise<unknown>): { is: boolean } {
  const seen = { is: false };
  void pending.then(
    () => (seen.is = true),
    () => (seen.is = true),
  );
  return seen;
}

describe('a lease', () => {
  it('passes on soon after it was released', async () => {
    const { clock, one, other } = twoProcesses();
    const first = await one('key', { signal, ttl });
    const second = settled(other('key', { signal, ttl }));
    await clock.advance(10_000);
    expect(second.is).toBe(false);
    await first.release();
    await clock.advance(250);
    expect(second.is).toBe(true);
  });

  it('whose store never lets it expire ends for whoever has seen it stand for its whole time', async () => {
    const { clock, one, other } = twoProcesses((store) => ({
      ...store,
      // A clock that was set back by a day.
      write: (key, value, { expected }) => store.write(key, value, { expected }),
    }));
    await one('key', { signal, ttl: MINUTE });
    await clock.advance(MINUTE / 2);
    // Whoever waits counts the holder's time, not their own.
    const second = settled(other('key', { signal, ttl: 10 * MINUTE }));
    await clock.advance(MINUTE - 1);
    expect(second.is).toBe(false);
    await clock.advance(300);
    expect(second.is).toBe(true);
  });

  it('that was taken although the answer got lost does not shut out its own process', async () => {
    let deaf = true;
    const { clock, one, other } = twoProcesses((store) => ({
      ...store,
      async write(key, value, options) {
        const result = await store.write(key, value, options);
        if (!deaf) return result;
        deaf = false;
        throw new Error('the answer got lost');
      },
    }));
    await expect(one('key', { signal, ttl })).rejects.toThrow('the answer got lost');
    const stranger = settled(other('key', { signal, ttl }));
    const again = settled(one('key', { signal, ttl }));
    await clock.advance(1_000);
    expect({ again: again.is, stranger: stranger.is }).toEqual({ again: true, stranger: false });
  });

  it('that could not be given back does not shut out its own process', async () => {
    let down = true;
    const { clock, one } = twoProcesses((store) => ({
      ...store,
      remove: (key, options) => (down ? Promise.reject(new Error('down')) : store.remove(key, options)),
    }));
    const lock = await one('key', { signal, ttl });
    await expect(lock.release()).rejects.toThrow('down');
    down = false;
    const again = settled(one('key', { signal, ttl }));
    await clock.advance(1_000);
    expect(again.is).toBe(true);
  });

  it('that may or may not have been taken is remembered for as long as it can stand', async () => {
    const refused: string[] = [];
    const { clock, store, one } = twoProcesses((store) => ({
      ...store,
      write(key, value, options) {
        if (refused.length > 0) return store.write(key, value, options);
        refused.push(value);
        return Promise.reject(new Error('down'));
      },
    }));
    await expect(one('key', { signal, ttl })).rejects.toThrow('down');
    await clock.advance(ttl);
    // As if the request had come through only now.
    await store.write('key', refused[0]!, { expected: null });
    const again = settled(one('key', { signal, ttl }));
    await clock.advance(1_000);
    expect(again.is).toBe(false);
    await clock.advance(ttl);
    expect(again.is).toBe(true);
  });

  it('is given back when its caller has gone while the store answered', async () => {
    const { clock, one, other } = twoProcesses();
    const caller = new AbortController();
    const asking = one('key', { signal: caller.signal, ttl });
    caller.abort();
    await expect(asking).rejects.toMatchObject({ code: 'cancelled' });
    const next = settled(other('key', { signal, ttl }));
    await clock.advance(300);
    expect(next.is).toBe(true);
  });

  it('whose answer took longer than its time is given back, and asked for anew', async () => {
    let slow = true;
    const { clock, store, one } = twoProcesses((store) => ({
      ...store,
      async write(key, value, options) {
        // Taken at once, told late.
        const result = await store.write(key, value, { expected: options.expected });
        if (slow) await new Promise<void>((resolve) => clock.setTimeout(resolve, 2 * MINUTE));
        slow = false;
        return result;
      },
    }));
    const asking = one('key', { signal, ttl });
    await clock.advance(0);
    const late = (await store.read('key'))?.version;
    await clock.advance(2 * MINUTE + 1_000);
    const lock = await asking;
    expect(lock.lost.aborted).toBe(false);
    expect((await store.read('key'))?.version).not.toBe(late);
  });

  it('that somebody planted without a time ends after that of whoever waits', async () => {
    const { clock, store, one } = twoProcesses();
    await store.write('key', 'planted', { expected: null });
    const waiting = settled(one('key', { signal, ttl }));
    await clock.advance(ttl + 300);
    expect(waiting.is).toBe(true);
  });
});
