import { EventEmitter, once } from 'node:events';
import type { BrowserContext, Page } from 'playwright-core';
import { describe, expect } from 'vitest';
import { ADA, GUARD, WELCOME, answer, button, heading, signIn } from './support/person.js';
import { exampleTests } from './support/world.js';
import type { World } from './support/world.js';

const test = exampleTests('plain');
const shared = { store: 'shared' } as const;

/** Whether the document is still the one it was. */
const mark = (page: Page) => page.evaluate(() => void Object.assign(globalThis, { stayed: true }));
const stayed = (page: Page) => page.evaluate(() => 'stayed' in globalThis);

async function twoTabs({ page, context, origin }: World): Promise<readonly [Page, Page]> {
  await page.goto(`${origin}/profile`);
  await heading(page, GUARD).waitFor();
  await signIn(page);
  await heading(page, ADA).waitFor();
  const other = await context.newPage();
  await other.goto(`${origin}/profile`);
  await heading(other, ADA).waitFor();
  return [page, other];
}

/** Keeps token requests waiting until they are let through. */
async function holdTokenRequests(context: BrowserContext) {
  const gate = new EventEmitter();
  const letThrough = once(gate, 'open');
  const first = once(gate, 'knock');
  await context.route('**/auth/relay', async (route) => {
    if (route.request().postData()?.includes('grant_type=refresh_token')) {
      gate.emit('knock');
      await letThrough;
    }
    await route.continue();
  });
  return { first, letThrough: () => gate.emit('open') };
}

describe('two tabs that share a store', () => {
  test(
    'renew once when both want to',
    async (world) => {
      const [one, other] = await twoTabs(world);
      const requests = await holdTokenRequests(world.context);
      await button(one, 'Renew now').click();
      await requests.first;
      await button(other, 'Renew now').click();
      await button(other, 'Renewing…').waitFor();
      requests.letThrough();
      for (const tab of [one, other]) await button(tab, 'Renew now').waitFor();
      expect([world.exchanges(), world.renewals(), world.emulator.counters.tokenHits]).toEqual([1, 1, 2]);
      const times = (tab: Page) => tab.getByRole('definition').allTextContents();
      expect(await times(other)).toEqual(await times(one));
    },
    shared,
  );

  test(
    'are signed out and signed in together',
    async (world) => {
      await world.page.clock.install();
      const [one, other] = await twoTabs(world);
      await mark(other);
      await one.goto(world.origin);
      await heading(one, ADA).waitFor();
      // No timer will go off: the other tab does not ask from time to time, it is told.
      await one.clock.pauseAt(Date.now() + 60_000);
      await button(one, 'Sign out').click();
      await heading(other, GUARD).waitFor();
      await heading(one, WELCOME).waitFor();
      await one.clock.resume();
      await signIn(one);
      await heading(other, ADA).waitFor();
      expect(await stayed(other)).toBe(true);
      expect(world.exchanges()).toBe(2);
    },
    shared,
  );

  test(
    'are still signed in when the callback is loaded again, or the page is opened anew',
    async ({ page, context, origin, exchanges }) => {
      await page.goto(origin);
      const callback = await signIn(page);
      await heading(page, ADA).waitFor();
      await page.clock.install();
      await page.goto(callback);
      await page.clock.runFor(3_500);
      await heading(page, ADA).waitFor();
      await page.close();
      const anew = await context.newPage();
      await anew.goto(origin);
      await heading(anew, ADA).waitFor();
      expect(exchanges()).toBe(1);
    },
    shared,
  );

  test(
    'take up a sign-in whose tab was closed',
    async ({ page, context, origin, exchanges }) => {
      await page.goto(origin);
      await button(page, 'Sign in with X').click();
      await button(page, 'Authorize app').waitFor();
      const consent = page.url();
      await page.close();
      const other = await context.newPage();
      await other.goto(origin);
      await heading(other, WELCOME).waitFor();
      const third = await context.newPage();
      await third.goto(consent);
      await third.clock.install();
      await answer(third, 'Authorize app');
      await heading(third, 'One moment').or(heading(third, ADA)).waitFor();
      await third.clock.runFor(3_500);
      await heading(third, ADA).waitFor();
      await heading(other, ADA).waitFor();
      expect(exchanges()).toBe(1);
    },
    shared,
  );
});
