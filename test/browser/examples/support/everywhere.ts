import type { Page } from 'playwright-core';
import { describe, expect } from 'vitest';
import type { PageName } from '../../../../examples/pages/server/build-page.js';
import {
  ADA,
  GUARD,
  WELCOME,
  answer,
  button,
  follow,
  heading,
  openWindow,
  signIn,
  statusOf,
} from './person.js';
import { takePictures } from './pictures.js';
import { exampleTests } from './world.js';
import type { ExampleTest } from './world.js';

/** What holds for every example, whatever it is written with. */
export function provesTheExample(example: PageName): ExampleTest {
  const test = exampleTests(example);

  describe(`the ${example} page`, () => {
    test('signs in by redirect, comes back to the guarded page, calls the API, renews and signs out', async ({
      page,
      origin,
      ...world
    }) => {
      await page.goto(`${origin}/profile`);
      await heading(page, GUARD).waitFor();
      await signIn(page);
      await heading(page, ADA).waitFor();
      expect(page.url()).toBe(`${origin}/profile`);
      await page.getByText('@ada').waitFor();
      const shown = async () => page.getByRole('definition').allTextContents();
      expect((await shown())[2]?.split(', ').toSorted()).toEqual([
        'offline.access',
        'tweet.read',
        'users.read',
      ]);
      expect([world.exchanges(), world.renewals()]).toEqual([1, 0]);

      await button(page, 'Renew now').click();
      await expect.poll(world.renewals).toBe(1);
      await button(page, 'Renew now').waitFor();

      await follow(page, 'Home');
      await page.getByRole('listitem').filter({ hasText: 'See your profile' }).waitFor();
      await button(page, 'Sign out').click();
      await heading(page, WELCOME).waitFor();
      await statusOf(page, 'Signed out').waitFor();
      expect([world.exchanges(), world.renewals(), world.emulator.counters.revokeHits]).toEqual([1, 1, 2]);
    });

    test('signs in in a window, which closes itself, while this page stays', async ({
      page,
      origin,
      exchanges,
    }) => {
      await page.goto(origin);
      await page.evaluate(() => Object.assign(globalThis, { stayed: true }));
      const window = await openWindow(page);
      await statusOf(page, 'Waiting for you at X…').waitFor();
      const closed = window.waitForEvent('close');
      await answer(window, 'Authorize app');
      await closed;
      await heading(page, ADA).waitFor();
      expect(await page.evaluate(() => 'stayed' in globalThis)).toBe(true);
      expect(exchanges()).toBe(1);
    });

    test('makes the window ready for the keyboard too', async ({ page, origin, exchanges }) => {
      await page.goto(origin);
      await button(page, 'Sign in with X').focus();
      await page.keyboard.press('Tab');
      await statusOf(page, 'Ready to sign in').waitFor();
      const [window] = await Promise.all([page.waitForEvent('popup'), page.keyboard.press('Enter')]);
      const closed = window.waitForEvent('close');
      await answer(window, 'Authorize app');
      await closed;
      await heading(page, ADA).waitFor();
      expect(exchanges()).toBe(1);
    });

    test('shows a refusal, and tries again', async ({ page, origin, exchanges }) => {
      await page.goto(origin);
      await button(page, 'Sign in with X').click();
      await answer(page, 'Cancel');
      await heading(page, 'You said no').waitFor();
      await page.getByText('access_denied').waitFor();
      await statusOf(page, 'That did not work').waitFor();
      expect(page.url()).toBe(`${origin}/`);
      await button(page, 'Sign in again').click();
      await answer(page, 'Authorize app');
      await heading(page, ADA).waitFor();
      expect(exchanges()).toBe(1);
    });

    test('gives up a sign-in that waits: what its window still brings is nobody’s', async ({
      page,
      origin,
      exchanges,
    }) => {
      await page.clock.install();
      await page.goto(origin);
      const window = await openWindow(page);
      await button(page, 'Cancel').click();
      await heading(page, WELCOME).waitFor();
      // A page with Cross-Origin-Opener-Policy, as the consent page is, cannot be closed from here.
      await answer(window, 'Authorize app');
      await nobodyTakesIt(window, 'Signing in did not work');
      await window.getByText('callback_unknown').waitFor();
      await heading(page, WELCOME).waitFor();
      expect(exchanges()).toBe(0);
    });

    test('spends no code twice when the callback is loaded again', async ({
      page,
      origin,
      emulator,
      exchanges,
    }) => {
      await page.goto(origin);
      const callback = await signIn(page);
      await heading(page, ADA).waitFor();
      await page.clock.install();
      await page.goto(callback);
      // The tokens were in the memory of the page that is gone, and the code is spent.
      await nobodyTakesIt(page, 'Please sign in anew');
      await page.getByText('not_signed_in').waitFor();
      expect([exchanges(), emulator.counters.tokenHits]).toEqual([1, 1]);
      await button(page, 'Back').click();
      await heading(page, WELCOME).waitFor();
    });

    test('goes back from the consent page, and from what followed it', async ({
      page,
      origin,
      exchanges,
    }) => {
      await page.goto(origin);
      await button(page, 'Sign in with X').click();
      await button(page, 'Authorize app').waitFor();
      await page.goBack();
      await heading(page, WELCOME).waitFor();
      await signIn(page);
      await heading(page, ADA).waitFor();
      await page.goBack();
      await button(page, 'Authorize app').waitFor();
      await page.goForward();
      await heading(page, WELCOME).waitFor();
      expect(exchanges()).toBe(1);
    });

    test(
      'offers to sign in on the page itself where windows are blocked',
      async ({ page, origin, exchanges }) => {
        await page.goto(origin);
        await button(page, 'Sign in in a window').click();
        await heading(page, 'The window was blocked').waitFor();
        await page.getByText('popup_blocked').waitFor();
        await button(page, 'Sign in on this page').click();
        await answer(page, 'Authorize app');
        await heading(page, ADA).waitFor();
        expect(exchanges()).toBe(1);
      },
      { script: 'window.open = () => null;' },
    );

    test('notices that its window was closed', async ({ page, origin, exchanges }) => {
      await page.clock.install();
      await page.goto(origin);
      const window = await openWindow(page);
      await window.close();
      // Real time goes on beside it.
      await page.clock.runFor(5_000);
      await heading(page, 'Over to X').waitFor();
      await page.clock.runFor(6_000);
      await heading(page, 'You left before you were done').waitFor();
      await page.getByText('authorization_left').waitFor();
      await button(page, 'Sign in again').click();
      await answer(page, 'Authorize app');
      await heading(page, ADA).waitFor();
      expect(exchanges()).toBe(1);
    });

    test('looks good', async (world) => takePictures(example, world));
  });
  return test;
}

/** A window with a callback offers it to the page that may be waiting, for three seconds, of which some may be over. */
async function nobodyTakesIt(window: Page, next: string): Promise<void> {
  await heading(window, 'One moment').or(heading(window, next)).waitFor();
  await window.clock.runFor(3_500);
  await heading(window, next).waitFor();
}
