import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Lock, Store } from '../../src/services/ports.js';
import type { VirtualClock } from '../../src/adapters/virtual/virtual-clock.js';

export interface StoreHarness {
  readonly store: Store;
  /** The store's clock. */
  readonly clock: VirtualClock;
}

/** What the rest of authchart relies on in a store. `makeHarness` gives an empty one. */
export function storeContract(name: string, makeHarness: () => StoreHarness | Promise<StoreHarness>): void {
  describe(`${name}: a store`, () => {
    describe('compare-and-set', () => {
      compareAndSet(makeHarness);
    });
    describe('time to live', () => {
      timeToLive(makeHarness);
    });
    describe('versions', () => {
      versions(makeHarness);
    });
    describe('keys and values', () => {
      keysAndValues(makeHarness);
    });
    describe('lock', () => {
      locks(makeHarness);
    });
    describe('watch', () => {
      watching(makeHarness);
    });
  });
}

type MakeHarness = () => StoreHarness | Promise<StoreHarness>;

const UNLIMITED = new AbortController().signal;
const MINUTE = 60_000;

/** Writes whatever is there now. */
async function put(store: Store, key: string, value: string, ttl?: number): Promise<string> {
  const expected = (await store.read(key))?.version ?? null;
  const result = await store.write(key, value, { expected, ...(ttl !== undefined && { ttl }) });
  if (!result.written) throw new Error('Nobody else writes here.');
  return result.version;
}

function compareAndSet(makeHarness: MakeHarness): void {
  it('knows nothing of a key that was never written', async () => {
    const { store } = await makeHarness();
    expect(await store.read('key')).toBeUndefined();
    expect(await store.remove('key')).toBe(false);
    expect(await store.write('key', 'value', { expected: 'some version' })).toEqual({ written: false });
    expect(await store.read('key')).toBeUndefined();
  });

  it('gives back what was written, with the version the write told', async () => {
    const { store } = await makeHarness();
    const result = await store.write('key', 'value', { expected: null });
    expect(result).toEqual({ written: true, version: expect.any(String) });
    expect(await store.read('key')).toEqual({
      value: 'value',
      version: result.written ? result.version : '',
    });
  });

  it('writes over nothing when nothing is expected', async () => {
    const { store } = await makeHarness();
    await put(store, 'key', 'first');
    expect(await store.write('key', 'second', { expected: null })).toEqual({ written: false });
    expect(await store.read('key')).toMatchObject({ value: 'first' });
  });

  it('refuses a stale version, to write and to remove', async () => {
    const { store } = await makeHarness();
    const stale = await put(store, 'key', 'first');
    await put(store, 'key', 'second');
    expect(await store.write('key', 'third', { expected: stale })).toEqual({ written: false });
    expect(await store.remove('key', { expected: stale })).toBe(false);
    expect(await store.read('key')).toMatchObject({ value: 'second' });
  });

  it('has exactly one winner of twenty that write at once', async () => {
    const { store } = await makeHarness();
    for (const expected of [null, await put(store, 'present', 'before')]) {
      const key = expected === null ? 'absent' : 'present';
      const results = await Promise.all(
        Array.from({ length: 20 }, (_, writer) => store.write(key, `writer ${writer}`, { expected })),
      );
      const winners = results.flatMap((result, writer) => (result.written ? [{ writer, result }] : []));
      expect(winners).toHaveLength(1);
      expect(await store.read(key)).toEqual({
        value: `writer ${winners[0]?.writer}`,
        version: winners[0]?.result.version,
      });
    }
  });

  it('removes once, of twenty that remove at once', async () => {
    const { store } = await makeHarness();
    await put(store, 'key', 'value');
    const results = await Promise.all(Array.from({ length: 20 }, () => store.remove('key')));
    expect(results.filter(Boolean)).toHaveLength(1);
    expect(await store.read('key')).toBeUndefined();
  });

  it('either writes or removes a version, never both', async () => {
    const { store } = await makeHarness();
    const expected = await put(store, 'key', 'value');
    const [written, removed] = await Promise.all([
      store.write('key', 'next', { expected }),
      store.remove('key', { expected }),
    ]);
    expect(written.written).toBe(!removed);
    expect((await store.read('key'))?.value).toBe(removed ? undefined : 'next');
  });

  it('keeps keys apart', async () => {
    const { store } = await makeHarness();
    await put(store, 'one', 'first');
    await put(store, 'other', 'second');
    await store.remove('one');
    expect(await store.read('one')).toBeUndefined();
    expect(await store.read('other')).toMatchObject({ value: 'second' });
  });
}

