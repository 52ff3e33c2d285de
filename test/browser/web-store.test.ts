import type { BrowserContext } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { WEB_STORE_PREFIX } from '../../src/adapters/browser/names.js';
import type { Store, WriteOptions } from '../../src/services/ports.js';
import { conforms } from '../support/conforms.js';
import { browserBench, tabPool } from './support/bench.js';

const SANDBOXED = '/sandboxed';
const bench = browserBench('lab', { sandboxed: [SANDBOXED] });
const web = { is: 'web' } as const;

/** The store as its records see it: each key a flow's, each write marked as it is told. */
function flows(store: Required<Store>, mark: () => Pick<WriteOptions, 'holdsTokens'>): Required<Store> {
  const of = (key: string) => `flow/${key}`;
  return {
    read: (key) => store.read(of(key)),
    write: (key, value, options) => store.write(of(key), value, { ...options, ...mark() }),
    remove: (key, options) => store.remove(of(key), options),
    lock: (key, options) => store.lock(of(key), options),
    watch: (key, listener) => store.watch(of(key), listener),
  };
}

let writes = 0;
const kinds: Readonly<Record<string, (store: Required<Store>) => Required<Store>>> = {
  'for what survives in the tab': (store) => flows(store, () => ({})),
  'for what goes from the tab to memory and back': (store) =>
    flows(store, () => ({ holdsTokens: ++writes % 2 === 0 })),
};

for (const [what, view] of Object.entries(kinds)) {
  let profile: BrowserContext | undefined;
  let tabs: ReturnType<typeof tabPool>;
  beforeAll(() => {
    tabs = tabPool(async () => bench().tab((profile ??= await bench().profile())));
  });
  afterAll(() => profile?.close());

  /** One tab is one process. */
  const place = async () => {
    const tab = await tabs.take();
    await tab.page.evaluate(() => sessionStorage.clear());
    const store = view(await tab.open(web));
    return { open: () => store, close: async () => tabs.giveAllBack() };
  };
  conforms(`the web store ${what}`, place, { clock: 'process', watches: true, canBeDown: false });
}

async function tabOf(path?: string) {
  const profile = await bench().profile();
  onTestFinished(() => profile.close());
  const tab = await bench().tab(profile, path);
  const store = await tab.open(web);
  const kept = () => tab.page.evaluate(() => lab.tabEntries());
  const written = async (key: string, value: string, options: WriteOptions = { expected: null }) => {
    const result = await store.write(key, value, options);
    if (!result.written) throw new Error('Nobody else writes here.');
    return result.version;
  };
  return { profile, tab, store, kept, written };
}

