import fc from 'fast-check';
import type { Scheduler } from 'fast-check';
import type { Session } from 'authchart';
import { describe, expect, it } from 'vitest';
import { runs } from './support/runs.js';
import { drive, outcomeOf, scheduledWorld } from './support/schedule.js';
import { callbackOf } from './support/world.js';
import type { Process, World } from './support/world.js';

const HOUR = 3_600_000;

/** All orders of what is in `scene`, and none of them may break a promise. */
const inAnyOrder = (scene: (scheduler: Scheduler, world: World) => Promise<void>, usual = 60) =>
  fc.assert(
    fc.asyncProperty(fc.scheduler(), async (scheduler) => {
      const world = scheduledWorld(scheduler);
      await scene(scheduler, world);
      expect(world.broken()).toEqual([]);
    }),
    runs(usual),
  );

/** A callback that has come back from the provider. */
async function calledBack(scheduler: Scheduler, world: World, process: Process): Promise<string> {
  const beginning = process.client.begin();
  await drive(scheduler, world, beginning, 0);
  const { value: code, state } = world.provider.consent((await beginning).url);
  world.provider.deliver(state, code);
  return callbackOf({ code, state });
}

/** Several processes that hold one session. */
async function signedIn(scheduler: Scheduler, world: World, count = 2): Promise<[Process, Session][]> {
  const processes = Array.from({ length: count }, () => world.start());
  const callback = await calledBack(scheduler, world, processes[0]!);
  await drive(scheduler, world, processes[0]!.client.complete(callback), 0);
  const sessions = processes.map(async (process): Promise<[Process, Session]> => {
    const session = await process.client.session();
    return [process, session!];
  });
  const all = Promise.all(sessions);
  await drive(scheduler, world, all, 0);
  return all;
}

describe('the same callback at two processes', () => {
  it('is exchanged once, and both are signed in, in whatever order they go on', () =>
    inAnyOrder(async (scheduler, world) => {
      const processes = [world.start(), world.start()];
      const callback = await calledBack(scheduler, world, processes[0]!);
      const both = Promise.all(processes.map(({ client }) => client.complete(callback)));
      await drive(scheduler, world, both);
      const tokens = Promise.all((await both).map((session) => session.accessToken()));
      await drive(scheduler, world, tokens);
      expect(world.provider.exchanges).toBe(1);
      expect(new Set(await tokens).size).toBe(1);
      expect(world.provider.live()).toHaveLength(2);
    }));

  it('is exchanged once, and once more never, if the first dies at any step', () =>
    fc.assert(
      fc.asyncProperty(fc.scheduler(), fc.nat(20), async (scheduler, steps) => {
        const world = scheduledWorld(scheduler);
        const [first, second] = [world.start(), world.start()];
        const callback = await calledBack(scheduler, world, first);
        first.life.dieIn(steps);
        const trying = outcomeOf(first.client.complete(callback));
        await drive(scheduler, world, Promise.race([trying, first.life.over]));
        world.kill(first);

        const left = statusOf(world);
        const died = world.clock.elapsed();
        const completing = outcomeOf(second.client.complete(callback));
        await drive(scheduler, world, completing, 0);
        const outcome = await completing;
        if (left === 'claimed') {
          expect(outcome).toBe('exchange_interrupted');
          expect(world.clock.elapsed() - died).toBeGreaterThanOrEqual(50_000);
        } else expect(outcome).toMatchObject({ name: 'default' });
        expect(world.provider.exchanges).toBeLessThanOrEqual(1);
        expect(world.broken()).toEqual([]);
      }),
      runs(60),
    ));

  it('never brings back what it once gave, if the first died at any step and the session went on', () =>
    fc.assert(
      fc.asyncProperty(fc.scheduler(), fc.integer({ min: 8, max: 24 }), async (scheduler, steps) => {
        const world = scheduledWorld(scheduler);
        const [first, second, third] = [world.start(), world.start(), world.start()];
        const callback = await calledBack(scheduler, world, first);
        first.life.dieIn(steps);
        const trying = outcomeOf(first.client.complete(callback));
        await drive(scheduler, world, Promise.race([trying, first.life.over]), 0);
        world.kill(first);

        const going = second.client.session().then((session) => session?.renew());
        await drive(scheduler, world, going, 0);
        const replay = third.client.complete(callback).then((session) => session.accessToken());
        await drive(scheduler, world, outcomeOf(replay), 0);
        const token = await outcomeOf(replay);
        if (token !== 'exchange_interrupted') {
          expect(world.provider.live().map(({ value }) => value)).toContain(token);
        }
        expect(world.broken()).toEqual([]);
      }),
      runs(60),
    ));
});

