import { inspectFlow, xstateInspect } from 'authchart/inspect';
import type { XStateInspectBridge, XStateInspectOptions } from 'authchart/inspect';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, onTestFinished, vi } from 'vitest';
import { authorizationMachine } from '../../../src/machines/authorization.machine.js';
import { startX } from '../../client/support/x.js';
import type { XBench } from '../../client/support/x.js';
import { inspectOver, parseReceiverEvent, WebSocket, WebSocketServer } from '../../xstate-4/node.js';
import type { ParsedReceiverEvent, ReceiverEvent } from '../../xstate-4/node.js';
import { embed } from './support/embed.js';
import { confidential, distinct, leaks, live, pathOf, person } from './support/life.js';
import { nameOf, nodesOf } from './support/nodes.js';
import { followedSession } from './support/sign-in.js';

type Registered = Extract<ParsedReceiverEvent, { type: 'service.register' }>;

let server: InstanceType<typeof WebSocketServer>;
let bench: XBench;
beforeAll(async () => {
  server = new WebSocketServer({ host: '127.0.0.1', port: 0 });
  await once(server, 'listening');
  // Once: it keeps what it knows in its module.
  inspectOver(server);
});
afterAll(() => new Promise((resolve) => server.close(resolve)));
beforeEach(async () => {
  // XState 4 recommends an option for every machine that is made of JSON.
  vi.spyOn(console, 'warn').mockReturnValue();
  bench = await startX({ users: [person] });
});
afterEach(async () => {
  await bench.close();
  vi.restoreAllMocks();
});

/** A tool of XState 4 at the other end of the WebSocket. */
async function receiver() {
  const socket = new WebSocket(`ws://127.0.0.1:${(server.address() as AddressInfo).port}`);
  const frames: string[] = [];
  socket.on('message', (data: Buffer) => frames.push(data.toString()));
  await once(socket, 'open');
  onTestFinished(() => socket.terminate());
  /** Until everything that was sent either way has come. */
  const settled = async () => {
    socket.ping();
    await once(socket, 'pong');
  };
  socket.send(JSON.stringify({ type: 'xstate.inspecting' }));
  await settled();
  const events = () => frames.map((frame) => parseReceiverEvent(JSON.parse(frame) as ReceiverEvent));
  const of = (type: ParsedReceiverEvent['type']) => events().filter((event) => event.type === type);
  return {
    frames,
    settled,
    registered: () => of('service.register') as Registered[],
    stopped: () => of('service.stop').map(({ sessionId }) => sessionId),
    states: (id: string) =>
      events().flatMap((event) =>
        event.type === 'service.state' && event.sessionId === id ? [event.state] : [],
      ),
    events: (id: string) =>
      events().flatMap((event) =>
        event.type === 'service.event' && event.sessionId === id ? [event.event] : [],
      ),
    /** Text, as the tools send an event to a service. */
    send: (event: string) => socket.send(JSON.stringify({ type: 'xstate.event', event })),
  };
}

function inspected(options?: XStateInspectOptions) {
  const client = bench.clientOf(confidential);
  const bridge = xstateInspect(options);
  const stop = inspectFlow(client, bridge.sink);
  bridge.register();
  return { client, bridge, stop };
}

/** The one service that runs, once it is at rest: a deadline is armed a moment after its state was entered. */
async function atRest({ devTools }: XStateInspectBridge) {
  const services = () =>
    [...(devTools.services as Set<unknown>)] as {
      readonly state: { readonly event: { readonly type: string } };
      send(event: unknown): void;
    }[];
  await expect
    .poll(() => services().map(({ state }) => state.event.type))
    .toEqual(['done.invoke.restoreSession']);
  return services()[0]!;
}

/** As XState 4 wraps an event for a service. */
const scxml = (origin: string, event: { readonly type: string }) =>
  JSON.stringify({ name: event.type, data: event, $$type: 'scxml', type: 'external', origin });