describe('what the web store leaves in the tab', () => {
  it('is pending flows and their marks, under one prefix', async () => {
    const { kept, written } = await tabOf();
    for (const key of ['flow/\ud800"', 'begun/one', 'session/x/client/alice', 'index/x/client/', 'flow'])
      await written(key, 'value');
    const names = Object.keys(await kept());
    expect(names).toHaveLength(2);
    for (const name of names) expect(name.startsWith(WEB_STORE_PREFIX)).toBe(true);
  });

  it('is neither verifier nor tokens, once a receipt with tokens has taken the place of the flow', async () => {
    const { tab, store, kept, written } = await tabOf();
    const pending = await written('flow/one', 'VERIFIER');
    expect(JSON.stringify(await kept())).toContain('VERIFIER');
    const completed = await written('flow/one', 'TOKENS', { expected: pending, holdsTokens: true });
    expect(await kept()).toEqual({});
    expect(await store.write('flow/one', 'late', { expected: pending })).toEqual({ written: false });
    expect(await store.read('flow/one')).toEqual({ value: 'TOKENS', version: completed });
    const scrubbed = await written('flow/one', 'a receipt', { expected: completed });
    expect(JSON.stringify(await kept())).not.toMatch(/VERIFIER|TOKENS/);
    // What is left answers a reload.
    await tab.page.reload();
    expect(await (await tab.open(web)).read('flow/one')).toEqual({ value: 'a receipt', version: scrubbed });
  });

  it('survives a reload and another site; what holds tokens does not', async () => {
    const { tab, written } = await tabOf();
    await written('flow/one', 'pending');
    await written('flow/two', 'TOKENS', { expected: null, holdsTokens: true });
    await written('session/one', 'TOKENS', { expected: null, holdsTokens: true });
    await tab.page.goto('about:blank');
    await tab.page.goto(bench().server.origin);
    const store = await tab.open(web);
    expect(await store.read('flow/one')).toMatchObject({ value: 'pending' });
    expect(await store.read('flow/two')).toBeUndefined();
    expect(await store.read('session/one')).toBeUndefined();
  });

  it('has versions that do not recur, although the page knows nothing of the last one', async () => {
    const { tab, store, written } = await tabOf();
    const version = await written('flow/one', 'same');
    await store.remove('flow/one');
    await tab.page.reload();
    const after = await tab.open(web);
    const again = await after.write('flow/one', 'same', { expected: null });
    expect(again).toMatchObject({ written: true });
    expect(again).not.toMatchObject({ version });
    expect(await after.write('flow/one', 'late', { expected: version })).toEqual({ written: false });
  });

  it('is not seen by other tabs', async () => {
    const { profile, written } = await tabOf();
    await written('flow/one', 'pending');
    const other = await bench().tab(profile);
    expect(await (await other.open(web)).read('flow/one')).toBeUndefined();
  });

  it('is collected when it has expired, whoever asks for what', async () => {
    const { kept, written } = await tabOf();
    for (let at = 0; at < 20; at++) await written(`flow/${at}`, 'VERIFIER', { expected: null, ttl: 1 });
    for (let at = 0; at < 12; at++) await written(`session/${at}`, 'value');
    expect(await kept()).toEqual({});
  });

  it.each([
    ['no JSON', 'planted'],
    ['a text', '"planted"'],
    ['no version', '[null,null,"planted"]'],
    ['a value that is no text', '["v",null,{}]'],
    ['an end that is no time', '["v","never","planted"]'],
  ])('is neither believed nor overwritten where somebody planted %s', async (_, planted) => {
    const { tab, store, kept, written } = await tabOf();
    const name = `${WEB_STORE_PREFIX}flow/one`;
    await tab.page.evaluate(([name, planted]) => sessionStorage.setItem(name!, planted!), [name, planted]);
    const unreadable = { code: 'record_unreadable' };
    await expect(store.read('flow/one')).rejects.toMatchObject(unreadable);
    await expect(store.write('flow/one', 'mine', { expected: null })).rejects.toMatchObject(unreadable);
    await expect(store.remove('flow/one')).rejects.toMatchObject(unreadable);
    for (let at = 0; at < 4; at++) await written(`flow/other ${at}`, 'value');
    expect((await kept())[name]).toBe(planted);
  });

  it('leaves what is not ours alone', async () => {
    const { tab, kept, written } = await tabOf();
    const theirs = { 'flow/theirs': 'x', [`${WEB_STORE_PREFIX}"`]: 'x', __proto__x: 'x' };
    await tab.page.evaluate((theirs) => Object.assign(sessionStorage, theirs), theirs);
    for (let at = 0; at < 4; at++) await written(`session/${at}`, 'value');
    expect(await kept()).toEqual(theirs);
  });
});

describe('a web store that cannot be used', () => {
  it('says so, with what the person can do, where site data are closed to the page', async () => {
    const { store } = await tabOf(SANDBOXED);
    const closed = {
      code: 'store_unavailable',
      message: expect.stringContaining('Ask them to allow site data'),
    };
    await expect(store.read('flow/one')).rejects.toMatchObject(closed);
    await expect(store.write('flow/one', 'value', { expected: null })).rejects.toMatchObject(closed);
    await expect(store.remove('flow/one')).rejects.toMatchObject(closed);
  });

  it('keeps sessions all the same: they are in memory', async () => {
    const { store, written } = await tabOf(SANDBOXED);
    const version = await written('session/one', 'TOKENS', { expected: null, holdsTokens: true });
    expect(await store.read('session/one')).toEqual({ value: 'TOKENS', version });
  });

  it('says so where the storage is full, keeps what was there, and works when there is room', async () => {
    const { tab, store, written } = await tabOf();
    const before = await written('flow/one', 'before');
    await tab.page.evaluate(() => {
      for (let size = 4_000_000; size >= 1; size = Math.floor(size / 2))
        try {
          for (;;) sessionStorage.setItem(`theirs ${sessionStorage.length}`, 'x'.repeat(size));
        } catch {
          // As full as it gets with this size.
        }
    });
    await expect(store.write('flow/one', 'x'.repeat(100), { expected: before })).rejects.toMatchObject({
      code: 'store_unavailable',
      message: expect.stringContaining('full'),
    });
    expect(await store.read('flow/one')).toEqual({ value: 'before', version: before });
    // Of a receipt, too, whose tokens are in memory: it stays there.
    const tokens = await written('flow/one', 'TOKENS', { expected: before, holdsTokens: true });
    await tab.page.evaluate(() => sessionStorage.setItem('theirs', 'x'.repeat(40)));
    await expect(store.write('flow/one', 'x'.repeat(100), { expected: tokens })).rejects.toMatchObject({
      code: 'store_unavailable',
    });
    expect(await store.read('flow/one')).toEqual({ value: 'TOKENS', version: tokens });
    await tab.page.evaluate(() => sessionStorage.clear());
    expect(await store.write('flow/one', 'x'.repeat(100), { expected: tokens })).toMatchObject({
      written: true,
    });
  });
});
