import fc from 'fast-check';
import type { Scheduler } from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createActor, waitFor } from 'xstate';
import type { Snapshot } from 'xstate';
import { redact } from '../../src/services/redacted.js';
import { runs } from './support/runs.js';
import { callbacks, play, twoParts } from './support/scene.js';
import type { Deed, Part } from './support/scene.js';
import { drive, scheduledWorld } from './support/schedule.js';
import type { Process, World } from './support/world.js';

type Scene = (scheduler: Scheduler, world: World, parts: readonly [Part, Part]) => Promise<unknown>;

/** Two clients of one store with callbacks, renewals, sign-outs and a crash, in any order. */
const inAnyScene = (scene: Scene) =>
  fc.assert(
    fc.asyncProperty(fc.scheduler(), twoParts, async (scheduler, parts) => {
      const world = scheduledWorld(scheduler);
      await scene(scheduler, world, parts);
      expect(world.broken()).toEqual([]);
    }),
    runs(40),
  );

describe('two clients of one store, with callbacks, renewals, sign-outs and a crash in any order', () => {
  it('(2) send a code and a verifier once, a refresh token again only after an unknown outcome', () =>
    inAnyScene(async (scheduler, world, parts) => {
      await play(scheduler, world, parts, await callbacks(scheduler, world, 2));
      const codes = [...world.provider.codes.values()];
      expect(codes.filter(({ uses }) => uses > 1)).toEqual([]);
      expect(world.provider.exchanges).toBe(world.provider.verifiers.size);
    }));

  it('(4) show nobody signed in unless a response was validated', () =>
    fc.assert(
      fc.asyncProperty(
        fc.scheduler(),
        twoParts,
        fc.constantFrom('garbled', 'dropped', 'broken', 'misconfigured'),
        async (scheduler, parts, mood) => {
          const world = scheduledWorld(scheduler);
          const urls = await callbacks(scheduler, world, 2);
          world.provider.mood = mood;
          const recovering = scheduler.schedule(Promise.resolve(), 'the provider is well again');
          void recovering.then(() => (world.provider.mood = 'ok'));
          await play(scheduler, world, parts, urls);
          expect(world.broken()).toEqual([]);
        },
      ),
      runs(40),
    ));

  it('(5) hand out no access token that has run out by the clock of who uses it', () =>
    inAnyScene(async (scheduler, world, parts) => {
      const urls = await callbacks(scheduler, world, 2);
      // Shorter than what may pass while somebody works, or while the provider turns everybody away.
      world.provider.lifetime = 6;
      await drive(scheduler, world, world.start().client.complete(urls[0]!), 0);
      const turn = () => {
        world.provider.mood = world.provider.mood === 'ok' ? 'busy' : 'ok';
        world.clock.setTimeout(turn, 4_000);
      };
      world.clock.setTimeout(turn, 4_000);
      await play(scheduler, world, parts, urls);
    }));

  it('(6) hand out and keep no token after a sign-out: here at once, elsewhere after five seconds', () =>
    inAnyScene(async (scheduler, world, [one, other]) => {
      const ends = (part: Part, ...deeds: Deed[]): Part => {
        const last = deeds.map((deed) => ({ deed, waits: deed !== 'renew' }));
        return { ...part, acts: [...part.acts, ...last] };
      };
      // Who leaves renews itself, and so does who stays.
      const staying = ends(one, 'use', 'renew', 'use');
      const leaving = ends(other, 'renew', 'sign out', 'use');
      await play(scheduler, world, [staying, leaving], await callbacks(scheduler, world, 2));
    }));

  it('(9) exchange nothing twice when a snapshot of any step is restored: it goes on or fails closed', () =>
    fc.assert(
      fc.asyncProperty(
        fc.scheduler(),
        twoParts,
        fc.nat(30),
        fc.nat(30),
        async (scheduler, parts, steps, taken) => {
          const world = scheduledWorld(scheduler);
          const urls = await callbacks(scheduler, world, 2);
          const dying = world.start();
          dying.life.dieIn(steps);
          const snapshots = completing(dying, urls[0]!);
          const playing = play(scheduler, world, parts, urls);
          await drive(scheduler, world, Promise.race([playing, dying.life.over]), 2);
          world.kill(dying);
          const restored = restore(world.start(), snapshots[taken % snapshots.length]!);
          await drive(scheduler, world, Promise.all([playing, restored]), 2);
          expect((await restored).hasTag('atRest')).toBe(true);
          expect(world.broken()).toEqual([]);
        },
      ),
      runs(40),
    ));
});

/** Completes a callback in an actor of its own, and keeps a snapshot of every step of it, as text. */
function completing({ client }: Process, url: string): string[] {
  const snapshots: string[] = [];
  const keep = () => void snapshots.push(JSON.stringify(actor.getPersistedSnapshot()));
  const actor = createActor(client.machine, {
    input: { session: 'default' },
    inspect: () => queueMicrotask(keep),
  }).start();
  keep();
  actor.send({ type: 'callback.received', callback: { url: redact(url), boundTo: null } });
  keep();
  return snapshots;
}

/** Takes a snapshot up in another process, until nothing of it is under way. */
async function restore({ client }: Process, text: string) {
  const snapshot = JSON.parse(text) as Snapshot<unknown>;
  const actor = createActor(client.machine, { input: { session: 'default' }, snapshot }).start();
  return waitFor(actor, (now) => !now.hasTag('busy'), { timeout: Infinity });
}
