import { expect, it } from 'vitest';
import { callbackOf, createWorld } from './support/world.js';

it('processes that wait for a busy provider ask it about as often as each alone, not at every word of the others (H13)', async () => {
  const world = createWorld();
  const processes = [world.start(), world.start()];
  const { value: begun } = await world.finish(() => processes[0]!.client.begin());
  const { value: code, state } = world.provider.consent(begun!.url);
  world.provider.deliver(state, code);
  await world.finish(() => processes[0]!.client.complete(callbackOf({ code, state })));
  const sessions = await Promise.all(processes.map(({ client }) => client.session()));
  await world.clock.advance(7_200_000);

  world.provider.mood = 'busy';
  const tokens = Promise.all(sessions.map((session) => session!.accessToken()));
  await world.clock.advance(60_000);
  expect(world.broken()).toEqual([]);
  // A backoff of 1, 2, 4, … seconds leaves room for six or seven in a minute.
  expect(world.provider.spendings.length).toBeLessThanOrEqual(2 * 8);

  world.provider.mood = 'ok';
  await world.finish(() => tokens);
  expect(new Set(await tokens).size).toBe(1);
  await world.end();
});