describe('the session of several processes', () => {
  it('is renewed once when it is due, in whatever order they go on', () =>
    inAnyOrder(async (scheduler, world) => {
      const holders = await signedIn(scheduler, world, 3);
      await world.clock.advance(2 * HOUR);
      const all = Promise.all(holders.map(async ([, session]) => session.accessToken()));
      await drive(scheduler, world, all);
      const tokens = await all;
      holders.forEach(([process], index) => world.handedOut(process, tokens[index]!));
      expect(new Set(tokens).size).toBe(1);
      expect(world.provider.spendings).toHaveLength(1);
      expect(world.provider.live().map(({ kind }) => kind)).toEqual(['access', 'refresh']);
    }));

  it('never loses its grant to renewals that all of them force at once', () =>
    inAnyOrder(async (scheduler, world) => {
      const holders = await signedIn(scheduler, world, 2);
      const all = Promise.all(holders.map(([, session]) => session.renew()));
      await drive(scheduler, world, all);
      await all;
      expect(world.provider.live()).toHaveLength(2);
    }));

  it('is gone everywhere after a sign-out, also if a renewal was on its way', () =>
    inAnyOrder(async (scheduler, world) => {
      const [renewing, leaving] = await signedIn(scheduler, world);
      const renewal = outcomeOf(renewing![1].renew());
      const signOut = leaving![1].signOut().then(({ cleared }) => world.signedOut(leaving![0], cleared));
      await drive(scheduler, world, Promise.all([renewal, signOut]));
      const looks = Promise.all([renewing!, leaving!].map(([process]) => process.client.session()));
      await drive(scheduler, world, looks);
      expect(await looks).toEqual([null, null]);
      // What was renewed too late to be saved has been revoked too.
      await drive(
        scheduler,
        world,
        Promise.all([renewing!, leaving!].map(([process]) => process.client.close())),
      );
      expect(world.provider.live()).toEqual([]);
    }));

  it('is gone after a sign-out of the process that renews', () =>
    inAnyOrder(async (scheduler, world) => {
      const [holder] = await signedIn(scheduler, world, 1);
      const [process, session] = holder!;
      const renewal = outcomeOf(session.renew());
      const signOut = session.signOut().then(({ cleared }) => world.signedOut(process, cleared));
      await drive(scheduler, world, Promise.all([renewal, signOut]));
      expect(session.info()).toBeNull();
      await drive(scheduler, world, process.client.close());
      expect(world.provider.live()).toEqual([]);
      expect(world.store.textOf('session/')).not.toContain('CANARY');
    }));

  it('survives a renewal whose process dies at any step, unless the answer died with it', () =>
    fc.assert(
      fc.asyncProperty(fc.scheduler(), fc.nat(16), async (scheduler, steps) => {
        const world = scheduledWorld(scheduler);
        const [dying, other] = await signedIn(scheduler, world);
        await world.clock.advance(2 * HOUR);
        dying![0].life.dieIn(steps);
        const renewal = outcomeOf(dying![1].accessToken());
        const token = outcomeOf(other![1].accessToken());
        await drive(scheduler, world, Promise.race([renewal, token, dying![0].life.over]));
        world.kill(dying![0]);
        await drive(scheduler, world, token);
        const [first, ...others] = world.provider.spendings;
        const lost =
          first?.life === dying![0].life && first.successor !== null && !world.store.hasHeld(first.successor);
        expect(others.length).toBeLessThanOrEqual(1);
        if (lost) expect(await token).toBe('renewal_lost');
        else world.handedOut(other![0], await token);
        expect(world.broken()).toEqual([]);
      }),
      runs(60),
    ));
});

/** Of the only flow in the store. */
function statusOf(world: World): string {
  const { status } = JSON.parse(world.store.textOf('flow/')) as { readonly status: string };
  return status;
}
