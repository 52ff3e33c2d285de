import { describe, expect, it } from 'vitest';
import { createActor } from 'xstate';
import type { AnyActorRef, AnyMachineSnapshot, Snapshot } from 'xstate';
import { virtualClock } from '../../src/adapters/virtual/virtual-clock.js';
import type { AuthorizationEvent } from '../../src/machines/authorization.contract.js';
import type { AuthorizationMachine } from '../../src/machines/authorization.machine.js';
import type { ErrorCode } from '../../src/machines/vocabulary.js';
import { AuthError } from '../../src/services/auth-error.js';
import { redact } from '../../src/services/redacted.js';
import { leavesOf, pathOf, placeOf, statesOf } from '../support/transitions.js';
import { machines } from './support/answers.js';
import { CANARY, callback, factsOf, failureWith, secret, SESSION } from './support/samples.js';
import { createWorld } from './support/world.js';
import type { WorldOptions } from './support/world.js';

/**
 * What becomes of a snapshot that went through JSON. It `continues` as if nothing had happened; it is `re-armed`: stays
 * where it was, its deadline held anew; or it `fails closed`: the secret it needs is gone, it says so in a typed failure
 * and sends nothing.
 */
type Outcome = 'continues' | 're-armed' | 'fails closed';

interface Row extends WorldOptions {
  /** Where the snapshot is taken; the state of a child machine stands behind the arrow. */
  readonly at: string;
  readonly events: readonly AuthorizationEvent[];
  readonly outcome: Outcome;
  /** Where the restored actor comes to rest. */
  readonly rests: string;
  /** What the restored actor shows. */
  readonly failure?: ErrorCode;
  /** How often anything was sent, before and after together: codes, refresh tokens. */
  readonly sent?: readonly [codes: number, refreshTokens: number];
}

const restore = { type: 'session.restore' } as const;
const popup = { type: 'authorization.begin', request: { presentation: 'onOpen' } } as const;
const begin = { type: 'authorization.begin' } as const;
const alone = { type: 'authorization.begin', request: { userAgent: 'none' } } as const;
const bound = { type: 'authorization.begin', request: { boundTo: redact(CANARY) } } as const;
const received = { type: 'callback.received', callback: callback() } as const;
const adopt = { type: 'session.adopt', tokens: secret() } as const;
const renew = { type: 'session.renew' } as const;
const signOut = { type: 'session.signOut' } as const;
const cancel = { type: 'authorization.cancel' } as const;
const down = new AuthError('store_unavailable');

const waiting = 'awaitingAuthorization.presented.waiting';
const gone = { outcome: 'fails closed', rests: 'error.permanent', failure: 'secret_unavailable' } as const;
const goneForNow = { ...gone, rests: 'authorized.stale.postponed' } as const;
const goneAndUnsure = { ...gone, rests: 'authorized.stale.uncertain' } as const;
const goesOn = { outcome: 'continues', rests: 'authorized.fresh' } as const;

