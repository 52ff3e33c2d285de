import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect } from 'vitest';
import { exampleTests } from './support/world.js';

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

  test('is not shown there unless its server says so', async ({ page, origin, sinks }) => {
    const { port } = outside.address() as AddressInfo;
    await page.goto(`http://localhost:${port}/?page=${encodeURIComponent(origin)}`);
    await expect.poll(() => sinks.console.join()).toContain("frame-ancestors 'none'");
    sinks.console.length = 0;
  });
});
