import { describe, expect } from 'vitest';
import {
  ADA,
  WELCOME,
  answer,
  button,
  follow,
  heading,
  openWindow,
  signIn,
  statusOf,
} from './support/person.js';
import { visibleIn } from './support/sinks.js';
import { exampleTests } from './support/world.js';

const test = exampleTests('plain');

const DAY = 24 * 60 * 60 * 1000;

describe('a page of the default store', () => {
  test('keeps no token on disk, and the verifier only until it is spent', async ({
    page,
    origin,
    emulator,
  }) => {
    await page.goto(origin);
    const window = await openWindow(page);
    const { sessionStorage: pending = '' } = await visibleIn(page);
    const closed = window.waitForEvent('close');
    await answer(window, 'Authorize app');
    await closed;
    await heading(page, ADA).waitFor();
    const sent = emulator.requests.find(({ form }) => form.has('code_verifier'));
    const verifier = sent?.form.get('code_verifier') ?? 'none was sent';
    // That it is found here shows that it would be found elsewhere.
    expect(pending).toContain(verifier);
    expect((await visibleIn(page))['sessionStorage']).not.toContain(verifier);
    expect(await page.evaluate(async () => [await indexedDB.databases(), await caches.keys()])).toEqual([
      [],
      [],
    ]);
  });

  test('begins anew after its tab was closed in the middle', async ({ page, context, origin, exchanges }) => {
    await page.goto(origin);
    await button(page, 'Sign in with X').click();
    await button(page, 'Authorize app').waitFor();
    await page.close();
    const anew = await context.newPage();
    await anew.goto(origin);
    await signIn(anew);
    await heading(anew, ADA).waitFor();
    expect(exchanges()).toBe(1);
  });

  test('sends no code again when it is loaded anew while its code is being exchanged', async ({
    page,
    context,
    origin,
    emulator,
  }) => {
    // The answer never comes back to the page that asked.
    await context.route('**/auth/relay', async (route) => void (await route.fetch()), { times: 1 });
    await page.goto(origin);
    await signIn(page);
    await statusOf(page, 'Signing you in…').waitFor();
    await expect.poll(() => emulator.counters.tokenHits).toBe(1);
    await page.reload();
    await heading(page, WELCOME).waitFor();
    expect(emulator.counters.tokenHits).toBe(1);
    await signIn(page);
    await heading(page, ADA).waitFor();
    expect(emulator.counters.tokenHits).toBe(2);
  });

  test('renews when it is used a day later', async ({ page, origin, emulator, exchanges, renewals }) => {
    await page.clock.install();
    await page.goto(origin);
    await signIn(page);
    await heading(page, ADA).waitFor();
    emulator.clock.advance(DAY);
    await page.clock.fastForward(DAY);
    await follow(page, 'Profile');
    await page.getByText('@ada').waitFor();
    await statusOf(page, 'Signed in').waitFor();
    expect([exchanges(), renewals()]).toEqual([1, 1]);
  });

  test('asks for a new sign-in when its session has ended', async ({ page, origin, emulator, exchanges }) => {
    await page.clock.install();
    await page.goto(`${origin}/profile`);
    await signIn(page);
    await heading(page, ADA).waitFor();
    // Longer than a refresh token lives.
    emulator.clock.advance(200 * DAY);
    await page.clock.fastForward(200 * DAY);
    await button(page, 'Renew now').click();
    await heading(page, 'Please sign in anew').waitFor();
    await page.getByText('session_revoked').waitFor();
    await statusOf(page, 'Your session has ended').waitFor();
    await button(page, 'Sign in again').click();
    await answer(page, 'Authorize app');
    await heading(page, ADA).waitFor();
    expect(exchanges()).toBe(2);
  });

  test('says that it is offline, and goes on by itself when it no longer is', async ({
    page,
    context,
    origin,
    renewals,
  }) => {
    await page.clock.install();
    await page.goto(`${origin}/profile`);
    await signIn(page);
    await heading(page, ADA).waitFor();
    await context.setOffline(true);
    await button(page, 'Renew now').click();
    const notice = page.getByText('could not be reached');
    await notice.first().waitFor();
    await statusOf(page, 'Signed in').waitFor();
    expect(renewals()).toBe(0);
    // No timer will go off: it is the network's being back that sets the page going.
    await page.clock.pauseAt(Date.now() + DAY / 24);
    await notice.first().waitFor();
    await context.setOffline(false);
    await notice.first().waitFor({ state: 'hidden' });
    expect(renewals()).toBe(1);
  });

  test(
    'says so where storage is switched off',
    async ({ page, origin, emulator }) => {
      await page.goto(origin);
      await button(page, 'Sign in with X').click();
      await heading(page, 'This browser keeps nothing for this page').waitFor();
      await page.getByText('store_unavailable').waitFor();
      expect(emulator.counters.authorizeHits).toBe(0);
      await button(page, 'Back').click();
      await heading(page, WELCOME).waitFor();
    },
    {
      script: `Object.defineProperty(window, 'sessionStorage', {
        get() { throw new DOMException('Access is denied for this document.', 'SecurityError'); } });`,
    },
  );

  test('says so where storage is full, and tries again', async ({ page, origin, exchanges }) => {
    await page.goto(origin);
    await page.evaluate(() => {
      for (const size of [1 << 20, 1 << 15, 1 << 10, 1 << 5, 1]) {
        try {
          for (let part = 0; ; part++) sessionStorage.setItem(`${size}/${part}`, 'x'.repeat(size));
        } catch {
          // Not another piece of this size.
        }
      }
    });
    await button(page, 'Sign in with X').click();
    await heading(page, 'This browser keeps nothing for this page').waitFor();
    await page.getByText('store_unavailable').waitFor();
    await page.evaluate(() => sessionStorage.clear());
    await button(page, 'Try again').click();
    await answer(page, 'Authorize app');
    await heading(page, ADA).waitFor();
    expect(exchanges()).toBe(1);
  });
});
