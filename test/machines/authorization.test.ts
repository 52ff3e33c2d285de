import { describe, expect, it } from 'vitest';
import { createActor } from 'xstate';
import type { AuthorizationContext, AuthorizationEvent } from '../../src/machines/authorization.contract.js';
import type { AuthorizationActor } from '../../src/machines/authorization.machine.js';
import type { AuthorizationFact, AuthorizationRequest } from '../../src/machines/vocabulary.js';
import { AuthError } from '../../src/services/auth-error.js';
import { redact } from '../../src/services/redacted.js';
import { placeOf } from '../support/transitions.js';
import { createDesk } from './support/desk.js';
import { drive } from './support/drive.js';
import { factsOf, failureWith, grant, SESSION } from './support/samples.js';

const down = () => new AuthError('store_unavailable');
const prepared = {
  flow: 'flow',
  url: redact('https://x.example/authorize'),
  redirectUri: 'http://127.0.0.1:1/callback',
  expiresAt: 1_800_000_600_000,
};
const accepted = { outcome: 'accepted', flow: 'flow', session: SESSION, grant: grant() };
const rejected = { outcome: 'rejected', failure: failureWith('callback_unknown') };

function signIn(keepWarm = false) {
  const desk = createDesk();
  const actor: AuthorizationActor = createActor(desk.authorization, {
    input: { session: SESSION, keepWarm },
  });
  const told: AuthorizationFact[] = [];
  actor.on('*', (fact) => told.push(fact));
  actor.start();
  const send = (...events: AuthorizationEvent[]) => events.forEach((event) => actor.send(event));
  const receive = (url: string) =>
    send({ type: 'callback.received', callback: { url: redact(url), boundTo: null } });
  return {
    ...desk,
    send,
    receive,
    told: (type: AuthorizationFact['type']) => told.filter((fact) => fact.type === type),
    place: () => placeOf(actor.getSnapshot()),
    context: (): AuthorizationContext => actor.getSnapshot().context,
    /** Brings the actor to where a human is at the provider. */
    async present(request?: Partial<AuthorizationRequest>) {
      send({ type: 'authorization.begin', ...(request ? { request } : {}) });
      await desk.at('holdDeadline').tell({ type: 'deadline.armed', at: prepared.expiresAt });
      await desk.at('holdUserAgent').tell({ type: 'userAgent.listening', redirectUri: prepared.redirectUri });
      await desk.at('prepareAuthorization').answer(prepared);
    },
    async authorize(standing: 'fresh' | 'due' | 'unsaved' = 'fresh') {
      send({ type: 'session.restore' });
      await desk.at('restoreSession').answer(factsOf(standing));
    },
  };
}

describe('while a human is at the provider', () => {
  it('false callbacks are told and keep the flow waiting, and the true one ends it', async () => {
    const flow = signIn();
    await flow.present();
    const { signal: listener } = flow.at('holdUserAgent');
    for (const url of ['one', 'two', 'three']) {
      flow.receive(url);
      expect(flow.place()).toBe('awaitingAuthorization.presented.verifying');
      await flow.at('verifyCallback').answer(rejected);
      expect(flow.place()).toBe('awaitingAuthorization.presented.waiting');
    }
    expect(flow.told('callback.rejected')).toHaveLength(3);
    expect(flow.at('verifyCallback').input).toMatchObject({ flow: 'flow', rejected: 2 });
    expect(listener.aborted).toBe(false);
    flow.receive('true');
    await flow.at('verifyCallback').answer(accepted);
    expect(flow.place()).toBe('exchanging');
    expect(flow.calls('claimFlow')).toHaveLength(1);
    expect(listener.aborted).toBe(true);
  });

  it('callbacks queue in the order they came, at most 200', async () => {
    const flow = signIn();
    await flow.present();
    for (let i = 0; i < 210; i++) flow.receive(`callback ${i}`);
    const queued = flow.context().callbacks;
    expect(queued).toHaveLength(200);
    for (const callback of queued) {
      expect(flow.at('verifyCallback').given('callback')).toBe(callback);
      await flow.at('verifyCallback').answer(rejected);
    }
    expect(flow.place()).toBe('awaitingAuthorization.presented.waiting');
    expect(flow.calls('verifyCallback')).toHaveLength(200);
  });

  it('one callback too many, a refusal and a fault each end the flow in its record before they are told', async () => {
    for (const end of ['exhausted', 'refused', 'fault'] as const) {
      const flow = signIn();
      const failure = failureWith(end === 'refused' ? 'access_denied' : 'callback_limit');
      await flow.present();
      flow.receive('callback');
      if (end === 'fault') await flow.at('verifyCallback').fail(AuthError.from(failure));
      else await flow.at('verifyCallback').answer({ outcome: end, failure });
      expect(flow.at('abandonFlow').input).toEqual({ flow: 'flow', failure });
      expect(flow.told('authorization.failed')).toEqual([]);
      await flow.at('abandonFlow').answer(undefined);
      expect(flow.told('authorization.failed')).toEqual([{ type: 'authorization.failed', failure }]);
      expect(flow.context()).toMatchObject({ flow: null, url: null, callbacks: [], failure });
    }
  });

  it('the deadline ends the wait with its own failure', async () => {
    const flow = signIn();
    await flow.present();
    const failure = failureWith('authorization_timeout');
    await flow.at('holdDeadline').tell({ type: 'deadline.passed', failure });
    await flow.at('abandonFlow').fail(down());
    expect(flow.place()).toBe('error.retryable');
    expect(flow.context()).toMatchObject({ failure, deadline: null });
  });

  it('a second beginning gives the first up and starts again with what it changes', async () => {
    const flow = signIn();
    await flow.present({ scopes: ['one'], userAgent: 'none' });
    flow.send({ type: 'authorization.begin', request: { scopes: ['two'] } });
    expect(flow.at('abandonFlow').input).toEqual({ flow: 'flow', failure: null });
    await flow.at('abandonFlow').answer(undefined);
    expect(flow.place()).toBe('awaitingAuthorization.opening');
    expect(flow.calls('holdUserAgent')).toHaveLength(2);
    expect(flow.calls('holdUserAgent')[0]?.signal.aborted).toBe(true);
    expect(flow.context()).toMatchObject({
      flow: null,
      url: null,
      deadline: null,
      request: { scopes: ['two'], userAgent: 'none' },
    });
  });

  it('a popup waits for the click, and opens within it', async () => {
    const flow = signIn();
    await flow.present({ presentation: 'onOpen' });
    expect(flow.place()).toBe('awaitingAuthorization.prepared');
    expect(flow.calls('presentAuthorization')).toHaveLength(0);
    flow.send({ type: 'authorization.open' });
    expect(flow.calls('presentAuthorization')).toHaveLength(1);
  });

  it('a user agent that is through leaves the wait to the deadline; one that breaks ends it', async () => {
    const flow = signIn();
    await flow.present();
    await flow.at('holdUserAgent').complete();
    await flow.at('presentAuthorization').complete();
    expect(flow.place()).toBe('awaitingAuthorization.presented.waiting');
    const broken = signIn();
    await broken.present();
    await broken.at('presentAuthorization').fail(new AuthError('browser_unavailable'));
    expect(broken.at('abandonFlow').input).toMatchObject({ failure: { code: 'browser_unavailable' } });
  });
});

