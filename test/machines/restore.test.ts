import { describe, expect, it } from 'vitest';
import { createActor } from 'xstate';
import type { AnyActorRef, AnyMachineSnapshot, Snapshot } from 'xstate';
import type { AuthorizationEvent } from '../../src/machines/authorization.contract.js';
import type { AuthorizationActor, AuthorizationMachine } from '../../src/machines/authorization.machine.js';
import type { ErrorCode } from '../../src/machines/vocabulary.js';
import { AuthError } from '../../src/services/auth-error.js';
import { virtualClock } from '../../src/adapters/virtual/virtual-clock.js';
import { redact } from '../../src/services/redacted.js';
import { leavesOf, placeOf, statesOf, pathOf } from '../support/transitions.js';
import { machines } from './support/answers.js';
import { CANARY, callback, factsOf, failureWith, secret, SESSION } from './support/samples.js';
import { createWorld } from './support/world.js';
import type { WorldOptions } from './support/world.js';

type Outcome =
  /** Goes on as if nothing had happened. */
  | 'continues'
  /** Stays where it was, its deadline held anew. */
  | 're-armed'
  /** The secret it would need is gone: it ends in a typed failure and sends nothing. */
  | 'fails closed';

interface Row extends WorldOptions {
  /** The innermost state, a child machine's with it. */
  readonly at: string;
  readonly events: readonly AuthorizationEvent[];
  readonly outcome: Outcome;
  /** Where it comes to rest. */
  readonly then: string;
  readonly failure?: ErrorCode;
  /** How often code and refresh token were sent, before and after together. */
  readonly sent?: { readonly codes?: number; readonly refreshTokens?: number };
  readonly afterwards?: readonly AuthorizationEvent[];
}

const restore = { type: 'session.restore' } as const;
const begin = { type: 'authorization.begin' } as const;
const alone = { type: 'authorization.begin', request: { userAgent: 'none' } } as const;
const popup = { type: 'authorization.begin', request: { presentation: 'onOpen' } } as const;
const received = { type: 'callback.received', callback: callback() } as const;
const adopt = { type: 'session.adopt', tokens: secret() } as const;
const renew = { type: 'session.renew' } as const;
const signOut = { type: 'session.signOut' } as const;
const cancel = { type: 'authorization.cancel' } as const;
const down = new AuthError('store_unavailable');
const lost = 'secret_unavailable';

const rows: readonly Row[] = [{ at: 'idle', events: [], outcome: 'continues', then: 'idle' }];

async function run(
  machine: AuthorizationMachine,
  snapshot: Snapshot<unknown> | null,
  events: readonly AuthorizationEvent[],
) {
  const clock = virtualClock();
  const input = { session: SESSION };
  const actor = createActor(machine, snapshot ? { input, snapshot } : { input });
  actor.start();
  await clock.advance(0);
  for (const event of events) {
    actor.send(event);
    await clock.advance(0);
  }
  return actor;
}

function placeWithin(actor: AuthorizationActor | AnyActorRef): string {
  const snapshot = actor.getSnapshot() as AnyMachineSnapshot;
  const child = ['exchange', 'renewal', 'signOut'].map((id) => snapshot.children[id]).find((ref) => ref);
  return child ? `${placeOf(snapshot)} › ${placeWithin(child)}` : placeOf(snapshot);
}

