import type { Page } from 'playwright-core';
import { describe, expect, it, onTestFinished } from 'vitest';
import { browserBench } from './support/bench.js';

const SANDBOXED = '/sandboxed';
const bench = browserBench('lab', { sandboxed: [SANDBOXED] });

const { signal } = new AbortController();
const shared = { is: 'shared', name: 'authchart' } as const;

async function profile(script?: string) {
  const context = await bench().profile(script);
  onTestFinished(() => context.close());
  const tab = (path?: string) => bench().tab(context, path);
  return { context, tab };
}

async function twoTabs(script?: string) {
  const { tab, context } = await profile(script);
  const [first, second] = [await tab(), await tab()];
  return { context, tab, first, second, here: await first.open(shared), there: await second.open(shared) };
}

const codeOf = (attempt: Promise<unknown>) =>
  attempt.then(
    () => 'done',
    (error: { code: string }) => error.code,
  );

describe('compare-and-set over two tabs', () => {
  it('has exactly one winner for each of 3,000 versions', async () => {
    const { first, second } = await twoTabs();
    const goal = 3_000;
    const climb = (page: Page, me: string, other: string) =>
      page.evaluate((race) => lab.climb(race), { name: 'authchart', me, other, goal });
    const climbs = await Promise.all([climb(first.page, 'a', 'b'), climb(second.page, 'b', 'a')]);
    const won = climbs.flatMap((each) => each.won).toSorted((one, other) => one - other);
    expect(won).toEqual(Array.from({ length: goal }, (_, at) => at + 1));
    // They were in each other's way, or this has shown nothing.
    expect(Math.min(...climbs.map((each) => each.won.length))).toBeGreaterThan(0);
    expect(climbs[0].beaten + climbs[1].beaten).toBeGreaterThan(goal / 10);
  }, 120_000);

  it('asks for what is written to be on disk', async () => {
    const { tab } = await profile(`
      globalThis.asked = [];
      const { transaction } = IDBDatabase.prototype;
      IDBDatabase.prototype.transaction = function (...given) {
        const begun = transaction.apply(this, given);
        globalThis.asked.push([begun.mode, begun.durability]);
        return begun;
      };
    `);
    const one = await tab();
    const store = await one.open(shared);
    await store.write('key', 'value', { expected: null });
    await store.remove('key');
    const asked = await one.page.evaluate(() => (globalThis as unknown as { asked: unknown }).asked);
    expect(asked).toEqual([
      ['readwrite', 'strict'],
      ['readwrite', 'strict'],
    ]);
  });
});

