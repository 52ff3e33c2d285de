import { inspectFlow } from 'authchart/inspect';
import type { FlowEvent, FlowSource } from 'authchart/inspect';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { createActor, setup } from 'xstate';
import { callbackOf, eventually, held, startAcme } from '../client/support/acme.js';
import type { Acme } from '../client/support/acme.js';
import { json } from '../services/support/loopback-server.js';

let acme: Acme;
beforeEach(async () => {
  acme = await startAcme();
});
afterEach(() => acme.close());

/** A client that is watched from its first moment, and all that is told of it. */
function watched(options: Parameters<Acme['clientOf']>[0] = {}) {
  const client = acme.clientOf(options);
  const events: FlowEvent[] = [];
  let source: FlowSource | undefined;
  const stop = inspectFlow(client, (event, from) => {
    events.push(event);
    source = from;
  });
  const moves = () => events.flatMap((event) => (event.type === 'actor.moved' ? [event] : []));
  const messages = () => events.flatMap((event) => (event.type === 'message.passed' ? [event] : []));
  const nameOf = new Proxy({} as Record<string, string>, {
    get: (_, id) =>
      events.flatMap((event) =>
        event.type === 'actor.started' && event.actor.id === id ? [event.actor.name] : [],
      )[0],
  });
  const steps = () =>
    moves()
      .filter(({ through }) => through.length > 0)
      .map(
        ({ actor, event, from, through }) => `${nameOf[actor]}: ${event}: ${[from, ...through].join(' → ')}`,
      );
  const signIn = async () => {
    const { state } = await client.begin();
    return client.complete(callbackOf(state));
  };
  return { client, events, stop, moves, messages, steps, signIn, source: () => source! };
}

