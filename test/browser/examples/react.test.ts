import { expect } from 'vitest';
import { provesTheExample } from './support/everywhere.js';

const test = provesTheExample('react');

test('runs React as it is under development, where StrictMode does everything twice', async ({
  page,
  origin,
  sinks,
}) => {
  await page.goto(origin);
  await expect.poll(() => sinks.console.join()).toContain('React DevTools');
});