function timeToLive(makeHarness: MakeHarness): void {
  it('lets an entry vanish when its time has passed by the clock of the store', async () => {
    const { store, clock } = await makeHarness();
    await put(store, 'key', 'value', MINUTE);
    await clock.advance(MINUTE - 1);
    expect(await store.read('key')).toMatchObject({ value: 'value' });
    await clock.advance(1);
    expect(await store.read('key')).toBeUndefined();
    expect(await store.remove('key')).toBe(false);
  });

  it('keeps an entry without a time to live', async () => {
    const { store, clock } = await makeHarness();
    await put(store, 'key', 'value');
    await clock.advance(1000 * 24 * 60 * MINUTE);
    expect(await store.read('key')).toMatchObject({ value: 'value' });
  });

  it('counts anew at each write', async () => {
    const { store, clock } = await makeHarness();
    await put(store, 'key', 'first', MINUTE);
    await put(store, 'key', 'second', 3 * MINUTE);
    await clock.advance(2 * MINUTE);
    expect(await store.read('key')).toMatchObject({ value: 'second' });
    await put(store, 'key', 'third');
    await clock.advance(10 * MINUTE);
    expect(await store.read('key')).toMatchObject({ value: 'third' });
  });

  it('takes what has expired for nothing: one of twenty writes over it', async () => {
    const { store, clock } = await makeHarness();
    const expired = await put(store, 'key', 'first', MINUTE);
    await clock.advance(MINUTE);
    expect(await store.write('key', 'late', { expected: expired })).toEqual({ written: false });
    const results = await Promise.all(
      Array.from({ length: 20 }, () => store.write('key', 'second', { expected: null })),
    );
    expect(results.filter(({ written }) => written)).toHaveLength(1);
  });
}

function versions(makeHarness: MakeHarness): void {
  it('never recur for a key, not after removal, not after expiry, not for an equal value', async () => {
    const { store, clock } = await makeHarness();
    const seen: string[] = [];
    for (let round = 0; round < 5; round++) {
      seen.push(await put(store, 'key', 'same'));
      await store.remove('key');
      seen.push(await put(store, 'key', 'same', MINUTE));
      await clock.advance(MINUTE);
      seen.push(await put(store, 'key', 'same'));
      seen.push(await put(store, 'key', 'same'));
    }
    expect(new Set(seen).size).toBe(seen.length);
  });

  it('stay while nobody writes', async () => {
    const { store } = await makeHarness();
    const version = await put(store, 'key', 'value');
    expect([await store.read('key'), await store.read('key')]).toEqual([
      { value: 'value', version },
      { value: 'value', version },
    ]);
  });
}