describe('the stream', () => {
  it('tells the way of a sign-in, a renewal and a sign-out', async () => {
    const { steps, signIn } = watched();
    const session = await signIn();
    await session.renew();
    await session.signOut();
    expect(steps()).toEqual([
      'authorization: authorization.begin: idle → awaitingAuthorization.opening',
      'authorization: userAgent.listening: awaitingAuthorization.opening → awaitingAuthorization.preparing',
      'authorization: done(prepareAuthorization): awaitingAuthorization.preparing → awaitingAuthorization.presented.waiting',
      'authorization: callback.received: idle → restoring.flow',
      'authorization: done(recallFlow): restoring.flow → exchanging',
      'exchange: done(claimFlow): claiming → redeeming',
      'exchange: done(redeemCode): redeeming → committing',
      'exchange: done(commitReceipt): committing → committed → publishing',
      'exchange: done(publishSession): publishing → authorized',
      'authorization: done(exchange): exchanging → authorized.assessing → authorized.fresh',
      'authorization: session.restore: idle → restoring.session',
      'authorization: done(restoreSession): restoring.session → authorized.assessing → authorized.fresh',
      'authorization: session.renew: authorized.fresh → authorized.renewing',
      'renewal: lock.acquired: holding.queueing → holding.rereading',
      'renewal: done(rereadSession): holding.rereading → holding.journaling',
      'renewal: done(writeJournal): holding.journaling → holding.requesting',
      'renewal: done(requestTokens): holding.requesting → holding.saving',
      'renewal: done(saveTokens): holding.saving → renewed',
      'authorization: done(renewal): authorized.renewing → authorized.assessing → authorized.fresh',
      'authorization: session.signOut: idle → signingOut',
      'signOut: done(forgetSession): forgetting → burying',
      'signOut: done(buryRecord): burying → revoking',
      'signOut: done(revokeTokens): revoking → signedOut',
      'authorization: done(signOut): signingOut → idle',
    ]);
  });

  it('counts its events, and every actor that started has stopped', async () => {
    const { events, signIn, client } = watched();
    await (await signIn()).signOut();
    await client.close();
    expect(events.map(({ sequence }) => sequence)).toEqual(events.map((_, at) => at + 1));
    const started = events.flatMap((event) => (event.type === 'actor.started' ? [event.actor.id] : []));
    const stopped = events.flatMap((event) => (event.type === 'actor.stopped' ? [event.actor] : []));
    expect(stopped.toSorted()).toEqual(started.toSorted());
    expect(new Set(started).size).toBe(started.length);
  });

  it('gives every actor its parent, its machine and its session', async () => {
    const { events, client } = watched();
    const { state } = await client.begin({ session: 'alice' });
    await client.complete(callbackOf(state));
    const actors = events.flatMap((event) => (event.type === 'actor.started' ? [event.actor] : []));
    const exchange = actors.find(({ name }) => name === 'exchange')!;
    const claim = actors.find(({ name }) => name === 'claimFlow')!;
    expect(exchange).toMatchObject({ machine: 'exchange', session: 'alice' });
    expect(claim).toEqual({
      id: claim.id,
      parent: exchange.id,
      machine: null,
      name: 'claimFlow',
      session: 'alice',
    });
    expect(actors.find(({ id }) => id === exchange.parent)).toMatchObject({
      machine: 'authorization',
      parent: null,
    });
  });

  it('tells of no event that led nowhere', async () => {
    const { moves, signIn } = watched();
    await signIn();
    expect(moves().filter(({ through, failure }) => through.length === 0 && failure === null)).toEqual([]);
  });

  it('measures how long a state lasted, by the clock that never jumps', async () => {
    const { moves, client } = watched();
    const session = await client.complete(callbackOf((await client.begin()).state));
    const release = session.subscribe(() => {});
    await acme.clock.advance(3_700_000);
    expect(moves().findLast(({ event }) => event === 'deadline.passed')).toMatchObject({
      from: 'authorized.fresh',
      to: 'authorized.due',
      lasted: 3_600_000 - 30_000,
    });
    release();
  });

  it('tells what was sent and received, and masks what is secret', async () => {
    const { messages, signIn } = watched({ clientSecret: 'the-client-secret' });
    const session = await signIn();
    await session.renew();
    await session.fetch(`${acme.origin}/api/of/a/person?token=secret`, { method: 'POST' });
    acme.api.push(json({ id: 'the-person' }));
    await session.account();
    await session.signOut();
    const told = messages().map(({ message: { from, name, line, status, parts } }) =>
      [
        `${from}: ${name}${status === null ? '' : ` ${status}`}, ${line.replace(acme.origin, '')}`,
        ...parts.map((part) => `${part.name}=${part.value ?? '*'}`),
      ].join(' '),
    );
    const granted = 'token_type=bearer expires_in=3600 access_token=* refresh_token=* scope=*';
    expect(told).toEqual([
      'client: authorization request, /authorize response_type=code client_id=client redirect_uri=https://app.example/callback scope=read offline state=* code_challenge=* code_challenge_method=S256',
      'provider: authorization response, the redirect URI code=* state=*',
      'client: token request, POST /token authorization: Basic=* redirect_uri=https://app.example/callback code=* code_verifier=* grant_type=authorization_code',
      `provider: token response 200, POST /token ${granted}`,
      'client: token request, POST /token authorization: Basic=* refresh_token=* grant_type=refresh_token',
      `provider: token response 200, POST /token ${granted}`,
      'client: API request, POST  authorization: Bearer=*',
      'provider: API response 404, POST ',
      'client: account request, GET /api authorization: Bearer=*',
      'provider: account response 200, GET /api others=1',
      'client: revocation request, POST /revoke authorization: Basic=* token_type_hint=refresh_token token=*',
      'provider: revocation response 200, POST /revoke',
      'client: revocation request, POST /revoke authorization: Basic=* token_type_hint=access_token token=*',
      'provider: revocation response 200, POST /revoke',
    ]);
  });

  it('joins a request and its answer, and names the service and the session that sent it', async () => {
    const { messages, events, client } = watched();
    const { state } = await client.begin({ session: 'alice' });
    await client.complete(callbackOf(state));
    const [request, answer] = messages().filter(({ message }) => message.name.startsWith('token'));
    expect(request!.message.exchange).toBe(answer!.message.exchange);
    expect(request).toMatchObject({ session: 'alice' });
    expect(
      events.find((event) => event.type === 'actor.started' && event.actor.id === request!.actor),
    ).toMatchObject({ actor: { name: 'redeemCode' } });
  });

  it('tells a failure by its code, its phase and what the provider said in a word', async () => {
    acme.script.push(json({ error: 'invalid_grant', error_description: 'the code is dead' }, 400));
    const { moves, messages, signIn } = watched();
    await signIn().catch(() => null);
    const failed = moves().find(({ to }) => to.startsWith('error'));
    expect(failed?.failure).toEqual({
      code: 'code_refused',
      phase: 'exchange',
      retryable: true,
      retryAt: null,
      status: 400,
      error: 'invalid_grant',
    });
    expect(messages().at(-1)?.message).toMatchObject({
      status: 400,
      parts: [
        { name: 'error', value: 'invalid_grant' },
        { name: 'error_description', value: null },
      ],
    });
  });

  it('says that no answer came, and why', async () => {
    acme.script.push((_, response) => void response.socket?.destroy());
    const { messages, signIn } = watched();
    await signIn().catch(() => null);
    expect(messages().at(-1)?.message).toMatchObject({
      name: 'no response',
      status: null,
      parts: [{ name: 'reason', value: 'reset' }],
    });
  });

  it('tells of what runs already when it begins', async () => {
    const client = acme.clientOf();
    const { state } = await client.begin();
    const session = await client.complete(callbackOf(state));
    let status = '';
    const release = session.subscribe((change) => void (status = change.status));
    await eventually(() => status === 'fresh');
    const events: FlowEvent[] = [];
    inspectFlow(client, (event) => events.push(event));
    expect(events.map((event) => event.type === 'actor.started' && [event.actor.name, event.state])).toEqual([
      ['authorization', 'authorized.fresh'],
      ['watch', null],
      ['freshness', null],
    ]);
    release();
  });

  it('follows one actor, and no other beside it', async () => {
    const { machine } = acme.clientOf();
    const around = setup({ actors: { authorization: machine } }).createMachine({
      invoke: { src: 'authorization', id: 'one', input: { session: 'one' } },
      initial: 'alone',
      states: {
        alone: { on: { MORE: 'together' } },
        together: { invoke: { src: 'authorization', id: 'other', input: { session: 'other' } } },
      },
    });
    const outer = createActor(around).start();
    const { one } = outer.getSnapshot().children;
    const events: FlowEvent[] = [];
    inspectFlow(one as never, (event) => events.push(event));
    outer.send({ type: 'MORE' });
    const { other } = outer.getSnapshot().children as Record<string, typeof one>;
    for (const actor of [one, other])
      actor!.send({ type: 'authorization.begin', request: { userAgent: 'none' } } as never);
    await eventually(() => (other!.getSnapshot() as { hasTag(tag: string): boolean }).hasTag('awaitingUser'));
    await eventually(() => (one!.getSnapshot() as { hasTag(tag: string): boolean }).hasTag('awaitingUser'));
    const actors = events.flatMap((event) => (event.type === 'actor.started' ? [event.actor] : []));
    expect(actors.length).toBeGreaterThan(3);
    expect(new Set(actors.map(({ session }) => session))).toEqual(new Set(['one']));
    expect(events.filter((event) => event.type === 'message.passed')).toHaveLength(1);
  });

  it('tells of no answer that comes after its end', async () => {
    const { events, stop, signIn } = watched();
    const session = await signIn();
    const answer = held(json({}));
    acme.api.push(answer.answer);
    const calling = session.fetch(`${acme.origin}/api`);
    await answer.arrived;
    stop();
    const until = events.length;
    answer.go();
    await calling;
    expect(events.length).toBe(until);
  });

  it('ends when it is ended, for actors that run and for those to come', async () => {
    const { events, stop, client, signIn } = watched();
    const session = await signIn();
    const release = session.subscribe(() => {});
    stop();
    const until = events.length;
    await session.renew();
    await session.fetch(`${acme.origin}/api`);
    release();
    await client.begin();
    expect(events.length).toBe(until);
  });

  it('follows an actor that an application made of the chart, with its messages', async () => {
    const { machine } = acme.clientOf();
    const actor = createActor(machine, { input: { session: 'alice' } }).start();
    const events: FlowEvent[] = [];
    inspectFlow(actor, (event) => events.push(event));
    actor.send({ type: 'authorization.begin', request: { userAgent: 'none' } });
    await eventually(() => actor.getSnapshot().hasTag('awaitingUser'));
    expect(events.some((event) => event.type === 'message.passed' && event.session === 'alice')).toBe(true);
    actor.stop();
    expect(events.at(-1)).toMatchObject({ type: 'actor.stopped', outcome: 'stopped' });
  });

  it('shows nothing of a machine around the chart, and all of the chart in it', async () => {
    const { machine } = acme.clientOf();
    const around = setup({ actors: { authorization: machine } }).createMachine({
      id: 'exchange',
      context: { session: 'CANARY', facts: { scopes: ['CANARY'] }, failure: { code: 'CANARY' } },
      initial: 'CANARY',
      states: {
        CANARY: {
          invoke: { src: 'authorization', id: 'inner', input: { session: 'inner' } },
          on: { CANARY: { target: 'CANARY', reenter: true } },
        },
      },
    });
    const actor = createActor(around).start();
    const events: FlowEvent[] = [];
    inspectFlow(actor as never, (event) => events.push(event));
    actor.send({ type: 'CANARY' });
    const inner = () => actor.getSnapshot().children['inner']!;
    inner().send({ type: 'session.restore' });
    await eventually(() => events.some((event) => event.type === 'actor.moved' && event.to === 'idle'));
    expect(events.find((event) => event.type === 'actor.started')).toMatchObject({
      actor: { machine: 'authorization', parent: null, session: 'inner' },
    });
    expect(JSON.stringify(events)).not.toContain('CANARY');
    actor.stop();
  });

  it('names no event that is not of the chart', async () => {
    const client = acme.clientOf();
    const actor = createActor(client.machine, { input: { session: 'alice' } }).start();
    const events: FlowEvent[] = [];
    inspectFlow(actor, (event) => events.push(event));
    actor.send({ type: 'CANARY' } as never);
    actor.send({ type: 'xstate.done.actor.CANARY-1' } as never);
    expect(JSON.stringify(events)).not.toContain('CANARY');
    actor.stop();
  });

  it('survives a sink that throws', async () => {
    const client = acme.clientOf();
    const unhandled = vi.fn();
    process.once('unhandledRejection', unhandled);
    let told = 0;
    inspectFlow(client, () => {
      if (told++ === 0) throw new Error('no disk');
    });
    const { state } = await client.begin();
    await client.complete(callbackOf(state));
    expect(told).toBeGreaterThan(10);
    expect(unhandled).toHaveBeenCalledTimes(1);
  });

  it.each([[{}], [null], ['client'], [createActor(setup({}).createMachine({})).getSnapshot()]])(
    'refuses %s',
    (inspected) => {
      expect(() => inspectFlow(inspected as never, () => {})).toThrow(
        expect.objectContaining({ code: 'invalid_option' }) as Error,
      );
    },
  );
});