describe('cancelling', () => {
  it('goes back through the stored session', async () => {
    const flow = signIn();
    await flow.present();
    flow.send({ type: 'authorization.cancel' });
    expect(flow.at('abandonFlow').input).toEqual({ flow: 'flow', failure: null });
    await flow.at('abandonFlow').answer(undefined);
    expect(flow.place()).toBe('restoring.session');
    await flow.at('restoreSession').answer(null);
    expect(flow.place()).toBe('idle');
    expect(flow.context()).toMatchObject({ request: null, flow: null, url: null });
  });

  it('a step-up keeps the facts of the old session until the new one is there, and gives them back', async () => {
    const flow = signIn();
    await flow.authorize();
    await flow.present({ scopes: ['more'] });
    expect(flow.context().facts).toEqual(factsOf('fresh'));
    flow.send({ type: 'authorization.cancel' });
    await flow.at('abandonFlow').answer(undefined);
    await flow.at('restoreSession').answer(factsOf('fresh'));
    expect(flow.place()).toBe('authorized.fresh');
  });

  it('an exchange cannot be cancelled into the failure of an earlier sign-in', async () => {
    const flow = signIn();
    flow.send({ type: 'authorization.begin' });
    await flow.at('holdUserAgent').fail(new AuthError('port_in_use'));
    await flow.at('abandonFlow').answer(undefined);
    flow.receive('callback');
    await flow.at('verifyCallback').answer(accepted);
    flow.send({ type: 'authorization.cancel' });
    expect(flow.at('abandonFlow').input).toEqual({ flow: 'flow', failure: null });
  });

  it('tokens that were to be adopted are not kept', async () => {
    const flow = signIn();
    flow.send({ type: 'session.adopt', tokens: redact<unknown>('tokens') }, { type: 'authorization.cancel' });
    expect(flow.context().adopted).toBeNull();
  });
});

describe('while a flow is given up', () => {
  const giveUp = async () => {
    const flow = signIn();
    await flow.present({ scopes: ['one'] });
    flow.send({ type: 'authorization.cancel' });
    return flow;
  };

  it('a sign-out is not lost', async () => {
    const flow = await giveUp();
    flow.send({ type: 'session.signOut' });
    await flow.at('abandonFlow').answer(undefined);
    expect(flow.place()).toBe('signingOut');
  });

  it('a sign-out is taken back neither by a cancellation nor by a new beginning', async () => {
    const flow = await giveUp();
    flow.send({ type: 'session.signOut' }, { type: 'authorization.cancel' }, { type: 'authorization.begin' });
    await flow.at('abandonFlow').answer(undefined);
    expect(flow.place()).toBe('signingOut');
  });

  it('a new beginning is not lost', async () => {
    const flow = await giveUp();
    flow.send({ type: 'authorization.begin', request: { scopes: ['two'] } });
    await flow.at('abandonFlow').answer(undefined);
    expect(flow.place()).toBe('awaitingAuthorization.opening');
    expect(flow.context()).toMatchObject({ request: { scopes: ['two'], userAgent: 'interactive' } });
  });

  it('what failed can still be cancelled', async () => {
    const flow = signIn();
    await flow.present();
    await flow
      .at('holdDeadline')
      .tell({ type: 'deadline.passed', failure: failureWith('authorization_timeout') });
    flow.send({ type: 'authorization.cancel' });
    await flow.at('abandonFlow').answer(undefined);
    expect(flow.place()).toBe('restoring.session');
  });
});

