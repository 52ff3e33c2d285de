import type { BrowserContext } from 'playwright-core';
import { afterAll, beforeAll } from 'vitest';
import { conforms } from '../support/conforms.js';
import { browserBench, tabPool } from './support/bench.js';

const bench = browserBench('lab');

const locks = {
  'with Web Locks': '',
  'with leases, where there are no Web Locks': 'delete Navigator.prototype.locks',
};

for (const [how, script] of Object.entries(locks)) {
  let profile: BrowserContext | undefined;
  let tabs: ReturnType<typeof tabPool>;
  beforeAll(() => {
    tabs = tabPool(async () => bench().tab((profile ??= await bench().profile(script))));
  });
  afterAll(() => profile?.close());

  /** A database of its own, and a tab for every process. */
  const place = () => {
    const name = crypto.randomUUID();
    const inAll = (act: 'block' | 'allow') =>
      Promise.all(profile!.pages().map((page) => page.evaluate((act) => lab[act](), act)));
    return {
      open: async (options?: { readonly clockAhead?: number }) =>
        (await tabs.take()).open({ is: 'shared', name }, options),
      async interrupt() {
        await inAll('block');
        return async () => void (await inAll('allow'));
      },
      async pause() {
        const { page } = await tabs.take();
        await page.evaluate((name) => lab.occupy(name), name);
        return () => page.evaluate(() => lab.vacate());
      },
      close: async () => tabs.giveAllBack(),
    };
  };
  conforms(`the shared store ${how}`, place, { clock: 'process', watches: true, canBeDown: true });
}
