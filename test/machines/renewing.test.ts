import { describe, expect, it } from 'vitest';
import { createActor } from 'xstate';
import type { RenewalOutput } from '../../src/machines/renewal.machine.js';
import type { AuthorizationFact } from '../../src/machines/vocabulary.js';
import { AuthError } from '../../src/services/auth-error.js';
import { placeOf } from '../support/transitions.js';
import { answers } from './support/answers.js';
import { createDesk } from './support/desk.js';
import { factsOf, failureWith, secret, SESSION } from './support/samples.js';

const down = () => new AuthError('store_unavailable');
const renew = { outcome: 'renew', spendable: { version: '1', secrets: secret() } };
const written = { outcome: 'written', journal: { renewalId: 'renewal', version: '2', secrets: secret() } };

describe('one renewal', () => {
  function renewal() {
    const desk = createDesk();
    const actor = createActor(desk.renewal, { input: { session: SESSION, obtainedAt: 1 } }).start();
    return {
      ...desk,
      place: () => placeOf(actor.getSnapshot()),
      output: (): RenewalOutput | undefined => actor.getSnapshot().output,
      lock: (happened: 'acquired' | 'lost') => desk.at('holdLock').tell({ type: `lock.${happened}` }),
      async journaling() {
        await desk.at('holdLock').tell({ type: 'lock.acquired' });
        await desk.at('rereadSession').answer(renew);
      },
      async requesting() {
        await this.journaling();
        await desk.at('writeJournal').answer(written);
      },
    };
  }

  it('that loses the lock before it announced itself queues again, and lets go of what it held', async () => {
    const run = renewal();
    await run.journaling();
    const held = [run.at('holdLock').signal, run.at('writeJournal').signal];
    await run.lock('lost');
    expect(run.place()).toBe('holding.queueing');
    expect(held.map(({ aborted }) => aborted)).toEqual([true, true]);
    expect(run.calls('holdLock')).toHaveLength(2);
    await run.lock('acquired');
    expect(run.place()).toBe('holding.rereading');
  });

  it('that loses the lock after its request went out goes on to its end', async () => {
    const run = renewal();
    await run.requesting();
    await run.lock('lost');
    expect(run.place()).toBe('holding.requesting');
    expect(run.at('requestTokens').signal.aborted).toBe(false);
    await run.at('requestTokens').answer({ outcome: 'renewed', tokens: secret() });
    await run.at('saveTokens').answer({ outcome: 'saved', facts: factsOf('fresh') });
    expect(run.output()).toEqual({ outcome: 'renewed', facts: factsOf('fresh') });
  });

  it.each(['requesting', 'saving', 'judging a refusal', 'withdrawing'])(
    'whose lock breaks while %s does not call a token unspent that may be spent',
    async (stage) => {
      const run = renewal();
      await run.requesting();
      const request = run.at('requestTokens');
      if (stage === 'saving') await request.answer({ outcome: 'renewed', tokens: secret() });
      if (stage === 'judging a refusal') {
        await request.answer({ outcome: 'refused', failure: failureWith('session_revoked') });
      }
      if (stage === 'withdrawing') {
        await request.answer({ outcome: 'postponed', failure: failureWith('provider_busy') });
      }
      const before = run.place();
      await run.at('holdLock').fail(down());
      expect(run.place()).toBe(before);
      expect(run.output()).toBeUndefined();
    },
  );

  it.each(['queueing', 'rereading', 'journaling'])(
    'whose lock breaks while %s is postponed',
    async (stage) => {
      const run = renewal();
      if (stage === 'rereading') await run.lock('acquired');
      if (stage === 'journaling') await run.journaling();
      expect(run.place()).toBe(`holding.${stage}`);
      await run.at('holdLock').fail(down());
      expect(run.output()).toEqual({ outcome: 'postponed', failure: down().failure });
    },
  );

  it('that finds another journal waits it out and looks again', async () => {
    const run = renewal();
    await run.lock('acquired');
    await run.at('rereadSession').answer({ outcome: 'foreign', journal: secret() });
    expect(run.place()).toBe('holding.waitingOut');
    await run.at('waitOutJournal').answer(undefined);
    expect(run.calls('rereadSession')).toHaveLength(2);
  });

  it('that loses the race for the journal looks again and sends nothing', async () => {
    const run = renewal();
    await run.journaling();
    await run.at('writeJournal').answer({ outcome: 'conflict' });
    expect(run.place()).toBe('holding.rereading');
    expect(run.calls('requestTokens')).toHaveLength(0);
  });

  it('that was held up after its announcement queues again, as if it had announced nothing', async () => {
    const run = renewal();
    await run.requesting();
    await run.at('requestTokens').answer({ outcome: 'tooLate' });
    expect(run.place()).toBe('holding.queueing');
    await run.at('holdLock').fail(down());
    expect(run.output()).toEqual({ outcome: 'postponed', failure: down().failure });
  });

  it('whose request fails in a way nobody foresaw counts as perhaps spent', async () => {
    const run = renewal();
    await run.requesting();
    await run.at('requestTokens').fail(new Error('?'));
    expect(run.output()).toMatchObject({
      outcome: 'unknown',
      failure: { code: 'unexpected', phase: 'renewal' },
    });
  });

  it('that was turned away withdraws its journal, and stays postponed if that fails', async () => {
    const run = renewal();
    await run.requesting();
    await run.at('requestTokens').answer({ outcome: 'postponed', failure: failureWith('provider_busy') });
    await run.at('clearJournal').fail(down());
    expect(run.output()).toEqual({ outcome: 'postponed', failure: failureWith('provider_busy') });
  });

  it('of a client that is misconfigured withdraws its journal and says so', async () => {
    const run = renewal();
    await run.requesting();
    const failure = failureWith('client_misconfigured');
    await run.at('requestTokens').answer({ outcome: 'misconfigured', failure });
    await run.at('clearJournal').answer(undefined);
    expect(run.output()).toEqual({ outcome: 'misconfigured', failure });
  });
});