describe('a callback of a flow that another actor began', () => {
  it('is looked up by its own record and exchanged', async () => {
    const flow = signIn();
    flow.receive('callback');
    expect(flow.at('verifyCallback').input).toMatchObject({ flow: null, rejected: 0 });
    await flow.at('verifyCallback').answer({ ...accepted, session: 'bob' });
    expect(flow.at('claimFlow').input).toMatchObject({ flow: 'flow' });
    expect(flow.context().session).toBe('bob');
  });

  it('does not bring an older one back that a failed sign-out left behind', () => {
    const desk = createDesk();
    const callback = (url: string) => ({ url: redact(url), boundTo: null });
    const { actor } = drive(desk.authorization, { session: SESSION }, [
      { type: 'callback.received', callback: callback('old') },
      { type: 'session.signOut' },
      { type: 'xstate.error.actor.signOut', error: down() },
    ]);
    const latest = callback('new');
    actor.send({ type: 'callback.received', callback: latest });
    expect(desk.at('verifyCallback').given('callback')).toBe(latest);
    actor.stop();
  });

  it('starts again with a whole request, though it began with none', async () => {
    const flow = signIn();
    flow.receive('callback');
    await flow.at('verifyCallback').answer(accepted);
    flow.send({ type: 'authorization.begin', request: { scopes: ['one'] } });
    await flow.at('abandonFlow').answer(undefined);
    expect(flow.at('holdUserAgent').input).toEqual({
      request: {
        scopes: ['one'],
        redirectUri: null,
        parameters: {},
        boundTo: null,
        expectedAccount: null,
        sessionEndsAt: null,
        userAgent: 'interactive',
        presentation: 'atOnce',
      },
    });
  });
});

describe('trying again', () => {
  it('a failed sign-in begins again with the same request, and shows no failure meanwhile', async () => {
    const flow = signIn();
    flow.send({ type: 'authorization.begin', request: { scopes: ['one'] } });
    await flow.at('holdUserAgent').fail(new AuthError('port_in_use'));
    await flow.at('abandonFlow').answer(undefined);
    flow.send({ type: 'flow.retry' });
    expect(flow.place()).toBe('awaitingAuthorization.opening');
    expect(flow.context()).toMatchObject({ failure: null, request: { scopes: ['one'] } });
    flow.send({ type: 'authorization.cancel' });
    expect(flow.at('abandonFlow').input).toEqual({ flow: null, failure: null });
  });

  it('a session that could not be read is read again, though a sign-in came before', async () => {
    const flow = signIn();
    await flow.present();
    flow.receive('callback');
    await flow.at('verifyCallback').answer(accepted);
    await flow.at('claimFlow').answer({ outcome: 'lost' });
    await flow.at('followClaim').answer({ outcome: 'completed', expectedAccount: null });
    await flow.at('publishSession').answer(factsOf('fresh'));
    expect(flow.told('session.authorized')).toHaveLength(1);
    await flow.at('watchSession').tell({ type: 'session.changed' });
    await flow.at('restoreSession').fail(down());
    expect(flow.place()).toBe('error.retryable');
    flow.send({ type: 'flow.retry' });
    expect(flow.place()).toBe('restoring.session');
  });

  it('a sign-in that was cancelled does not come back when the stored session cannot be read', async () => {
    const flow = signIn();
    await flow.present();
    flow.send({ type: 'authorization.cancel' });
    await flow.at('abandonFlow').answer(undefined);
    await flow.at('restoreSession').fail(down());
    flow.send({ type: 'flow.retry' });
    expect(flow.place()).toBe('restoring.session');
  });

  it('a failure that nothing can mend is not tried again', async () => {
    const flow = signIn();
    flow.send({ type: 'session.restore' });
    await flow.at('restoreSession').fail(new AuthError('record_foreign'));
    expect(flow.place()).toBe('error.permanent');
    flow.send({ type: 'flow.retry' });
    expect(flow.place()).toBe('error.permanent');
    flow.send({ type: 'flow.reset' });
    expect(flow.place()).toBe('restoring.session');
  });
});

describe('nothing of a service shows that is not a failure of ours', () => {
  it('an error that is no AuthError becomes unexpected, and is not quoted', async () => {
    const flow = signIn();
    flow.send({ type: 'session.restore' });
    await flow.at('restoreSession').fail(new Error('https://x.example/?code=c4nary'));
    expect(flow.context().failure).toMatchObject({ code: 'unexpected', phase: 'session' });
    expect(JSON.stringify(flow.context())).not.toContain('c4nary');
  });
});