describe('a tool of XState 4, over a WebSocket', () => {
  it('is shown every state of a sign-in, a renewal, a sign-out and of what goes wrong', async () => {
    const tool = await receiver();
    const { client } = inspected();
    await live(client, bench);
    await tool.settled();
    const lives = tool
      .registered()
      .map(({ id, sessionId }) =>
        [`${id}:`, ...distinct(tool.states(sessionId).map(({ value }) => pathOf(value)))].join(' '),
      );
    const [waiting, exchange] = [
      'authorization: idle awaitingAuthorization.opening awaitingAuthorization.preparing awaitingAuthorization.presented.waiting',
      'authorization: idle restoring.flow exchanging',
    ];
    expect(lives.filter((life) => life !== 'authorization: idle')).toEqual([
      waiting,
      `${exchange} authorized.fresh`,
      'exchange: claiming redeeming committing publishing authorized',
      'authorization: idle restoring.session authorized.fresh authorized.renewing authorized.fresh',
      'renewal: holding.queueing holding.rereading holding.journaling holding.requesting holding.saving renewed',
      'authorization: idle signingOut idle',
      'signOut: forgetting burying revoking signedOut',
      waiting,
      'authorization: idle restoring.flow error.permanent',
      waiting,
      `${exchange} error.retryable`,
      'exchange: claiming redeeming recordingFailure failed',
      'authorization: idle adopting authorized.fresh',
      'authorization: idle restoring.session authorized.fresh authorized.renewing expired',
      'renewal: holding.queueing holding.rereading holding.journaling holding.requesting holding.judgingRefusal ended',
    ]);
  });

  it('is shown what caused each state, what it means, what runs and what was sent', async () => {
    const tool = await receiver();
    const { client } = inspected();
    await live(client, bench);
    await tool.settled();
    const [, signIn, exchange] = tool.registered();
    const states = tool.states(signIn!.sessionId);
    expect(states.at(-1)).toMatchObject({
      context: { session: 'default', facts: { standing: 'fresh' }, failure: null },
      done: false,
    });
    expect([...states.at(-1)!.tags]).toEqual(['signedIn', 'atRest']);
    const exchanging = states.find(({ value }) => value === 'exchanging')!;
    expect(exchanging).toMatchObject({ _event: { name: 'done.invoke.recallFlow', $$type: 'scxml' } });
    expect(Object.keys(exchanging.children)).toEqual(['exchange']);
    expect(Object.keys(states.at(-1)!.children)).toEqual(['watch', 'freshness']);
    expect(tool.states(exchange!.sessionId).at(-1)).toMatchObject({ value: 'authorized', done: true });
    expect(tool.events(exchange!.sessionId).map(({ name }) => name)).toEqual([
      'xstate.init',
      'done.invoke.claimFlow',
      'token request',
      'token response',
      'done.invoke.redeemCode',
      'done.invoke.commitReceipt',
      'done.invoke.publishSession',
    ]);
    const request = tool.events(exchange!.sessionId).find(({ name }) => name === 'token request')!;
    expect(request.data).toMatchObject({
      line: `POST ${bench.emulator.endpoints.token}`,
      parts: { grant_type: 'authorization_code', code: '[redacted]', code_verifier: '[redacted]' },
    });
    const failures = tool
      .registered()
      .flatMap(({ sessionId }) => tool.states(sessionId))
      .flatMap(({ context }) => (context as { failure?: { code: string } }).failure?.code ?? []);
    expect(failures).toEqual(expect.arrayContaining(['callback_issuer_mismatch', 'session_revoked']));
  });

  it('is given a chart that XState 4 takes, with every state and transition of ours', async () => {
    const tool = await receiver();
    const { client } = inspected();
    await live(client, bench);
    await tool.settled();
    const machine = tool.registered()[0]!.machine;
    const ours = nodesOf(authorizationMachine.root);
    expect(machine.stateIds.toSorted()).toEqual(ours.map(({ id }) => id).toSorted());
    for (const here of ours) {
      const { id } = here;
      const there = machine.getStateNodeById(id);
      const inFour = (name: string) =>
        name.replace('xstate.done.actor', 'done.invoke').replace('xstate.error.actor', 'error.platform');
      const shown = there.transitions.map(({ eventType, target, cond }) =>
        [eventType, target?.map(({ id }) => id), cond?.name].join(' '),
      );
      const own = [...here.transitions.values(), here.always ?? []]
        .flat()
        .map(({ eventType, target, guard }) => {
          const name = guard === undefined ? undefined : nameOf(guard);
          return [inFour(eventType), target?.map(({ id }) => id), name].join(' ');
        });
      expect([id, ...shown.toSorted()]).toEqual([id, ...own.toSorted()]);
      expect(there.initial).toBe(here.initial?.target[0]?.key);
      expect(there.description).toBe(here.description);
      expect(there.tags).toEqual(here.tags);
      expect(there.invoke.map(({ id, src }) => [id, src])).toEqual(
        here.invoke.map(({ id, src }) => [id, src]),
      );
    }
  });

  it('is shown what runs already when it comes, and the end of everything', async () => {
    const { client, bridge } = inspected();
    await followedSession(client);
    await atRest(bridge);
    const tool = await receiver();
    expect(tool.registered().map(({ state }) => pathOf(state.value))).toEqual(['authorized.fresh']);
    const [{ sessionId }] = tool.registered() as [Registered];
    await client.close();
    await tool.settled();
    expect(tool.stopped()).toEqual([sessionId]);
    expect(bridge.devTools.services.size).toBe(0);
  });

  it('is shown no secret and nothing of the person, whatever happens', async () => {
    const tool = await receiver();
    const { client, bridge } = inspected({ acceptEvents: true });
    const canaries = await live(client, bench);
    canaries.forEach((canary) => expect(canary.length).toBeGreaterThan(5));
    await tool.settled();
    expect(canaries.length).toBeGreaterThan(18);
    expect(tool.frames.length).toBeGreaterThan(150);
    expect(leaks(tool.frames, canaries)).toEqual([]);
    // What is searched for is what was sent.
    expect(
      leaks(
        bench.emulator.requests.map(({ form }) => String(form)),
        canaries,
      ).length,
    ).toBeGreaterThan(8);
    expect(bridge.devTools.services.size).toBe(0);
  });

  it('is shown nothing of an application’s own machine that runs ours', async () => {
    const tool = await receiver();
    const bridge = xstateInspect();
    bridge.register();
    const canaries = await embed(bench, bridge.sink);
    await tool.settled();
    expect(tool.registered().map(({ id }) => id)).toEqual(['authorization', 'signOut']);
    expect(leaks(tool.frames, canaries)).toEqual([]);
  });
});

