import { describe, expect, it } from 'vitest';
import { noLocks } from '../properties/support/process.js';
import { explore } from './support/explore.js';
import type { Bounds } from './support/explore.js';
import { inTheEnd, sessionRecord, signedIn } from './support/signed-in.js';
import type { Holder } from './support/signed-in.js';
import type { Stage, StageSettings, Task } from './support/stage.js';

const renewing = (name: string, count: number, bounds: Bounds, settings?: StageSettings) =>
  explore(
    name,
    bounds,
    async (stage) => {
      const holders = await signedIn(stage, count);
      const tasks = holders.map(([process, session]) => stage.ask(process, () => session.accessToken()));
      await stage.play();
      await judge(stage, holders, tasks);
    },
    // All do the same: it makes no difference which of them something happens to.
    { unlucky: 1, ...settings },
  );

/** Everybody has a working token, or it was lost in the one window there is, and everybody knows. */
async function judge(stage: Stage, holders: readonly Holder[], tasks: readonly Task<string>[]) {
  const { provider, store, clock } = stage.world;
  // What could not be saved at once is saved by then.
  await clock.advance(10_000);
  const tokens: string[] = [];
  for (const [index, [process, session]] of holders.entries()) {
    if (!process.life.alive) continue;
    const token = await inTheEnd(stage, tasks[index]!, () => session.accessToken());
    tokens.push(token);
    if (token.startsWith('CANARY')) stage.world.handedOut(process, token);
  }
  const record = sessionRecord(stage);
  const [first, ...others] = provider.spendings;
  const { life, outcome, successor } = first!;
  const isUnheard = !life.alive || outcome === 'unknown';
  if (isUnheard && successor !== null && !store.hasHeld(successor)) {
    expect(tokens).toEqual(tokens.map(() => 'renewal_lost'));
    expect(record).toMatchObject({ status: 'ended', failure: { code: 'renewal_lost' } });
    return;
  }
  expect(others).toEqual([]);
  const { accessToken, refreshToken } = record.tokens!;
  expect(tokens).toEqual(tokens.map(() => accessToken));
  expect(refreshToken).toBe(successor);
  expect(record.journal).toBeNull();
  expect(provider.live().map(({ value }) => value)).toEqual([accessToken, refreshToken]);
}

const CRASH: Bounds = { preemptions: 2, faults: ['crash'] };

describe('the renewal of one session', { timeout: 600_000 }, () => {
  it('by two processes spends its token once, in every order', () =>
    renewing('Renewal by two', 2, { preemptions: Infinity }));

  it('by two processes that both hold the lock spends its token once, in every order', () =>
    renewing('Renewal by two without a lock', 2, { preemptions: Infinity }, { locks: noLocks }));

  it('by three processes spends its token once', () => renewing('Renewal by three', 3, { preemptions: 1 }));

  it('loses a token with a process that dies only if that one was answered and could not save', () =>
    renewing('Renewal, one dies', 2, CRASH));

  it('the same if both hold the lock', () =>
    renewing('Renewal without a lock, one dies', 2, CRASH, { locks: noLocks }));

  it('spends its token once wherever the lock is lost', () =>
    renewing('Renewal, the lock is lost', 2, { preemptions: 1, faults: ['lost lock'] }));

  it('spends its token once if the store does what it is told and its answer is lost', () =>
    renewing('Renewal, an answer of the store is lost', 2, { preemptions: 1, faults: ['lost answer'] }));

  it('is lost with the answer of the provider, and nobody asks for ever', () =>
    renewing('Renewal, the answer of the provider is lost', 2, { preemptions: 1, faults: ['lost reply'] }));

  it('spends its token once by a provider that is slow, while everybody stands still', () =>
    renewing('Renewal, all are slow', 2, {
      preemptions: 0,
      faults: ['slow reply', 'stall'],
      together: 2,
    }));
});