describe('what lies in IndexedDB', () => {
  it('is collected when it has expired, whoever asks for what', async () => {
    const { here, first } = await twoTabs();
    for (let at = 0; at < 20; at++) await here.write(`flow ${at}`, 'secret', { expected: null, ttl: 1 });
    for (let at = 0; at < 4; at++) await here.write(`session ${at}`, 'value', { expected: null });
    const { records } = (await first.page.evaluate(() => lab.rows('authchart')))!;
    expect(records!.map(([key]) => key)).toEqual(['session 0', 'session 1', 'session 2', 'session 3']);
  });

  it.each([
    ['nothing of a row', 'a text'],
    ['no version', { value: 'planted' }],
    ['a value that is no text', { version: 'v', value: { planted: true } }],
    ['an end that is no time', { version: 'v', value: 'planted', expiresAt: 'never' }],
  ])('is neither believed nor overwritten where somebody planted %s', async (_, row) => {
    const { here, first } = await twoTabs();
    await here.write('other', 'value', { expected: null });
    await first.page.evaluate(async (row) => {
      const open = indexedDB.open('authchart');
      await new Promise((resolve) => open.addEventListener('success', resolve));
      const transaction = open.result.transaction('records', 'readwrite');
      transaction.objectStore('records').put(row, 'key');
      await new Promise((resolve) => transaction.addEventListener('complete', resolve));
      open.result.close();
    }, row);
    expect(await codeOf(here.read('key'))).toBe('record_unreadable');
    expect(await codeOf(here.write('key', 'mine', { expected: null }))).toBe('record_unreadable');
    expect(await codeOf(here.remove('key'))).toBe('record_unreadable');
    expect(await here.read('other')).toMatchObject({ value: 'value' });
  });

  it.each([
    ['of a later layout', 2, 'record_other_version'],
    ['of somebody else', 1, 'record_unreadable'],
  ])('is left alone where the database is %s', async (_, layout, code) => {
    const { tab } = await profile();
    const one = await tab();
    await one.page.evaluate(async (layout) => {
      const open = indexedDB.open('authchart', layout);
      open.addEventListener('upgradeneeded', () => open.result.createObjectStore('theirs'));
      await new Promise((resolve) => open.addEventListener('success', resolve));
      open.result.close();
    }, layout);
    const store = await one.open(shared);
    expect(await codeOf(store.read('key'))).toBe(code);
    expect(await codeOf(store.write('key', 'value', { expected: null }))).toBe(code);
  });

  it('is apart for each name', async () => {
    const { first, here } = await twoTabs();
    const other = await first.open({ is: 'shared', name: 'other application' });
    await here.write('key', 'value', { expected: null });
    expect(await other.read('key')).toBeUndefined();
  });

  it('is in no other storage', async () => {
    const { first, here } = await twoTabs();
    await here.write('flow/state', 'value', { expected: null });
    expect(await first.page.evaluate(() => [localStorage.length, sessionStorage.length])).toEqual([0, 0]);
  });
});

describe('a shared store that cannot be used', () => {
  it('says so, with what the person can do, where site data are closed to the page', async () => {
    const { tab } = await profile();
    const store = await (await tab(SANDBOXED)).open(shared);
    const closed = {
      code: 'store_unavailable',
      message: expect.stringContaining('Ask them to allow site data'),
    };
    await expect(store.read('key')).rejects.toMatchObject(closed);
    await expect(store.write('key', 'value', { expected: null })).rejects.toMatchObject(closed);
    await expect(store.remove('key')).rejects.toMatchObject(closed);
    await expect(store.lock('key', { signal, ttl: 1_000 })).rejects.toMatchObject(closed);
  });

  it('says so where the disk is full, keeps what was there, and works when there is room', async () => {
    const { context, first, here } = await twoTabs();
    const protocol = await context.newCDPSession(first.page);
    const { origin } = bench().server;
    await protocol.send('Storage.overrideQuotaForOrigin', { origin, quotaSize: 1_000_000 });
    const before = await here.write('key', 'before', { expected: null });
    const expected = before.written ? before.version : null;
    await expect(here.write('key', 'x'.repeat(4_000_000), { expected })).rejects.toMatchObject({
      code: 'store_unavailable',
      message: expect.stringContaining('full'),
    });
    expect(await here.read('key')).toEqual({ value: 'before', version: expected });
    await protocol.send('Storage.overrideQuotaForOrigin', { origin });
    expect(await here.write('key', 'after', { expected })).toMatchObject({ written: true });
  });

  it('gives up after five seconds, does nothing later, and works when the table is free', async () => {
    const { here, there, second } = await twoTabs();
    await here.write('key', 'before', { expected: null });
    await second.page.evaluate(() => lab.occupy('authchart'));
    await expect(here.write('new', 'late', { expected: null })).rejects.toMatchObject({
      code: 'store_unavailable',
      message: expect.stringContaining('5 seconds'),
    });
    await second.page.evaluate(() => lab.vacate());
    // In line behind whatever was left of it.
    expect(await there.write('new', 'after', { expected: 'not there' })).toEqual({ written: false });
    expect(await there.read('new')).toBeUndefined();
    expect(await here.read('key')).toMatchObject({ value: 'before' });
  });

  it('opens anew where the browser has never answered the first time', async () => {
    const { tab } = await profile(`
      const { open } = IDBFactory.prototype;
      IDBFactory.prototype.open = () => {
        IDBFactory.prototype.open = open;
        return new EventTarget();
      };
    `);
    const store = await (await tab()).open(shared);
    expect(await codeOf(store.read('key'))).toBe('store_unavailable');
    expect(await store.write('key', 'value', { expected: null })).toMatchObject({ written: true });
  });

  it('does not keep another page from deleting the database, and opens it anew', async () => {
    const { here, second } = await twoTabs();
    await here.write('key', 'before', { expected: null });
    const outcome = await second.page.evaluate(
      () =>
        new Promise((resolve) => {
          const request = indexedDB.deleteDatabase('authchart');
          for (const type of ['success', 'blocked', 'error'])
            request.addEventListener(type, () => resolve(type));
        }),
    );
    expect(outcome).toBe('success');
    expect(await here.read('key')).toBeUndefined();
    expect(await here.write('key', 'after', { expected: null })).toMatchObject({ written: true });
  });

  it('opens anew what the browser has closed', async () => {
    const { context, first, here } = await twoTabs();
    await here.write('key', 'before', { expected: null });
    const protocol = await context.newCDPSession(first.page);
    const { origin } = bench().server;
    await protocol.send('Storage.clearDataForOrigin', { origin, storageTypes: 'indexeddb' });
    expect(await here.write('key', 'after', { expected: null })).toMatchObject({ written: true });
  });
});

