import { describe, expect, it } from 'vitest';
import type { Step } from './support/process.js';
import { callbackOf, createWorld } from './support/world.js';
import type { Process, World } from './support/world.js';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
const ME = 'https://api.x.com/2/users/me';

/** Processes that share a session, the last of which has a clock that is off. */
async function signedIn(world: World, skew: number): Promise<[Process, Process]> {
  const processes: [Process, Process] = [world.start(), world.start()];
  const [{ client }, off] = processes;
  off.clock.jump(skew);
  const { value: begun } = await world.finish(() => client.begin());
  const { value: code, state } = world.provider.consent(begun!.url);
  world.provider.deliver(state, code);
  await world.finish(() => client.complete(callbackOf({ code, state })));
  for (const process of processes) process.session = await process.client.session();
  return processes;
}

/** All use the session at once, and it works for all of them. */
async function use(world: World, processes: readonly Process[]): Promise<void> {
  const using = async ({ session }: Process) => (await session!.fetch(ME)).status;
  const { value: answers } = await world.finish(() => Promise.all(processes.map(using)));
  expect(answers).toEqual(processes.map(() => 200));
}

describe.each([
  ['ahead', DAY],
  ['behind', -DAY],
])('a process whose clock is one day %s', (_, skew) => {
  it('costs one renewal at most while the token works', async () => {
    const world = createWorld();
    const processes = await signedIn(world, skew);
    for (let passed = 0; passed < 90 * MINUTE; passed += 5 * MINUTE) {
      await use(world, processes);
      await world.clock.advance(5 * MINUTE);
    }
    expect(world.provider.spendings.length).toBe(skew > 0 ? 1 : 0);
    expect(world.broken()).toEqual([]);
    await world.end();
  });

  it('signs nobody out in a day, and asks about as often as tokens run out', async () => {
    const world = createWorld();
    const processes = await signedIn(world, skew);
    for (let passed = 0; passed < DAY; passed += 20 * MINUTE) {
      await use(world, processes);
      await world.clock.advance(20 * MINUTE);
    }
    // Twelve lifetimes of two hours, and the token that was taken for old at first.
    expect(world.provider.spendings.length).toBeLessThanOrEqual(13);
    expect(world.broken()).toEqual([]);
    await world.end();
  });

  it('says so if a callback looks too late to it, and sends nothing', async () => {
    const world = createWorld();
    const [right, off] = await signedIn(world, skew);
    const [beginning, completing] = skew > 0 ? [right, off] : [off, right];
    const { value: begun } = await world.finish(() => beginning.client.begin());
    const { value: code, state } = world.provider.consent(begun!.url);
    const { failed } = await world.finish(() => completing.client.complete(callbackOf({ code, state })));
    expect(failed?.code).toBe('callback_expired');
    expect(world.provider.exchanges).toBe(1);
    await use(world, [right, off]);
    await world.end();
  });
});

describe('a clock that jumps by a day', () => {
  it.each([
    ['ahead', DAY],
    ['back', -DAY],
  ])('%s at any step of a renewal costs another one at most', async (_, span) => {
    for (let at = 1, steps = at; at <= steps; at++) {
      let count = 0;
      const jumpers: Process[] = [];
      const pause = ({ life }: Step) => {
        const [jumper] = jumpers;
        if (life === jumper?.life && ++count === at) jumper.clock.jump(span);
        return undefined;
      };
      const world = createWorld({ pause });
      const processes = await signedIn(world, 0);
      await world.clock.advance(2 * HOUR);
      jumpers.push(processes[1]!);
      await use(world, processes);
      steps = count;
      // One more if the answer came before the jump: its token has run out by the new time.
      expect(world.provider.spendings.length).toBeLessThanOrEqual(span > 0 ? 2 : 1);
      expect(world.broken()).toEqual([]);
      await world.end();
    }
  });

  it('to and fro, every few minutes, costs one renewal', async () => {
    const world = createWorld();
    const processes = await signedIn(world, 0);
    for (let jump = 0; jump < 20; jump++) {
      processes[1].clock.jump(jump % 2 === 0 ? DAY : -DAY);
      for (let again = 0; again < 4; again++) {
        await use(world, processes);
        await world.clock.advance(MINUTE);
      }
    }
    // What was renewed by the clock that was ahead works by both.
    expect(world.provider.spendings).toHaveLength(1);
    expect(world.broken()).toEqual([]);
    await world.end();
  });
});
