import type {
  AnyActorRef,
  AnyMachineSnapshot,
  AnyStateMachine,
  InspectedEventEvent,
  InspectedMicrostepEvent,
  InspectedSnapshotEvent,
  InspectionEvent,
  StateValue,
} from 'xstate';
import { failureOf } from '../../machines/failure.js';
import type { Failure, SessionFacts } from '../../machines/vocabulary.js';
import type {
  ActorMoved,
  ActorStarted,
  ActorStopped,
  FlowActor,
  FlowFacts,
  FlowSource,
  Unstamped,
} from './flow-event.js';
import { SERVICES, chartedMachine } from './charted.js';
import { eventName, flowFacts, flowFailure, mayBeSent } from './words.js';

type Tell = (event: Unstamped<ActorStarted | ActorMoved | ActorStopped>) => void;

/** What may be looked at of the context of any of the four. */
interface Context {
  readonly session?: string;
  readonly facts?: SessionFacts | null;
  readonly failure?: Failure | null;
}

interface Track {
  readonly actor: FlowActor;
  readonly ref: AnyActorRef;
  readonly startedAt: number;
  session: string;
  state: string | null;
  since: number;
  failure: Failure | null;
  /** As told last, for they stay while the machine moves on. */
  facts: { readonly known: SessionFacts; readonly told: FlowFacts | null } | null;
  /** Entered by the event that is being taken. */
  through: string[];
  /** The type of that event. */
  cause: string;
  /** When the last of `through` was entered. */
  enteredAt: number;
}

const MOST_ENDED = 100;

