import { createBrowserInspector, createInspector, createWebSocketInspector } from '@statelyai/inspect';
import type { StatelyActorEvent, StatelyInspectionEvent } from '@statelyai/inspect';
import { inspectFlow, statelyInspector } from 'authchart/inspect';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, expect, it, onTestFinished, vi } from 'vitest';
import { createMachine } from 'xstate';
import type { AnyStateNode } from 'xstate';
import { authorizationMachine } from '../../../src/machines/authorization.machine.js';
import { exchangeMachine } from '../../../src/machines/exchange.machine.js';
import { renewalMachine } from '../../../src/machines/renewal.machine.js';
import { signOutMachine } from '../../../src/machines/sign-out.machine.js';
import { startX } from '../../client/support/x.js';
import type { XBench } from '../../client/support/x.js';
import { WebSocketServer } from '../../xstate-4/node.js';
import { embed } from './support/embed.js';
import { nameOf, nodesOf } from './support/nodes.js';
import { confidential, distinct, leaks, live, pathOf, person } from './support/life.js';

let bench: XBench;
beforeEach(async () => {
  bench = await startX({ users: [person] });
});
afterEach(() => bench.close());

/** Stately's inspector at the other end of a WebSocket. */
async function receiver() {
  const server = new WebSocketServer({ host: '127.0.0.1', port: 0 });
  await once(server, 'listening');
  const frames: string[] = [];
  server.on('connection', (socket) => socket.on('message', (data: Buffer) => frames.push(data.toString())));
  const { port } = server.address() as AddressInfo;
  // More than it keeps by itself until the connection stands.
  const inspector = createWebSocketInspector({ url: `ws://127.0.0.1:${port}`, maxDeferredEvents: 10_000 });
  onTestFinished(async () => {
    inspector.stop();
    for (const socket of server.clients) socket.terminate();
    await new Promise((resolve) => server.close(resolve));
  });
  const events = () => frames.map((frame) => JSON.parse(frame) as StatelyInspectionEvent);
  return {
    inspector,
    frames,
    events,
    actors: () => events().filter((event) => event.type === '@xstate.actor') as StatelyActorEvent[],
    states: (id: string) =>
      events().flatMap((event) =>
        event.type !== '@xstate.event' && event.sessionId === id ? [shownOf(event)] : [],
      ),
    /** Until what is sent last has come. */
    async settled() {
      inspector.event('last', 'of all');
      await expect.poll(() => frames.some((frame) => frame.includes('"sessionId":"last"'))).toBe(true);
    },
  };
}

const shownOf = ({ snapshot }: Exclude<StatelyInspectionEvent, { type: '@xstate.event' }>) =>
  snapshot as {
    readonly status: string;
    readonly value?: unknown;
    readonly tags?: readonly string[];
    readonly context: Record<string, unknown>;
  };

async function watched() {
  const tool = await receiver();
  const client = bench.clientOf(confidential);
  inspectFlow(client, statelyInspector(tool.inspector));
  const canaries = await live(client, bench);
  await tool.settled();
  return { ...tool, canaries };
}