describe('a lock over tabs', () => {
  it('goes to the next as soon as its tab is closed', async () => {
    const { first, here, there } = await twoTabs();
    await here.lock('key', { signal, ttl: 3_600_000 });
    const next = there.lock('key', { signal, ttl: 3_600_000 });
    await first.page.close();
    expect((await next).lost.aborted).toBe(false);
  });

  it('is lost when its time has passed, although nobody waits for it', async () => {
    const { here } = await twoTabs();
    const lock = await here.lock('key', { signal, ttl: 100 });
    await expect.poll(() => lock.lost.aborted).toBe(true);
  });

  it('that comes when nobody waits for it any more goes to the next', async () => {
    // The line was left too late: the browser had given the lock already.
    const { first, here, there } = await twoTabs(`
      const { request } = LockManager.prototype;
      LockManager.prototype.request = function (name, { signal, ...options }, work) {
        return request.call(this, name, options, work ?? arguments[1]);
      };
    `);
    const held = await here.lock('key', { signal, ttl: 3_600_000 });
    const impatient = new AbortController();
    const second = codeOf(there.lock('key', { signal: impatient.signal, ttl: 3_600_000 }));
    const inLine = () => first.page.evaluate(async () => (await navigator.locks.query()).pending?.length);
    await expect.poll(inLine).toBe(1);
    const third = here.lock('key', { signal, ttl: 3_600_000 });
    impatient.abort();
    await there.read('key');
    await held.release();
    expect([await second, (await third).lost.aborted]).toEqual(['cancelled', false]);
  });

  it('of a tab that sleeps goes to one of those who wait when its time has passed, and to the other after that', async () => {
    // Both who wait see the same, and old, news of who holds it.
    const { context, tab, first, here, there } = await twoTabs(`
      const { query } = LockManager.prototype;
      LockManager.prototype.query = async function () {
        const seen = await query.call(this);
        await new Promise((resolve) => setTimeout(resolve, 700));
        return seen;
      };
    `);
    const elsewhere = await (await tab()).open(shared);
    const asleep = await here.lock('key', { signal, ttl: 2_500 });
    const protocol = await context.newCDPSession(first.page);
    // As still as a page can be: no timer of it runs.
    await protocol.send('Debugger.enable');
    const paused = new Promise((resolve) => protocol.once('Debugger.paused', resolve));
    protocol.send('Runtime.evaluate', { expression: 'debugger' }).catch(() => undefined);
    await paused;
    const waiting = [there, elsewhere].map((store) => store.lock('key', { signal, ttl: 3_600_000 }));
    const held = await Promise.race(waiting);
    const all: unknown[] = [];
    for (const each of waiting) void each.then((lock) => all.push(lock));
    // Whoever waits looks once a second: long enough for the other to take it away, were that possible.
    await new Promise((resolve) => void setTimeout(resolve, 3_500));
    expect([all.length, held.lost.aborted]).toEqual([1, false]);
    await protocol.send('Debugger.resume');
    await expect.poll(() => asleep.lost.aborted).toBe(true);
    expect(held.lost.aborted).toBe(false);
    await held.release();
    await Promise.all(waiting);
  }, 60_000);

  it('is not taken from a tab that has it for longer than those who wait want it', async () => {
    const { here, there } = await twoTabs();
    const long = await here.lock('key', { signal, ttl: 3_600_000 });
    const impatient = new AbortController();
    const next = codeOf(there.lock('key', { signal: impatient.signal, ttl: 500 }));
    await new Promise((resolve) => void setTimeout(resolve, 2_500));
    impatient.abort();
    expect([await next, long.lost.aborted]).toEqual(['cancelled', false]);
  });
});