const rows: readonly Row[] = [
  { at: 'idle', events: [], outcome: 'continues', rests: 'idle' },
  { at: 'restoring.session', events: [restore], hang: 'restoreSession', ...goesOn },
  { at: 'restoring.flow', events: [received], hang: 'verifyCallback', ...gone },
  { at: 'adopting', events: [adopt], hang: 'adoptTokens', ...gone },

  {
    at: 'awaitingAuthorization.opening',
    events: [begin],
    hang: 'holdUserAgent',
    outcome: 'continues',
    rests: waiting,
  },
  {
    at: 'awaitingAuthorization.preparing',
    events: [begin],
    hang: 'prepareAuthorization',
    outcome: 'continues',
    rests: waiting,
  },
  // What the user agent is known by is a secret too.
  { at: 'awaitingAuthorization.preparing', events: [bound], hang: 'prepareAuthorization', ...gone },
  {
    at: 'awaitingAuthorization.prepared',
    events: [popup],
    outcome: 're-armed',
    rests: 'awaitingAuthorization.prepared',
  },
  // The URL carries the state: it cannot be shown a second time.
  { at: waiting, events: [begin], ...gone },
  { at: waiting, events: [alone], outcome: 're-armed', rests: waiting },
  {
    at: 'awaitingAuthorization.presented.verifying',
    events: [alone, received],
    hang: 'verifyCallback',
    ...gone,
  },
  { at: 'abandoning', events: [alone, cancel], hang: 'abandonFlow', ...goesOn },

  { at: 'exchanging › claiming', events: [received], hang: 'claimFlow', ...gone },
  { at: 'exchanging › claiming', events: [received], hang: 'claimFlow', when: 'after', ...goesOn },
  { at: 'exchanging › redeeming', events: [received], hang: 'redeemCode', ...gone },
  {
    at: 'exchanging › redeeming',
    events: [received],
    hang: 'redeemCode',
    when: 'after',
    sent: [1, 0],
    ...gone,
  },
  { at: 'exchanging › committing', events: [received], hang: 'commitReceipt', sent: [1, 0], ...gone },
  {
    at: 'exchanging › committing',
    events: [received],
    hang: 'commitReceipt',
    when: 'after',
    sent: [1, 0],
    ...gone,
  },
  {
    at: 'exchanging › following',
    events: [received],
    hang: 'followClaim',
    answers: { claimFlow: { outcome: 'lost' } },
    ...goesOn,
  },
  {
    at: 'exchanging › identifying',
    events: [received],
    hang: 'identifyAccount',
    answers: { commitReceipt: { outcome: 'committed', expectedAccount: '1' } },
    sent: [1, 0],
    ...goesOn,
  },
  { at: 'exchanging › publishing', events: [received], hang: 'publishSession', sent: [1, 0], ...goesOn },
  {
    at: 'exchanging › recordingFailure',
    events: [received],
    hang: 'recordFailure',
    answers: { redeemCode: new AuthError('code_refused') },
    outcome: 'continues',
    rests: 'error.retryable',
    failure: 'code_refused',
    sent: [1, 0],
  },
  {
    at: 'exchanging › discarding',
    events: [received],
    hang: 'discardTokens',
    answers: { commitReceipt: { outcome: 'overtaken', failure: failureWith('exchange_interrupted') } },
    outcome: 'continues',
    rests: 'error.retryable',
    failure: 'exchange_interrupted',
    sent: [1, 0],
  },

  { at: 'authorized.fresh', events: [restore], outcome: 're-armed', rests: 'authorized.fresh' },
  {
    at: 'authorized.due',
    events: [restore],
    answers: { restoreSession: factsOf('due') },
    outcome: 'continues',
    rests: 'authorized.due',
  },
  { at: 'authorized.rereading', events: [adopt, restore], hang: 'restoreSession', ...goesOn },
  {
    at: 'authorized.stale.postponed',
    events: [restore, renew],
    answers: { rereadSession: down },
    outcome: 're-armed',
    rests: 'authorized.stale.postponed',
    failure: 'store_unavailable',
  },
  {
    at: 'authorized.stale.uncertain',
    events: [restore, renew],
    answers: { rereadSession: { outcome: 'uncertain', failure: failureWith('outcome_unknown') } },
    outcome: 're-armed',
    rests: 'authorized.stale.uncertain',
    failure: 'outcome_unknown',
  },
  {
    at: 'authorized.unsaved.saving',
    events: [restore],
    hang: 'saveUnsaved',
    answers: { restoreSession: factsOf('unsaved') },
    ...goesOn,
  },
  {
    at: 'authorized.unsaved.backingOff',
    events: [restore],
    answers: { restoreSession: factsOf('unsaved'), saveUnsaved: down },
    outcome: 're-armed',
    rests: 'authorized.unsaved.backingOff',
    failure: 'store_unavailable',
  },

  {
    at: 'authorized.renewing › holding.queueing',
    events: [restore, renew],
    hang: 'holdLock',
    sent: [0, 1],
    ...goesOn,
  },
  {
    at: 'authorized.renewing › holding.rereading',
    events: [restore, renew],
    hang: 'rereadSession',
    sent: [0, 1],
    ...goesOn,
  },
  {
    at: 'authorized.renewing › holding.waitingOut',
    events: [restore, renew],
    hang: 'waitOutJournal',
    answers: { rereadSession: { outcome: 'foreign', journal: secret() } },
    ...goneForNow,
  },
  {
    at: 'authorized.renewing › holding.journaling',
    events: [restore, renew],
    hang: 'writeJournal',
    ...goneForNow,
  },
  {
    at: 'authorized.renewing › holding.requesting',
    events: [restore, renew],
    hang: 'requestTokens',
    ...goneAndUnsure,
  },
  {
    at: 'authorized.renewing › holding.requesting',
    events: [restore, renew],
    hang: 'requestTokens',
    when: 'after',
    sent: [0, 1],
    ...goneAndUnsure,
  },
  {
    at: 'authorized.renewing › holding.saving',
    events: [restore, renew],
    hang: 'saveTokens',
    sent: [0, 1],
    ...goneAndUnsure,
  },
  {
    at: 'authorized.renewing › holding.withdrawing',
    events: [restore, renew],
    hang: 'clearJournal',
    answers: { requestTokens: { outcome: 'postponed', failure: failureWith('provider_busy') } },
    outcome: 'continues',
    rests: 'authorized.stale.postponed',
    failure: 'provider_busy',
    sent: [0, 1],
  },
  {
    at: 'authorized.renewing › holding.judgingRefusal',
    events: [restore, renew],
    hang: 'judgeRefusal',
    answers: { requestTokens: { outcome: 'refused', failure: failureWith('session_revoked') } },
    sent: [0, 1],
    ...goneForNow,
  },

  {
    at: 'expired',
    events: [restore],
    answers: { restoreSession: factsOf('spent') },
    outcome: 'continues',
    rests: 'expired',
    failure: 'session_revoked',
  },
  {
    at: 'signingOut › forgetting',
    events: [signOut],
    hang: 'forgetSession',
    outcome: 'continues',
    rests: 'idle',
  },
  { at: 'signingOut › burying', events: [signOut], hang: 'buryRecord', outcome: 'continues', rests: 'idle' },
  {
    at: 'signingOut › revoking',
    events: [signOut],
    hang: 'revokeTokens',
    outcome: 'continues',
    rests: 'idle',
  },
  {
    at: 'error.retryable',
    events: [restore],
    answers: { restoreSession: down },
    outcome: 'continues',
    rests: 'error.retryable',
    failure: 'store_unavailable',
  },
  {
    at: 'error.permanent',
    events: [restore],
    answers: { restoreSession: new AuthError('record_foreign') },
    outcome: 'continues',
    rests: 'error.permanent',
    failure: 'record_foreign',
  },
];