function keysAndValues(makeHarness: MakeHarness): void {
  it.each([4, 64])('gives back a value of %i KiB (F19)', async (kibibytes) => {
    const { store } = await makeHarness();
    const value = 'ä7~/'.repeat(kibibytes * 256);
    await put(store, 'key', value);
    expect((await store.read('key'))?.value).toBe(value);
  });

  it('gives back every string as it was, the empty one and lone surrogates included', async () => {
    const { store } = await makeHarness();
    const text = fc.oneof(fc.string({ unit: 'binary' }), fc.string({ unit: loneSurrogate }));
    await fc.assert(
      fc.asyncProperty(text, async (value) => {
        await put(store, 'key', value);
        expect((await store.read('key'))?.value).toBe(value);
      }),
      { numRuns: 60, examples: [[''], ['\0'], ['\ud800'], ['\udc00\ud800'], ['\ufeff\u2028"\\']] },
    );
  });

  it('keeps hostile keys apart', async () => {
    const { store } = await makeHarness();
    const written = new Map<string, string>();
    await fc.assert(
      fc.asyncProperty(hostileKey, fc.uuid(), async (key, value) => {
        await put(store, key, value);
        written.set(key, value);
        for (const [key, value] of [...written].slice(-5)) {
          expect((await store.read(key))?.value).toBe(value);
        }
      }),
      { numRuns: 60 },
    );
    for (const [key, value] of written) expect((await store.read(key))?.value).toBe(value);
  });

  it('tells lone surrogates apart in keys', async () => {
    const { store } = await makeHarness();
    await put(store, '\ud800', 'one');
    await put(store, '\ud801', 'other');
    await put(store, '\ufffd', 'replacement');
    expect((await store.read('\ud800'))?.value).toBe('one');
    expect((await store.read('\ud801'))?.value).toBe('other');
  });
}

const loneSurrogate = fc.integer({ min: 0xd800, max: 0xdfff }).map((unit) => String.fromCharCode(unit));

const hostileKey = fc.oneof(
  fc.constantFrom('', '.', '..', '../..', '/', '/etc/passwd', 'a/b', 'a\\b', '\0', 'a\0b', 'a', 'A', '%2e'),
  fc.constantFrom('__proto__', 'constructor', 'CON', 'nul.txt', ' ', 'é', 'e\u0301', '~', '$HOME', '*', '0'),
  fc.constantFrom('k'.repeat(300), 'k'.repeat(10_000), '\u{1f511}'.repeat(100)),
  fc.string({ unit: 'binary', maxLength: 40 }),
);

function locks(makeHarness: MakeHarness): void {
  const options = (signal = UNLIMITED) => ({ signal, ttl: MINUTE });

  it('is held by one at a time, in the order of asking', async () => {
    const { store } = await makeHarness();
    const order: string[] = [];
    let holders = 0;
    const work = async (name: string) => {
      const lock = await store.lock('key', options());
      expect(++holders).toBe(1);
      order.push(name);
      await store.read('key');
      holders--;
      await lock.release();
    };
    await Promise.all(['first', 'second', 'third'].map(work));
    expect(order).toEqual(['first', 'second', 'third']);
  });

  it('of one key does not hold up another, nor reads and writes', async () => {
    const { store } = await makeHarness();
    await store.lock('key', options());
    await store.lock('other', options());
    await put(store, 'key', 'value');
    expect(await store.read('key')).toMatchObject({ value: 'value' });
  });

  it('is lost when its time has passed, and the next has it', async () => {
    const { store, clock } = await makeHarness();
    const first = await store.lock('key', options());
    const second = store.lock('key', options());
    await clock.advance(MINUTE - 1);
    expect(first.lost.aborted).toBe(false);
    await clock.advance(1);
    expect(first.lost.aborted).toBe(true);
    expect((await second).lost.aborted).toBe(false);
  });

  it('that was lost can be released without harm to its new holder', async () => {
    const { store, clock } = await makeHarness();
    const first = await store.lock('key', options());
    const second = store.lock('key', options());
    await clock.advance(MINUTE);
    await first.release();
    const third = observed(store.lock('key', options()));
    await clock.advance(0);
    expect((await second).lost.aborted).toBe(false);
    expect(third.lock).toBeUndefined();
  });

  it('counts its time from when it is held', async () => {
    const { store, clock } = await makeHarness();
    const first = await store.lock('key', options());
    const second = store.lock('key', options());
    await clock.advance(MINUTE / 2);
    await first.release();
    await clock.advance(MINUTE - 1);
    expect((await second).lost.aborted).toBe(false);
  });

  it('is released once, however often that is said', async () => {
    const { store, clock } = await makeHarness();
    const first = await store.lock('key', options());
    const second = store.lock('key', options());
    const third = observed(store.lock('key', options()));
    await first.release();
    await first.release();
    await second;
    await clock.advance(0);
    expect(third.lock).toBeUndefined();
  });

  it('rejects who has given up, before or while waiting, and passes to the next', async () => {
    const { store } = await makeHarness();
    await expect(store.lock('key', options(AbortSignal.abort()))).rejects.toMatchObject({
      code: 'cancelled',
    });
    const first = await store.lock('key', options());
    const impatient = new AbortController();
    const second = store.lock('key', options(impatient.signal));
    const third = store.lock('key', options());
    impatient.abort();
    await expect(second).rejects.toMatchObject({ code: 'cancelled' });
    await first.release();
    await third;
  });

  it('once held does not heed the signal of the wait', async () => {
    const { store, clock } = await makeHarness();
    const waiting = new AbortController();
    const lock = await store.lock('key', options(waiting.signal));
    waiting.abort();
    const second = observed(store.lock('key', options()));
    await clock.advance(0);
    expect(lock.lost.aborted).toBe(false);
    expect(second.lock).toBeUndefined();
  });
}