describe('news over tabs', () => {
  it('come to the other tab before it asks', async () => {
    const { here, there } = await twoTabs();
    const heard = new Promise<void>((resolve) => there.watch('session', resolve));
    await there.read('session');
    await here.write('session', 'signed out', { expected: null });
    await heard;
    expect(await there.read('session')).toMatchObject({ value: 'signed out' });
  });

  it('are names and nothing else', async () => {
    const { tab, here, there } = await twoTabs();
    const spy = await tab();
    await spy.page.evaluate(() => {
      const heard: unknown[] = [];
      const channel = new BroadcastChannel('authchart/changed');
      channel.addEventListener('message', ({ data }) => heard.push(data));
      Object.assign(globalThis, { heard });
    });
    const result = await here.write('session/one', 'CANARY', { expected: null, holdsTokens: true });
    await there.write('flow/two', 'CANARY', { expected: null });
    await here.remove('session/one', result.written ? { expected: result.version } : {});
    await (await here.lock('session/one', { signal, ttl: 1_000 })).release();
    const heard = () => spy.page.evaluate(() => (globalThis as unknown as { heard: unknown[] }).heard);
    await expect.poll(async () => (await heard()).length).toBe(3);
    expect((await heard()).toSorted()).toEqual(['flow/two', 'session/one', 'session/one']);
  });

  it('break nothing where somebody forges them', async () => {
    const { first, there, second } = await twoTabs();
    let heard = 0;
    const told = new Promise<void>((resolve) => there.watch('key', () => (heard++, resolve())));
    await there.read('key');
    await first.page.evaluate(() => {
      const channel = new BroadcastChannel('authchart/changed');
      // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a channel ends at its origin
      for (const data of [null, 7, { key: 'key' }, ['key'], 'other', 'key']) channel.postMessage(data);
    });
    await told;
    await second.page.evaluate(() => undefined);
    expect(heard).toBe(1);
  });

  it.each([
    [
      'comes back from the back-forward cache',
      "dispatchEvent(new PageTransitionEvent('pageshow', { persisted: true }))",
      1,
    ],
    ['is shown again', "document.dispatchEvent(new Event('visibilitychange'))", 1],
    [
      'is shown for the first time',
      "dispatchEvent(new PageTransitionEvent('pageshow', { persisted: false }))",
      0,
    ],
  ])('may have been missed by a page that %s', async (_, happens, times) => {
    const { there, second } = await twoTabs();
    const heard: string[] = [];
    for (const key of ['one', 'other']) there.watch(key, () => heard.push(key));
    await there.read('one');
    const protocol = await second.page.context().newCDPSession(second.page);
    await protocol.send('Runtime.evaluate', { expression: happens });
    await there.write('last', '', { expected: null });
    await second.page.evaluate(() => undefined);
    expect(heard).toEqual(['one', 'other'].slice(0, times * 2));
  });
});
