import { virtualClock } from 'authchart/testing';
import { expect, it } from 'vitest';
import type { FeedItem } from '../../../src/adapters/inspector/page/feed.js';
import { standingClock } from '../../../src/adapters/inspector/standing-clock.js';
import { createSteps } from '../../../src/adapters/inspector/steps.js';

function walk() {
  const real = virtualClock();
  const clock = standingClock(real);
  const told: FeedItem[] = [];
  const steps = createSteps(clock, (item) => told.push(item));
  const through: string[] = [];
  const pass = (event: string, signal = new AbortController().signal) =>
    void steps.gate.pass({ actor: 'x:1', machine: 'x:0', event }, signal).then(() => through.push(event));
  const lines = () => told.map((item) => 'gate' in item && `${item.type} ${item.gate}`);
  return { real, clock, steps, through, pass, lines, told };
}

it('lets one through at a time, in any order, and its time stands until none waits', async () => {
  const { real, clock, steps, through, pass, told } = walk();
  pass('one');
  await real.advance(10);
  pass('other');
  expect(told.map((item) => 'at' in item && item.at)).toEqual([clock.now(), clock.now()]);
  expect(steps.next(2)).toBe(true);
  await real.advance(10);
  expect([through, clock.elapsed()]).toEqual([['other'], 0]);
  expect(steps.next(1)).toBe(true);
  await real.advance(10);
  expect([through, clock.elapsed()]).toEqual([['other', 'one'], 10]);
  expect([steps.next(1), steps.next(3)]).toEqual([false, false]);
});

it('opens by itself when the state was left, and never closes when it was left before', async () => {
  const { real, clock, through, pass, lines } = walk();
  const state = new AbortController();
  pass('left', state.signal);
  state.abort();
  pass('late', state.signal);
  await real.advance(10);
  expect([through, lines(), clock.elapsed()]).toEqual([
    ['left', 'late'],
    ['gate.closed 1', 'gate.opened 1'],
    10,
  ]);
});

it('is over at its end: what waits goes on, and what follows', async () => {
  const { real, clock, steps, through, pass, lines } = walk();
  pass('one');
  pass('other');
  steps.end();
  pass('after');
  await real.advance(10);
  expect([through.toSorted(), clock.elapsed()]).toEqual([['after', 'one', 'other'], 10]);
  expect(lines()).toEqual(['gate.closed 1', 'gate.closed 2', 'gate.opened 1', 'gate.opened 2']);
});
