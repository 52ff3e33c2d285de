import { describe, expect, it } from 'vitest';
import { noLocks } from '../properties/support/process.js';
import { explore } from './support/explore.js';
import type { Bounds } from './support/explore.js';
import { signedIn } from './support/signed-in.js';
import type { Holder } from './support/signed-in.js';
import type { Stage, StageSettings } from './support/stage.js';

/** One renews while another, or the same, signs out. */
const leaving = (name: string, count: 1 | 2, bounds: Bounds, settings?: StageSettings) =>
  explore(
    name,
    bounds,
    async (stage) => {
      const holders = await signedIn(stage, count);
      const [[renewing, session], [leaving, other]] = [holders[0]!, holders.at(-1)!];
      stage.ask(renewing, () => session.accessToken());
      stage.ask(leaving, async () => {
        const { cleared } = await other.signOut();
        stage.world.signedOut(leaving, cleared);
        return String(cleared);
      });
      await stage.play();
      await judge(stage, holders);
    },
    settings,
  );

/** The session is gone everywhere, and no token of it lives, but for what a process took with it that died. */
async function judge({ world }: Stage, holders: readonly Holder[]) {
  // What the store was not told at once it is told by then.
  await world.clock.advance(10_000);
  const [[renewing], [leaving]] = [holders[0]!, holders.at(-1)!];
  if (leaving.life.alive) {
    expect(world.store.textOf('session/')).not.toContain('CANARY');
    for (const [process, session] of holders) {
      if (!process.life.alive) continue;
      const { value, failed } = await world.finish(() => session.accessToken());
      expect(value).toBeNull();
      expect(['not_signed_in', 'session_revoked']).toContain(failed!.code);
      expect((await world.finish(() => process.client.session())).value).toBeNull();
    }
  }
  if (!leaving.life.alive) return;
  for (const { issuedTo } of world.provider.live()) {
    expect(issuedTo).toBe(renewing.life);
    expect(renewing.life.alive).toBe(false);
  }
}

describe('a sign-out', { timeout: 600_000 }, () => {
  it('wins over a renewal in another process, in every order', () =>
    leaving('Sign-out beside a renewal', 2, { preemptions: Infinity }));

  it('wins over a renewal in another process that holds the lock as well, in every order', () =>
    leaving('Sign-out without a lock', 2, { preemptions: Infinity }, { locks: noLocks }));

  it('wins over a renewal in the same process', () =>
    leaving('Sign-out of the process that renews', 1, { preemptions: 4 }));

  it('leaves no living token but with a process that died', () =>
    leaving('Sign-out beside a renewal, one dies', 2, { preemptions: 1, faults: ['crash'] }));

  it('revokes what was renewed also if the store does what it is told and its answer is lost', () =>
    leaving('Sign-out, an answer of the store is lost', 2, { preemptions: 1, faults: ['lost answer'] }));

  it('wins wherever the lock is lost', () =>
    leaving('Sign-out, the lock is lost', 2, { preemptions: 1, faults: ['lost lock'] }));
});
