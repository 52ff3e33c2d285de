import type {
  ActorMoved,
  ActorStarted,
  ActorStopped,
  FlowSink,
  FlowSource,
  MessagePassed,
} from '../../client/inspection/flow-event.js';
import { readChart, stateValueOf } from './chart.js';
import type { StateValue } from './chart.js';
import { answererOf, eventNamer, messageEvent, moveContext, startContext, stopContext } from './shown.js';
import type { ShownContext } from './shown.js';
import { statelyChart } from './stately-chart.js';

/** An actor by what `@statelyai/inspect` reads of one. */
export interface StatelyActor {
  readonly sessionId: string;
  readonly _parent?: StatelyActor;
}

export interface StatelySnapshot {
  readonly status?: 'active' | 'done' | 'error' | 'stopped';
  readonly value?: unknown;
  readonly context?: unknown;
}

/** What `createBrowserInspector`, `createWebSocketInspector` and `createInspector` of `@statelyai/inspect` return. */
export interface StatelyInspector {
  actor(actor: StatelyActor | string, snapshot?: StatelySnapshot): void;
  event(
    actor: StatelyActor | string,
    event: { readonly type: string },
    info?: { readonly source?: StatelyActor | string },
  ): void;
  snapshot(
    actor: StatelyActor | string,
    snapshot: StatelySnapshot,
    info?: { readonly event?: { readonly type: string } },
  ): void;
}

interface Shown {
  readonly ref: StatelyActor;
  readonly parent: string | null;
  readonly name: string;
  readonly isMachine: boolean;
  /** What ended last among those it runs: its answer is what it takes next. */
  answered: Shown | null;
  value: StateValue | undefined;
  context: ShownContext;
}

const nameOf = eventNamer('xstate.done.actor', 'xstate.error.actor');

/**
 * Shows sign-ins and sessions in Stately's inspector: each machine with its chart, its state, what caused each step and,
 * between the service, the user agent and the provider, what was sent and received.
 *
 * Use this instead of the inspector's own `inspect`, which sends codes, verifiers and tokens. What is sent here was made
 * by allow-list: the chart, and what a {@link FlowEvent} holds.
 *
 * @param inspector of `@statelyai/inspect` 0.7, an optional peer; for a page or for a WebSocket
 *
 * @example
 * ```ts
 * import { createWebSocketInspector } from '@statelyai/inspect';
 *
 * const inspector = createWebSocketInspector({ url: 'ws://127.0.0.1:8080' });
 * inspectFlow(client, statelyInspector(inspector));
 * ```
 */
export function statelyInspector(inspector: StatelyInspector): FlowSink {
  const actors = new Map<string, Shown>();
  const parties = new Map<string, StatelyActor>();

  /** One that is no actor of ours, so that messages have two ends. */
  function party(name: string): StatelyActor {
    const known = parties.get(name);
    if (known) return known;
    const ref = named(name, { id: name });
    parties.set(name, ref);
    inspector.actor(ref);
    return ref;
  }

  function started(event: ActorStarted, source: FlowSource): void {
    const { id, parent, name } = event.actor;
    const chart = readChart(source.definition(id));
    const config = chart ? statelyChart(chart) : { id: name };
    const ref = named(id, config, parent === null ? undefined : actors.get(parent)?.ref);
    const value = event.state === null ? undefined : stateValueOf(event.state);
    const shown: Shown = {
      ref,
      parent,
      name,
      isMachine: chart !== null,
      answered: null,
      value,
      context: startContext(event),
    };
    actors.set(id, shown);
    inspector.actor(ref, snapshotOf(shown, 'active'));
  }

  function moved(event: ActorMoved): void {
    const shown = actors.get(event.actor);
    if (!shown) return;
    shown.value = stateValueOf(event.to);
    shown.context = moveContext(event);
    const cause = { type: nameOf(event.event) };
    const source = answerer(event, shown);
    shown.answered = null;
    inspector.event(shown.ref, cause, source && { source });
    inspector.snapshot(shown.ref, snapshotOf(shown, 'active', event.tags), { event: cause });
  }

  function answerer({ event }: ActorMoved, { answered }: Shown): StatelyActor | undefined {
    return answered && answered.name === answererOf(event) ? answered.ref : undefined;
  }

  function stopped(event: ActorStopped): void {
    const shown = actors.get(event.actor);
    if (!shown) return;
    actors.delete(event.actor);
    const parent = shown.parent === null ? undefined : actors.get(shown.parent);
    if (parent) parent.answered = shown;
    shown.context = { ...shown.context, ...stopContext(event) };
    const status = event.outcome === 'failed' ? 'error' : event.outcome;
    inspector.snapshot(shown.ref, snapshotOf(shown, status), { event: { type: 'xstate.stop' } });
  }

  function passed(event: MessagePassed): void {
    const { from, to } = event.message;
    const client = () => (event.actor === null ? undefined : actors.get(event.actor)?.ref) ?? party('client');
    const end = (name: typeof from) => (name === 'client' ? client() : party(name));
    inspector.event(end(to), messageEvent(event), { source: end(from) });
  }

  // What the package gives where there is no window: an inspector that has no methods.
  if (typeof inspector.actor !== 'function') return () => undefined;
  return (event, source) => {
    if (event.type === 'actor.started') started(event, source);
    else if (event.type === 'actor.moved') moved(event);
    else if (event.type === 'actor.stopped') stopped(event);
    else passed(event);
  };
}

/** The package takes name and chart of an actor from the configuration of its logic, and from nowhere else. */
function named(sessionId: string, config: object, parent?: StatelyActor): StatelyActor {
  const actor = { sessionId, logic: { config } };
  return parent ? { ...actor, _parent: parent } : actor;
}

function snapshotOf(
  { value, context, isMachine }: Shown,
  status: 'active' | 'done' | 'error' | 'stopped',
  tags?: readonly string[],
) {
  return { status, context, ...(isMachine && { value, tags: tags ?? [] }) };
}