it('every state of a sign-in, a renewal, a sign-out and of what goes wrong arrives, in order', async () => {
  const tool = await watched();
  const lives = tool
    .actors()
    .filter(({ snapshot }) => (snapshot as { value?: unknown }).value !== undefined)
    .map(({ name, sessionId }) =>
      [`${name}:`, ...distinct(tool.states(sessionId).map(({ value }) => pathOf(value)))].join(' '),
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

it('what caused a state arrives before it, with who caused it; and what was sent to whom', async () => {
  const tool = await watched();
  const exchange = tool.actors().find(({ name }) => name === 'exchange')!;
  const names = new Map(tool.actors().map(({ name, sessionId }) => [sessionId, name]));
  const own = tool
    .actors()
    .filter(({ parentId, sessionId }) => [parentId, sessionId].includes(exchange.sessionId))
    .map(({ sessionId }) => sessionId);
  const story = tool
    .events()
    .filter(
      (event) =>
        own.includes(event.sessionId) ||
        (event.type === '@xstate.event' && event.sessionId === 'provider' && own.includes(event.sourceId!)),
    )
    .map((event) => {
      const name = names.get(event.sessionId);
      if (event.type === '@xstate.actor') return `${name} starts`;
      if (event.type === '@xstate.event')
        return `${names.get(event.sourceId ?? '')} → ${name}: ${event.event.type}`;
      return `${name}: ${pathOf(shownOf(event).value)} ${shownOf(event).status}`;
    });
  expect(story).toEqual([
    'exchange starts',
    'claimFlow starts',
    'claimFlow: undefined done',
    'redeemCode starts',
    'claimFlow → exchange: xstate.done.actor.claimFlow',
    'exchange: redeeming active',
    'redeemCode → provider: token request',
    'provider → redeemCode: token response',
    'redeemCode: undefined done',
    'commitReceipt starts',
    'redeemCode → exchange: xstate.done.actor.redeemCode',
    'exchange: committing active',
    'commitReceipt: undefined done',
    'publishSession starts',
    'commitReceipt → exchange: xstate.done.actor.commitReceipt',
    'exchange: publishing active',
    'publishSession: undefined done',
    'publishSession → exchange: xstate.done.actor.publishSession',
    'exchange: authorized active',
    'exchange: authorized done',
  ]);
});

it('tags, facts and the code of a failure are in a snapshot, and what was sent is in an event', async () => {
  const tool = await watched();
  const snapshots = tool
    .events()
    .flatMap((event) => (event.type === '@xstate.snapshot' ? [shownOf(event)] : []));
  expect(snapshots.find(({ value }) => pathOf(value) === 'authorized.fresh')).toEqual({
    status: 'active',
    value: { authorized: 'fresh' },
    tags: ['signedIn', 'atRest'],
    context: {
      session: 'default',
      facts: expect.objectContaining({ standing: 'fresh', renewable: true }),
      failure: null,
    },
  });
  expect(snapshots.find(({ value }) => value === 'expired')).toMatchObject({
    context: { failure: { code: 'session_revoked', phase: 'renewal' } },
  });
  const requests = tool
    .events()
    .flatMap((event) =>
      event.type === '@xstate.event' && event.event.type === 'token request' ? [event.event] : [],
    );
  expect(requests[0]).toMatchObject({
    line: `POST ${bench.emulator.endpoints.token}`,
    parts: { grant_type: 'authorization_code', code: '[redacted]', code_verifier: '[redacted]' },
  });
});

it('the charts arrive whole, as machines that XState makes of them', async () => {
  const tool = await watched();
  for (const { root } of [authorizationMachine, exchangeMachine, renewalMachine, signOutMachine]) {
    const { definition } = tool.actors().find(({ name }) => name === root.id)!;
    expect(definition).not.toMatch(/"(?:context|input|output|params|predicate)"|=>|function/);
    const there = createMachine(JSON.parse(definition!) as object);
    const states = nodesOf(root);
    expect(nodesOf(there.root)).toHaveLength(states.length);
    for (const node of states) expect(outline(there.getStateNodeById(node.id))).toEqual(outline(node));
  }
});

/** What a chart says of a state, in names alone. */
const outline = (node: AnyStateNode) => ({
  id: node.id,
  type: node.type,
  initial: node.initial?.target[0]?.id,
  description: node.description,
  tags: node.tags,
  meta: node.meta as unknown,
  entry: namesOf(node.entry),
  exit: namesOf(node.exit),
  invokes: node.invoke.map(({ id, src }) => [id, src]),
  transitions: [...node.transitions.values(), node.always ?? []]
    .flat()
    .map(({ eventType, target, guard, actions, reenter }) => [
      eventType,
      target?.map(({ id }) => id),
      namesOf(guard ? [guard] : []),
      namesOf(actions),
      reenter,
    ])
    // What the package sends is sorted by name.
    .toSorted(),
});
const namesOf = (named: readonly unknown[]) => named.map(nameOf).join(', ');

it('no secret arrives and nothing of the person, whatever happens', async () => {
  const { frames, canaries } = await watched();
  expect(canaries.length).toBeGreaterThan(18);
  expect(frames.length).toBeGreaterThan(200);
  expect(leaks(frames, canaries)).toEqual([]);
  // What is searched for is what was sent.
  expect(
    leaks(
      bench.emulator.requests.map(({ form }) => String(form)),
      canaries,
    ).length,
  ).toBeGreaterThan(8);
});

it('nothing arrives of an application’s own machine that runs ours', async () => {
  const tool = await receiver();
  const canaries = await embed(bench, statelyInspector(tool.inspector));
  await tool.settled();
  expect(tool.actors().filter(({ parentId }) => parentId === undefined)).toMatchObject([
    { name: 'authorization' },
  ]);
  expect(leaks(tool.frames, canaries)).toEqual([]);
});

it('an adapter of one’s own is given the same', async () => {
  const sent: StatelyInspectionEvent[] = [];
  const client = bench.clientOf(confidential);
  inspectFlow(client, statelyInspector(createInspector({ send: (event) => void sent.push(event) })));
  const canaries = await live(client, bench);
  expect(sent.length).toBeGreaterThan(200);
  expect(leaks([JSON.stringify(sent)], canaries)).toEqual([]);
});

it('where there is no window, nothing is shown and nothing breaks', async () => {
  const error = vi.spyOn(console, 'error').mockReturnValue();
  onTestFinished(() => error.mockRestore());
  const inspector = createBrowserInspector();
  expect(error).toHaveBeenCalledOnce();
  const client = bench.clientOf(confidential);
  const failures: unknown[] = [];
  const sink = statelyInspector(inspector);
  inspectFlow(client, (...told) => {
    try {
      sink(...told);
    } catch (failure) {
      failures.push(failure);
    }
  });
  await live(client, bench);
  expect(failures).toEqual([]);
});