async function run(
  machine: AuthorizationMachine,
  events: readonly AuthorizationEvent[],
  snapshot?: Snapshot<unknown>,
) {
  const clock = virtualClock();
  const actor = createActor(machine, {
    input: { session: SESSION },
    ...(snapshot ? { snapshot } : {}),
  }).start();
  await clock.advance(0);
  for (const event of events) {
    actor.send(event);
    await clock.advance(0);
  }
  return actor;
}

function placeWithin(actor: AnyActorRef): string {
  const snapshot = actor.getSnapshot() as AnyMachineSnapshot;
  const children = snapshot.children as Record<string, AnyActorRef | undefined>;
  const child = children.exchange ?? children.renewal ?? children.signOut;
  return child ? `${placeOf(snapshot)} › ${placeWithin(child)}` : placeOf(snapshot);
}

/** The process ends where the row says, and another one takes the snapshot up. */
async function restored({ events, ...options }: Row) {
  const world = createWorld();
  const before = await run(world.machine(options), events);
  const at = placeWithin(before);
  const json = JSON.stringify(before.getPersistedSnapshot());
  before.stop();
  const armed = world.deadlines.length;
  const after = await run(world.machine(), [], JSON.parse(json) as Snapshot<unknown>);
  return { at, json, after, rearmed: world.deadlines.slice(armed), sent: world.sent };
}