describe('a session', () => {
  async function session(standing: 'fresh' | 'due' | 'unsaved' = 'due', keepWarm = false) {
    const desk = createDesk();
    const actor = createActor(desk.authorization, { input: { session: SESSION, keepWarm } });
    const told: AuthorizationFact[] = [];
    actor.on('*', (fact) => told.push(fact));
    actor.start();
    actor.send({ type: 'session.restore' });
    await desk.at('restoreSession').answer(factsOf(standing));
    const answerRenewal = async (output: RenewalOutput) => {
      const answer = { type: 'xstate.done.actor.renewal', output };
      Reflect.apply(actor.send, actor, [answer]);
      await desk.settle();
    };
    return { ...desk, actor, told, answerRenewal, place: () => placeOf(actor.getSnapshot()) };
  }

  const outcomes: readonly (readonly [
    RenewalOutput['outcome'],
    string,
    readonly AuthorizationFact['type'][],
  ])[] = [
    ['renewed', 'authorized.fresh', ['session.renewed']],
    ['unsaved', 'authorized.unsaved.saving', ['session.unsaved']],
    ['postponed', 'authorized.stale.postponed', ['session.postponed']],
    ['unknown', 'authorized.stale.uncertain', ['session.postponed']],
    ['misconfigured', 'error.permanent', ['authorization.failed']],
    ['ended', 'expired', ['session.expired']],
    ['signedOut', 'idle', ['session.signedOut']],
  ];

  it.each(outcomes)('whose renewal is %s comes to %s and tells %s', async (outcome, place, told) => {
    const run = await session();
    run.actor.send({ type: 'session.renew' });
    const output = answers.renewal.find((answer) => answer.outcome === outcome);
    await run.answerRenewal(output!);
    expect(run.place()).toBe(place);
    expect(run.told.map(({ type }) => type)).toEqual(told);
    run.actor.stop();
  });

  it('backs off longer after each failure, and not before the provider allows', async () => {
    const run = await session();
    run.actor.send({ type: 'session.renew' });
    await run.answerRenewal({ outcome: 'postponed', failure: failureWith('provider_busy', 77) });
    expect(run.at('holdDeadline').input).toEqual({ at: 77, purpose: 'retry', attempt: 1 });
    await run
      .at('holdDeadline')
      .tell({ type: 'deadline.passed', failure: failureWith('provider_unreachable') });
    await run.answerRenewal({ outcome: 'postponed', failure: failureWith('provider_unreachable') });
    expect(run.at('holdDeadline').input).toEqual({ at: null, purpose: 'retry', attempt: 2 });
    run.actor.stop();
  });

  it('is tried at once by hand while its token is unspent, and not while it may be spent', async () => {
    const run = await session();
    run.actor.send({ type: 'session.renew' });
    await run.answerRenewal({ outcome: 'unknown', failure: failureWith('outcome_unknown') });
    run.actor.send({ type: 'flow.retry' });
    expect(run.place()).toBe('authorized.stale.uncertain');
    await run
      .at('holdDeadline')
      .tell({ type: 'deadline.passed', failure: failureWith('provider_unreachable') });
    await run.answerRenewal({ outcome: 'postponed', failure: failureWith('provider_busy') });
    run.actor.send({ type: 'flow.retry' });
    expect(run.place()).toBe('authorized.renewing');
    run.actor.stop();
  });

  it('that cannot be renewed ends when its access token does', async () => {
    const run = await session();
    run.actor.send({ type: 'session.restore' });
    await run.at('restoreSession').answer(factsOf('fresh', { renewable: false }));
    const failure = failureWith('session_expired');
    await run.at('holdDeadline').tell({ type: 'deadline.passed', failure });
    expect(run.place()).toBe('expired');
    expect(run.told).toEqual([{ type: 'session.expired', failure }]);
    run.actor.stop();
  });

  it('is renewed by nobody ahead of time unless it is kept warm', async () => {
    const run = await session('fresh');
    await run.at('holdDeadline').tell({ type: 'deadline.passed', failure: failureWith('session_expired') });
    expect(run.place()).toBe('authorized.due');
    run.actor.stop();
  });

  it('kept warm stops renewing ahead after three renewals that changed nothing, and goes on after one that did', async () => {
    const run = await session('due', true);
    for (let renewals = 1; renewals <= 3; renewals++) {
      expect(run.place()).toBe('authorized.renewing');
      expect(run.calls('holdLock')).toHaveLength(renewals);
      await run.answerRenewal({ outcome: 'renewed', facts: factsOf('due') });
    }
    expect(run.place()).toBe('authorized.due');
    run.actor.send({ type: 'session.renew' });
    await run.answerRenewal({ outcome: 'renewed', facts: factsOf('fresh') });
    await run.at('holdDeadline').tell({ type: 'deadline.passed', failure: failureWith('session_expired') });
    expect(run.place()).toBe('authorized.renewing');
    run.actor.stop();
  });

  it('that is unsaved keeps saving, and is told once that it is saved', async () => {
    const run = await session('unsaved');
    for (const attempt of [1, 2]) {
      await run.at('saveUnsaved').fail(down());
      expect(run.place()).toBe('authorized.unsaved.backingOff');
      expect(run.at('holdDeadline').input).toEqual({ at: null, purpose: 'retry', attempt });
      await run
        .at('holdDeadline')
        .tell({ type: 'deadline.passed', failure: failureWith('provider_unreachable') });
    }
    await run.at('saveUnsaved').answer(factsOf('fresh'));
    expect(run.place()).toBe('authorized.fresh');
    expect(run.actor.getSnapshot().context).toMatchObject({ attempts: 0, failure: null });
    run.actor.stop();
  });

  it('that is unsaved and was signed out elsewhere is over', async () => {
    const run = await session('unsaved');
    await run.at('saveUnsaved').fail(new AuthError('not_signed_in'));
    expect(run.place()).toBe('idle');
    expect(run.told.at(-1)).toEqual({ type: 'session.signedOut', report: null });
    expect(run.actor.getSnapshot().context.facts).toBeNull();
    run.actor.stop();
  });

  it('that another process changed is read again; one that it signed out is over', async () => {
    const run = await session('fresh');
    await run.at('watchSession').tell({ type: 'session.changed' });
    await run.at('restoreSession').answer(factsOf('spent'));
    expect(run.place()).toBe('expired');
    await run.at('watchSession').tell({ type: 'session.changed' });
    await run.at('restoreSession').answer(null);
    expect(run.place()).toBe('idle');
    run.actor.stop();
  });
});