describe('what a sink may ask', () => {
  it('is the chart of a machine', async () => {
    const { client, events, source } = watched();
    const release = (await client.complete(callbackOf((await client.begin()).state))).subscribe(() => {});
    const root = events.findLast((event) => event.type === 'actor.started' && event.actor.parent === null);
    const { id } = (root as { actor: { id: string } }).actor;
    expect(Object.keys((source().definition(id) as { states: object }).states)).toContain('exchanging');
    expect(source().definition('x:unknown')).toBeNull();
    release();
  });

  it('is to send an event of the chart that carries nothing, and no other', async () => {
    const { client, events, source } = watched();
    const session = await client.complete(callbackOf((await client.begin()).state));
    const release = session.subscribe(() => {});
    const root = events.findLast((event) => event.type === 'actor.started' && event.actor.parent === null);
    const { id } = (root as { actor: { id: string } }).actor;
    for (const type of [
      'callback.received',
      'session.adopt',
      'session.changed',
      'deadline.passed',
      'xstate.stop',
      '',
    ]) {
      expect(source().send(id, type)).toBe(false);
    }
    expect(source().send('x:unknown', 'session.signOut')).toBe(false);
    expect(session.info()).not.toBeNull();
    expect(source().send(id, 'session.signOut')).toBe(true);
    await eventually(() => session.info() === null);
    release();
  });
});

