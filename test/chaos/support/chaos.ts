import type { ReusePolicy } from 'authchart/testing';
import { expect } from 'vitest';
import type { TestContext } from 'vitest';
import { policy } from '../../../src/services/policy.js';
import type { Sabotage } from '../worker/settings.js';
import { account } from './accounting.js';
import type { Account } from './accounting.js';
import { ACCESS_TOKEN_TTL, runChaos } from './chaos-run.js';
import { circumstances } from './circumstances.js';
import { showFigures } from './figures.js';
import type { SharedStore } from './shared-store.js';

/**
 * Rotations of one run: two runs a store make 500. AUTHCHART_CHAOS_ROTATIONS makes them longer, AUTHCHART_CHAOS_SEED repeats
 * what is done to the workers, though not what becomes of it.
 */
export const ROTATIONS = Number(process.env['AUTHCHART_CHAOS_ROTATIONS'] ?? 250);
export const SEED = Number(process.env['AUTHCHART_CHAOS_SEED'] ?? Math.floor(Math.random() * 2 ** 31));

/** A run takes a minute on a machine of its own, and rather longer on one that is shared. */
export const TIMEOUT = 10 * 60_000 + ROTATIONS * 3_000;

const { grace, announcement, tokenRequest, renewalsInVain } = policy;
const accessToken = ACCESS_TOKEN_TTL * 1000;
const rules = { grace, announcement, tokenRequest, renewalsInVain, accessToken, reconnection: 20_000 };

/**
 * A server that honours a spent token again for ten minutes: longer than a lock and a grace several times over, for
 * those who wait them out are killed too.
 */
export const forgiving: ReusePolicy = { grace: 600 };
/** A server that revokes all tokens of a session when it sees a spent one again (RFC 9700 §4.14.2). */
export const strict: ReusePolicy = 'revokeFamily';

interface Run {
  readonly shared: SharedStore;
  readonly reuse: ReusePolicy;
  readonly rotations?: number;
  readonly sabotage?: Sabotage;
}

export async function chaos(
  context: TestContext,
  { shared, reuse, rotations = ROTATIONS, sabotage = 'nothing' }: Run,
): Promise<Account> {
  console.log(`seed ${SEED}`);
  try {
    const log = await runChaos({ shared, reuse, rotations, sabotage, seed: SEED });
    const figures = account(log, rules);
    if (sabotage === 'nothing' && figures.broken.length > 0) console.log(circumstances(log).join('\n'));
    const server = reuse === strict ? 'strict' : 'forgiving';
    show(context, shared.name, sabotage === 'nothing' ? server : `${server}, no ${sabotage}`, figures);
    expect(figures.rotations).toBeGreaterThanOrEqual(rotations);
    return figures;
  } finally {
    await shared.close();
  }
}

function show(context: TestContext, store: string, server: string, figures: Account): void {
  showFigures(
    context,
    { store, server },
    {
      rotations: figures.rotations,
      kills: figures.kills,
      'kills in the window': figures.killsInWindow,
      'tokens sent twice': figures.sentTwice,
      'of these explained': figures.explained,
      'sessions lost': figures.lost,
      calls: figures.calls,
      'failed for want of a token': figures.failed,
      'of the store': figures.withoutStore,
      'of time': figures.outrun,
    },
  );
}

/** Nobody is signed out, and nobody waits in vain, though workers were killed with tokens in their hands. */
export function expectNothingLost(figures: Account): void {
  expect(figures).toMatchObject({ lost: 0, failed: 0, broken: [] });
  expect(figures.explained).toBe(figures.sentTwice);
  expect(figures.killsInWindow).toBeGreaterThan(0);
}

/** What is lost was lost in the one window that no client can close, says so, and is back after the next sign-in. */
export function expectLossesExplained(figures: Account): void {
  expect(figures.broken).toEqual([]);
  expect(figures.explained).toBe(figures.sentTwice);
  expect(figures.killsInWindow).toBeGreaterThan(0);
}