const R = (
  at: string,
  events: AuthorizationEvent[],
  o: WorldOptions = {},
): [string, AuthorizationEvent[], WorldOptions] => [at, events, o];
it('probe', async () => {
  const list = [
    R('idle', []),
    R('restoring.session', [restore], { hang: 'restoreSession' }),
    R('restoring.flow', [received], { hang: 'verifyCallback' }),
    R('adopting', [adopt], { hang: 'adoptTokens' }),
    R('adopting', [adopt], { hang: 'adoptTokens', when: 'after' }),
    R('opening', [begin], { hang: 'holdUserAgent' }),
    R('preparing', [begin], { hang: 'prepareAuthorization' }),
    R('preparing bound', [{ type: 'authorization.begin', request: { boundTo: redact(CANARY) } }], {
      hang: 'prepareAuthorization',
    }),
    R('prepared', [popup]),
    R('waiting', [begin]),
    R('waiting none', [alone]),
    R('verifying', [alone, received], { hang: 'verifyCallback' }),
    R('abandoning', [alone, cancel], { hang: 'abandonFlow' }),
    R('claiming', [received], { hang: 'claimFlow' }),
    R('claiming', [received], { hang: 'claimFlow', when: 'after' }),
    R('redeeming', [received], { hang: 'redeemCode' }),
    R('redeeming', [received], { hang: 'redeemCode', when: 'after' }),
    R('committing', [received], { hang: 'commitReceipt' }),
    R('committing', [received], { hang: 'commitReceipt', when: 'after' }),
    R('following', [received], { hang: 'followClaim', answers: { claimFlow: { outcome: 'lost' } } }),
    R('identifying', [received], {
      hang: 'identifyAccount',
      answers: { commitReceipt: { outcome: 'committed', expectedAccount: '1' } },
    }),
    R('publishing', [received], { hang: 'publishSession' }),
    R('recordingFailure', [received], {
      hang: 'recordFailure',
      answers: { redeemCode: new AuthError('code_refused') },
    }),
    R('discarding', [received], {
      hang: 'discardTokens',
      answers: { commitReceipt: { outcome: 'overtaken', failure: failureWith('exchange_interrupted') } },
    }),
    R('fresh', [restore]),
    R('due', [restore], { answers: { restoreSession: factsOf('due') } }),
    R('queueing', [restore, renew], { hang: 'holdLock' }),
    R('rereading', [restore, renew], { hang: 'rereadSession' }),
    R('waitingOut', [restore, renew], {
      hang: 'waitOutJournal',
      answers: { rereadSession: { outcome: 'foreign', journal: secret() } },
    }),
    R('journaling', [restore, renew], { hang: 'writeJournal' }),
    R('requesting', [restore, renew], { hang: 'requestTokens' }),
    R('requesting', [restore, renew], { hang: 'requestTokens', when: 'after' }),
    R('saving', [restore, renew], { hang: 'saveTokens' }),
    R('withdrawing', [restore, renew], {
      hang: 'clearJournal',
      answers: { requestTokens: { outcome: 'postponed', failure: failureWith('provider_busy') } },
    }),
    R('judging', [restore, renew], {
      hang: 'judgeRefusal',
      answers: { requestTokens: { outcome: 'refused', failure: failureWith('session_revoked') } },
    }),
    R('postponed', [restore, renew], { answers: { rereadSession: down } }),
    R('uncertain', [restore, renew], {
      answers: { rereadSession: { outcome: 'uncertain', failure: failureWith('outcome_unknown', 5) } },
    }),
    R('unsaved saving', [restore], { hang: 'saveUnsaved', answers: { restoreSession: factsOf('unsaved') } }),
    R('backingOff', [restore], { answers: { restoreSession: factsOf('unsaved'), saveUnsaved: down } }),
    R('rereading', [restore, restore], { hang: 'restoreSession' }),
    R('expired', [restore], { answers: { restoreSession: factsOf('spent') } }),
    R('forgetting', [signOut], { hang: 'forgetSession' }),
    R('burying', [signOut], { hang: 'buryRecord' }),
    R('revoking', [signOut], { hang: 'revokeTokens' }),
    R('retryable', [restore], { answers: { restoreSession: down } }),
    R('permanent', [restore], { answers: { restoreSession: new AuthError('record_foreign') } }),
  ];
  for (const [at, events, o] of list) {
    const world = createWorld();
    const actor = await run(world.machine(o), null, events);
    const place = placeWithin(actor);
    const json = JSON.stringify(actor.getPersistedSnapshot());
    const n = world.deadlines.length;
    actor.stop();
    const again = await run(world.machine(), JSON.parse(json) as Snapshot<unknown>, []);
    console.log(
      at.padEnd(20),
      place.padEnd(48),
      '→',
      placeWithin(again).padEnd(40),
      again.getSnapshot().context.failure?.code,
      JSON.stringify(world.sent),
      world.deadlines.length - n,
      json.includes(CANARY),
      again.getSnapshot().status,
    );
    again.stop();
  }
});
void rows;
void cancel;
void lost;
void leavesOf;
void statesOf;
void pathOf;
void machines;
void describe;
void expect;