describe('a server that puts secrets where nobody expects them', () => {
  it('puts them into no event', async () => {
    const echo: Acme['script'][number] = (request, response) => {
      const form = new URLSearchParams(request.body);
      const secret = form.get('code') ?? form.get('refresh_token') ?? '';
      json(
        {
          access_token: 'CANARY-access',
          refresh_token: 'CANARY-refresh',
          token_type: 'bearer',
          expires_in: 3600,
          scope: `read offline ${secret} CANARY-refresh`,
          [secret]: secret,
          title: secret,
          client_id: 'CANARY-access',
          iss: 'https://CANARY-refresh/',
        },
        200,
      )(request, response);
    };
    const refuse: Acme['script'][number] = (request, response) => {
      const { body } = request;
      json({ error: body, error_description: body, error_uri: `https://x/${body}`, [body]: 1 }, 400)(
        request,
        response,
      );
    };
    acme.script.push(echo, refuse, refuse);
    const { client, events } = watched({ clientSecret: 'CANARY-secret' });
    const { state, url } = await client.begin();
    const session = await client.complete(callbackOf(state, 'CANARY-code'));
    await session.renew().catch(() => null);
    await client.complete(`${callbackOf(state, 'CANARY-other')}&CANARY=CANARY`).catch(() => null);
    await client.complete('https://app.example/CANARY?error=CANARY&state=CANARY').catch(() => null);
    const challenge = new URL(url).searchParams.get('code_challenge')!;
    const text = JSON.stringify(events);
    const found = [/CANARY/i, state, challenge].filter((secret) => text.search(secret) >= 0);
    expect(found).toEqual([]);
    const verifiers = acme.sent('/token').map(({ body }) => new URLSearchParams(body).get('code_verifier'));
    for (const verifier of verifiers) if (verifier) expect(text).not.toContain(verifier);
  });
});