it('registering says so where there is nothing to register with', () => {
  const { ['__xstate__']: theirs } = globalThis as { ['__xstate__']?: unknown };
  vi.stubGlobal('__xstate__', undefined);
  onTestFinished(() => void vi.stubGlobal('__xstate__', theirs));
  expect(() => xstateInspect().register()).toThrow(expect.objectContaining({ code: 'invalid_option' }));
});

describe('an event from an inspecting page', () => {
  /** A followed session, and a page that inspects it. */
  async function scene(options?: XStateInspectOptions) {
    const { client, bridge } = inspected(options);
    const { session, statuses } = await followedSession(client);
    const service = await atRest(bridge);
    const tool = await receiver();
    const [{ sessionId: id }] = tool.registered() as [Registered];
    const before = [tool.frames.length, bench.emulator.requests.length, statuses.length];
    const nothing = async () => {
      await tool.settled();
      await session.accessToken();
      expect([tool.frames.length, bench.emulator.requests.length, statuses.length]).toEqual(before);
    };
    return { tool, id, service, statuses, nothing };
  }

  it('goes nowhere, and is shown to nobody else', async () => {
    const { tool, id, service, nothing } = await scene();
    tool.send(scxml(id, { type: 'session.signOut' }));
    tool.send(scxml(id, { type: 'session.renew' }));
    service.send('session.signOut');
    await nothing();
  });

  it('reaches the machine where that was asked for', async () => {
    const { tool, id, statuses } = await scene({ acceptEvents: true });
    tool.send(scxml(id, { type: 'session.signOut' }));
    await expect.poll(() => statuses.at(-1)).toBe('signedOut');
    const names = tool.events(id).map(({ name }) => name);
    // Once, and before what it leads to.
    expect(names.filter((name) => name === 'session.signOut')).toHaveLength(1);
    expect(names.indexOf('session.signOut')).toBeLessThan(names.indexOf('done.invoke.signOut'));
  });

  const hostile: readonly (readonly [string, (id: string) => string])[] = [
    [
      'a callback',
      (id) =>
        scxml(id, {
          type: 'callback.received',
          callback: { url: 'https://evil.example/?code=c&state=s' },
        } as never),
    ],
    ['tokens', (id) => scxml(id, { type: 'session.adopt', tokens: { access_token: 'evil' } } as never)],
    ['a request', (id) => scxml(id, { type: 'authorization.begin', request: { scopes: ['evil'] } } as never)],
    ['an option', (id) => scxml(id, { type: 'session.signOut', revoke: false } as never)],
    ['the answer of a service', (id) => scxml(id, { type: 'xstate.done.actor.renewal' })],
    ['the end of a machine', (id) => scxml(id, { type: 'xstate.stop' })],
    ['the name of a prototype', (id) => scxml(id, { type: '__proto__' })],
    [
      'a prototype',
      (id) =>
        `{"origin":"${id}","$$type":"scxml","name":"session.signOut","data":{"__proto__":{"type":"session.signOut"}}}`,
    ],
    [
      'a prototype of its wrapping',
      (id) => `{"origin":"${id}","__proto__":{"$$type":"scxml","data":{"type":"session.signOut"}}}`,
    ],
    ['a name that is none', (id) => scxml(id, { type: ['session.signOut'] } as never)],
    ['a list', (id) => `{"origin":"${id}","$$type":"scxml","data":["session.signOut"]}`],
    ['no data', (id) => `{"origin":"${id}","$$type":"scxml","name":"session.signOut"}`],
    ['megabytes', (id) => scxml(id, { type: 'session.signOut'.padEnd(5_000_000, '!') })],
    [
      'something deep',
      (id) => `{"origin":"${id}","$$type":"scxml","data":${'{"type":'.repeat(2_000)}1${'}'.repeat(2_000)}}`,
    ],
    ['an event for nobody', () => scxml('x:nobody', { type: 'session.signOut' })],
  ];

  it.each(hostile)('does nothing at all with %s, even then', async (_, event) => {
    const { tool, id, nothing } = await scene({ acceptEvents: true });
    tool.send(event(id));
    await nothing();
  });

  it.each([
    null,
    undefined,
    7,
    true,
    [],
    {},
    () => 'session.signOut',
    { type: 7 },
    { $$type: 'scxml', data: null },
  ])('that is none does nothing at all: %s', async (event) => {
    const { service, nothing } = await scene({ acceptEvents: true });
    service.send(event);
    await nothing();
  });

  it('does nothing any more when the machine has ended', async () => {
    const { tool, id, service, statuses } = await scene({ acceptEvents: true });
    tool.send(scxml(id, { type: 'session.signOut' }));
    await expect.poll(() => statuses.at(-1)).toBe('signedOut');
    await bench.close();
    await tool.settled();
    const shown = tool.frames.length;
    service.send('authorization.begin');
    await tool.settled();
    expect(tool.frames).toHaveLength(shown);
  });
});