/** A lock that may not come. */
function observed(pending: Promise<Lock>): { lock: Lock | undefined } {
  const result: { lock: Lock | undefined } = { lock: undefined };
  void pending.then((lock) => (result.lock = lock));
  return result;
}

function watching(makeHarness: MakeHarness): void {
  /** Subscribes; `told()` resolves at the next telling. */
  function watched(store: Store, key: string) {
    let tell: () => void;
    let next = new Promise<void>((resolve) => (tell = resolve));
    let times = 0;
    const stop = store.watch?.(key, () => {
      times++;
      tell();
    });
    if (!stop) throw new Error('This store cannot watch.');
    return {
      stop,
      times: () => times,
      async told() {
        await next;
        next = new Promise((resolve) => (tell = resolve));
      },
    };
  }

  it('tells of every kind of change', async () => {
    const { store } = await makeHarness();
    const key = watched(store, 'key');
    await put(store, 'key', 'first');
    await key.told();
    await put(store, 'key', 'second');
    await key.told();
    await store.remove('key');
    await key.told();
    key.stop();
  });

  it('tells one listener as often as it has subscribed, and ends one subscription at a time', async () => {
    const { store } = await makeHarness();
    let times = 0;
    let reached = () => {};
    const enough = new Promise<void>((resolve) => (reached = resolve));
    const listener = () => void (++times === 2 && reached());
    const stops = [1, 2, 3].map(() => store.watch?.('key', listener));
    stops[0]?.();
    stops[0]?.();
    await put(store, 'key', 'value');
    await enough;
    for (const stop of stops) stop?.();
  });

  it('tells nobody who has unsubscribed, and nothing of other keys', async () => {
    const { store } = await makeHarness();
    const unsubscribed = watched(store, 'key');
    const other = watched(store, 'other');
    const key = watched(store, 'key');
    unsubscribed.stop();
    await put(store, 'key', 'first');
    await key.told();
    await put(store, 'key', 'second');
    await key.told();
    expect([unsubscribed.times(), other.times()]).toEqual([0, 0]);
    other.stop();
    key.stop();
  });

  it('is broken by no listener that throws: the write stands and the others are told', async () => {
    const { store } = await makeHarness();
    const stop = store.watch?.('key', () => {
      throw new Error('a bug of the listener');
    });
    const key = watched(store, 'key');
    await put(store, 'key', 'first');
    await key.told();
    await put(store, 'key', 'second');
    await key.told();
    expect(await store.read('key')).toMatchObject({ value: 'second' });
    stop?.();
    key.stop();
  });
}
