import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect } from 'vitest';
import { ADA, answer, heading } from './support/person.js';
import { exampleTests } from './support/world.js';
import type { World } from './support/world.js';

const test = exampleTests('plain');

// Another site, for its host is another. Profiles of tests are private ones, where such frames have no storage at all.
const outside = createServer((request, response) => {
  const { searchParams } = new URL(request.url ?? '/', 'http://localhost');
  response.setHeader('content-type', 'text/html');
  response.end(
    `<!doctype html><title>Another site</title><iframe width="500" height="600" src="${searchParams.get('page')}"></iframe>`,
  );
});

beforeAll(async () => {
  outside.listen(0, 'localhost');
  await once(outside, 'listening');
});
afterAll(() => void outside.close());

/** A profile that gives such frames storage: a partition of their own, which no window of theirs reaches. */
const partitioned = {
  frameAncestors: ['http://localhost:*'],
  preferences: { profile: { cookie_controls_mode: 0, block_third_party_cookies: false } },
};

async function windowOfFrame({ page, context, origin }: World) {
  const { port } = outside.address() as AddressInfo;
  await page.goto(`http://localhost:${port}/?page=${encodeURIComponent(origin)}`);
  const frame = page.frames().at(-1)!;
  await frame.evaluate(() => localStorage.setItem('kept', 'here'));
  const alone = await context.newPage();
  await alone.goto(origin);
  expect(await alone.evaluate(() => localStorage.getItem('kept'))).toBe(null);
  await alone.close();

  await frame.getByRole('button', { name: 'Sign in in a window' }).focus();
  const [window] = await Promise.all([context.waitForEvent('page'), page.keyboard.press('Enter')]);
  return { frame, window };
}

describe('a page inside one of another site', () => {
  test(
    'says that it may not keep anything there',
    async ({ page, origin, emulator }) => {
      const { port } = outside.address() as AddressInfo;
      await page.goto(`http://localhost:${port}/?page=${encodeURIComponent(origin)}`);
      const frame = page.frameLocator('iframe');
      await frame.getByRole('button', { name: 'Sign in with X' }).click();
      await frame.getByRole('heading', { name: 'This browser keeps nothing for this page' }).waitFor();
      await frame.getByText('store_unavailable').waitFor();
      expect(emulator.counters.authorizeHits).toBe(0);
    },
    { frameAncestors: ['http://localhost:*'] },
  );

  test(
    'signs in in a window, though what it stores is kept apart',
    async (world) => {
      const { context, emulator, exchanges } = world;
      // A provider whose pages leave the opener alone.
      await context.route(`${emulator.origin}/**`, async (route) => {
        const response = await route.fetch({ maxRedirects: 0 });
        const { 'cross-origin-opener-policy': _, ...headers } = response.headers();
        await route.fulfill({ response, headers });
      });
      const { frame, window } = await windowOfFrame(world);
      const closed = window.waitForEvent('close');
      await answer(window, 'Authorize app');
      await closed;
      await frame.getByRole('heading', { name: ADA }).waitFor();
      expect(exchanges()).toBe(1);
    },
    partitioned,
  );

  test(
    'says that the window brought nothing, where the provider cuts it off',
    async (world) => {
      await world.page.clock.install();
      const { frame, window } = await windowOfFrame(world);
      await answer(window, 'Authorize app');
      await heading(window, 'One moment').or(window.getByText('callback_unknown')).waitFor();
      await window.clock.runFor(3_500);
      await window.getByText('callback_unknown').waitFor();
      await window.close();
      await world.page.clock.runFor(11_000);
      await frame.getByText('authorization_left').waitFor();
      expect(world.exchanges()).toBe(0);
    },
    partitioned,
  );

  test('is not shown there unless its server says so', async ({ page, origin, sinks }) => {
    const { port } = outside.address() as AddressInfo;
    await page.goto(`http://localhost:${port}/?page=${encodeURIComponent(origin)}`);
    await expect.poll(() => sinks.console.join()).toContain("frame-ancestors 'none'");
    sinks.console.length = 0;
  });
});
