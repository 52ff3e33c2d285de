import { expect, it, onTestFinished } from 'vitest';
import { browserBench } from './support/bench.js';

const bench = browserBench('lab', { backForwardCache: true });

/** What a page of ours has seen, as long as it is the same page. */
interface Seen {
  readonly shown: boolean[];
  readonly told: unknown[];
}

it('a page that is taken from the back-forward cache is told to look again', async () => {
  const profile = await bench().profile();
  onTestFinished(() => profile.close());
  const page = await profile.newPage();
  const { origin } = bench().server;
  await page.goto(origin);
  // Without functions of the test in the page: they keep it out of the cache.
  await page.evaluate(async () => {
    const seen: Seen = { shown: [], told: [] };
    Object.assign(globalThis, { seen, tell: (news: unknown) => seen.told.push(news) });
    addEventListener('pageshow', ({ persisted }) => seen.shown.push(persisted));
    const ask = (call: object) => lab.call(JSON.stringify(call));
    const kind = { is: 'shared', name: 'authchart' };
    await ask({ do: 'open', store: 'store', kind, clockAhead: 0 });
    await ask({ do: 'watch', store: 'store', key: 'session', id: 'session' });
    await ask({ do: 'read', store: 'store', key: 'session' });
  });
  const protocol = await profile.newCDPSession(page);
  const seen = async () => {
    const { result } = await protocol.send('Runtime.evaluate', {
      expression: 'globalThis.seen',
      returnByValue: true,
    });
    return result.value as Seen | undefined;
  };
  expect(await seen()).toEqual({ shown: [], told: [] });
  await page.goto(origin.replace('127.0.0.1', 'localhost'));
  await page.goBack({ waitUntil: 'commit' });
  await expect
    .poll(seen)
    .toMatchObject({ shown: [true], told: expect.arrayContaining([{ changed: 'session' }]) });
});