describe('a snapshot that went through JSON', () => {
  it.each(rows)('of $at $outcome (hanging in $hang, $when)', async (row) => {
    const { at, json, after, rearmed, sent } = await restored(row);
    expect(at).toBe(row.at);
    expect(json).not.toContain(CANARY);
    expect(placeWithin(after)).toBe(row.rests);
    expect(after.getSnapshot().context.failure?.code).toBe(row.failure);
    const [codes, refreshTokens] = row.sent ?? [0, 0];
    expect(sent).toEqual({ codes, refreshTokens });
    if (row.outcome === 're-armed') expect(rearmed).toHaveLength(1);
    if (row.outcome === 'fails closed')
      expect(after.getSnapshot().context.failure?.message).toMatch(/\. .+\.$/);
    after.stop();
  });

  it('can be taken of every state in which a chart can rest or work', () => {
    const children = {
      exchanging: machines.exchangeMachine,
      'authorized.renewing': machines.renewalMachine,
      signingOut: machines.signOutMachine,
    };
    const standing = (machine: Parameters<typeof leavesOf>[0]) => {
      const passing = statesOf(machine)
        .filter(({ type, always }) => type === 'final' || always?.some(({ guard }) => guard === undefined))
        .map(pathOf);
      return leavesOf(machine).filter((state) => !passing.includes(state));
    };
    const places = standing(machines.authorizationMachine).flatMap((state) =>
      state in children
        ? standing(children[state as keyof typeof children]).map((child) => `${state} › ${child}`)
        : [state],
    );
    expect([...new Set(rows.map(({ at }) => at))].toSorted()).toEqual(places.toSorted());
  });

  it('of a popup that waits for its click fails closed when it is clicked', async () => {
    const row = rows.find(({ at }) => at === 'awaitingAuthorization.prepared')!;
    const { after } = await restored(row);
    after.send({ type: 'authorization.open' });
    await virtualClock().advance(0);
    expect(placeOf(after.getSnapshot())).toBe('error.permanent');
    expect(after.getSnapshot().context.failure?.code).toBe('secret_unavailable');
    after.stop();
  });

  it('of a deadline that was known when it was set keeps its moment', async () => {
    const { rearmed, after } = await restored(rows.find(({ at }) => at === 'authorized.fresh')!);
    expect(rearmed).toEqual([{ at: factsOf('fresh').dueAt, purpose: 'due', attempt: 0 }]);
    after.stop();
  });

  it('of a flow that waits takes its true callback and exchanges it once', async () => {
    const { after, sent } = await restored(
      rows.find(({ at, events }) => at === waiting && events[0] === alone)!,
    );
    after.send({ type: 'callback.received', callback: callback() });
    await virtualClock().advance(0);
    expect(placeOf(after.getSnapshot())).toBe('authorized.fresh');
    expect(sent.codes).toBe(1);
    after.stop();
  });
});

describe('a snapshot that never left its process', () => {
  it.each(['before', 'after'] as const)('sends the code once, taken %s it was sent', async (when) => {
    const world = createWorld();
    const first = await run(world.machine({ hang: 'redeemCode', when }), [received]);
    const snapshot = first.getPersistedSnapshot();
    const actors = [await run(world.machine(), [], snapshot), await run(world.machine(), [], snapshot)];
    expect(world.sent.codes).toBe(1);
    expect(actors.map((actor) => actor.getSnapshot().context.failure?.code ?? null)).toEqual(
      when === 'before' ? [null, 'secret_unavailable'] : ['secret_unavailable', 'secret_unavailable'],
    );
    for (const actor of [first, ...actors]) actor.stop();
  });
});