/** Follows the actors of the chart, and of its machines and services, from their start to their end. */
export function createTracks(elapsed: () => number, tell: Tell) {
  const tracks = new Map<string, Track>();
  const roots = new Set<string>();
  // A token request outlives its state: who sent it is known for a while after its end.
  const ended = new Map<string, string>();
  // A machine has a state only once it is started; what it invokes on entry was made before that.
  const early = new Map<string, AnyActorRef[]>();

  const machineOf = (ref: AnyActorRef) => chartedMachine((logicOf(ref) as Partial<AnyStateMachine>).config);

  function begin(ref: AnyActorRef): void {
    const parent = ref._parent && tracks.get(ref._parent.sessionId);
    const machine = machineOf(ref);
    const services = early.get(ref.sessionId) ?? [];
    early.delete(ref.sessionId);
    // What an application's own machine does beside ours is its own affair.
    const isWanted = parent ? parent.actor.machine !== null : machine === 'authorization' && isIn(ref);
    if (tracks.has(ref.sessionId) || !isWanted) return;
    const name = machine ?? serviceName(ref);
    if (name === null) return;
    const snapshot = machine && (ref.getSnapshot() as AnyMachineSnapshot | undefined);
    const context = snapshot?.context as Context | undefined;
    const session = parent?.session ?? context?.session ?? '';
    const actor = { id: ref.sessionId, parent: parent?.actor.id ?? null, machine, name, session };
    const now = elapsed();
    const state = snapshot ? pathOf(snapshot.value) : null;
    const failure = context?.failure ?? null;
    tracks.set(actor.id, {
      actor,
      ref,
      session,
      state,
      failure,
      facts: null,
      startedAt: now,
      since: now,
      through: [],
      cause: '',
      enteredAt: now,
    });
    tell({ type: 'actor.started', actor, state });
    for (const service of services) begin(service);
  }

  const isIn = (ref: AnyActorRef): boolean =>
    roots.has(ref.sessionId) || (ref._parent !== undefined && isIn(ref._parent));

  /** Begins what runs in a machine as soon as that machine has begun. */
  function announce(ref: AnyActorRef): void {
    const parent = ref._parent?.sessionId;
    if (machineOf(ref) !== null) early.set(ref.sessionId, []);
    else if (parent !== undefined && early.has(parent)) early.get(parent)!.push(ref);
    else begin(ref);
  }

  function toldFacts(track: Track, known: SessionFacts | null | undefined): FlowFacts | null {
    if (!known) return null;
    if (track.facts?.known !== known) track.facts = { known, told: flowFacts(known) };
    return track.facts.told;
  }

  function move(track: Track, snapshot: AnyMachineSnapshot, type: string): void {
    const { session, facts, failure } = snapshot.context as Context;
    const [from, to] = [track.state ?? '', pathOf(snapshot.value)];
    const { through } = track;
    // What it invokes has begun since, and told so.
    const now = through.length > 0 ? track.enteredAt : elapsed();
    track.through = [];
    track.session = session ?? track.session;
    const news = failure && failure !== track.failure ? failure : null;
    track.failure = failure ?? null;
    const event = eventName(type);
    // Not of the chart, and nothing came of it: it may say anything.
    if (event === 'other' && through.length === 0 && !news) return;
    tell({
      type: 'actor.moved',
      actor: track.actor.id,
      session: track.session,
      event,
      from,
      through,
      to,
      lasted: now - track.since,
      tags: [...snapshot.tags],
      facts: toldFacts(track, facts),
      failure: flowFailure(news),
    });
    if (through.length > 0) [track.state, track.since] = [to, now];
  }

  function end(track: Track, outcome: ActorStopped['outcome'], error?: unknown): void {
    const { id } = track.actor;
    tracks.delete(id);
    ended.set(id, track.session);
    if (ended.size > MOST_ENDED) ended.delete(ended.keys().next().value!);
    const failure = outcome === 'failed' ? flowFailure(failureOf(error, 'session')) : null;
    tell({
      type: 'actor.stopped',
      actor: id,
      outcome,
      lasted: elapsed() - track.startedAt,
      failure,
    });
  }

  /** Whoever answers has moved before its machine does, though XState tells of it later. */
  function answer({ sourceRef, event }: InspectedEventEvent): void {
    const isDone = event.type.startsWith('xstate.done.actor.');
    if (!sourceRef || !(isDone || event.type.startsWith('xstate.error.actor.'))) return;
    const track = tracks.get(sourceRef.sessionId);
    if (!track) return;
    if (track.through.length > 0) move(track, track.ref.getSnapshot() as AnyMachineSnapshot, track.cause);
    end(track, isDone ? 'done' : 'failed', (event as { readonly error?: unknown }).error);
  }

  function see(event: InspectionEvent): void {
    switch (event.type) {
      case '@xstate.actor':
        return announce(event.actorRef as AnyActorRef);
      case '@xstate.event':
        return answer(event);
      case '@xstate.microstep':
        return enter(event);
      case '@xstate.snapshot':
        return settle(event);
    }
  }

  /** What it invokes now belongs to the session that a callback has just told. */
  function enter({ actorRef, event, snapshot, _transitions: taken }: InspectedMicrostepEvent): void {
    const track = tracks.get(actorRef.sessionId);
    if (!track?.actor.machine) return;
    const { context, value } = snapshot as AnyMachineSnapshot;
    track.session = (context as Context).session ?? track.session;
    track.cause = event.type;
    if (!taken.some(({ target }) => target !== undefined)) return;
    track.through.push(pathOf(value));
    track.enteredAt = elapsed();
  }

  function settle({ actorRef, event, snapshot }: InspectedSnapshotEvent): void {
    const track = tracks.get(actorRef.sessionId);
    const isFirst = event.type === 'xstate.init';
    // A machine has a state only now.
    if (!track) return void (isFirst && begin(actorRef as AnyActorRef));
    if (track.actor.machine && !isFirst) move(track, snapshot as AnyMachineSnapshot, event.type);
    const { status } = snapshot;
    if (status === 'done') end(track, 'done');
    else if (status === 'error') end(track, 'failed', (snapshot as { error?: unknown }).error);
    else if (status === 'stopped') end(track, 'stopped');
  }

  /** What runs already, with what runs inside it. */
  function meet(ref: AnyActorRef): void {
    const running = ref.getSnapshot() as Partial<AnyMachineSnapshot> | undefined;
    if (running?.status !== 'active') return;
    begin(ref);
    for (const child of Object.values(running.children ?? {})) meet(child as AnyActorRef);
  }

  const source: FlowSource = {
    definition(id) {
      const track = tracks.get(id);
      return track?.actor.machine ? (logicOf(track.ref) as AnyStateMachine).definition : null;
    },
    send(id, type) {
      const track = tracks.get(id);
      if (!track?.actor.machine || !mayBeSent(type)) return false;
      track.ref.send({ type });
      return true;
    },
  };

  return {
    source,
    see,
    /** Follows an actor, and what is in it, until the returned function is called. */
    follow(ref: AnyActorRef): () => void {
      roots.add(ref.sessionId);
      meet(ref);
      return () => void roots.delete(ref.sessionId);
    },
    /** `null`: it is not followed. */
    sessionOf: (id: string) => tracks.get(id)?.session ?? ended.get(id) ?? null,
  };
}

/** XState keeps it from its types. */
const logicOf = (ref: AnyActorRef): unknown => (ref as unknown as { readonly logic: unknown }).logic;

/** The `id` it is invoked by; `null`: not one of the chart. */
const serviceName = ({ id }: AnyActorRef) => (SERVICES.has(id) ? id : null);

function pathOf(value: StateValue): string {
  if (typeof value === 'string') return value;
  let path = '';
  for (const key in value) {
    const inner = pathOf(value[key]!);
    path += `${path && ' '}${key}${inner && '.'}${inner}`;
  }
  return path;
}
