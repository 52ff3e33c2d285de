import { expect, it } from 'vitest';
import { nodeClock } from '../../src/adapters/node/node-clock.js';

it('tells the time of day, and a time that only grows', async () => {
  const [now, elapsed] = [nodeClock.now(), nodeClock.elapsed()];
  expect(Math.abs(now - (performance.timeOrigin + performance.now()))).toBeLessThan(60_000);
  await new Promise<void>((resolve) => void nodeClock.setTimeout(resolve, 5));
  expect(nodeClock.elapsed()).toBeGreaterThan(elapsed);
});

it('calls back unless it was told not to', async () => {
  const calls: string[] = [];
  const cleared = nodeClock.setTimeout(() => calls.push('cleared'), 1);
  nodeClock.clearTimeout(cleared);
  nodeClock.clearTimeout(undefined);
  await new Promise<void>((resolve) => void nodeClock.setTimeout(resolve, 5));
  expect(calls).toEqual([]);
});
