import type {
  AnyActorRef,
  AnyMachineSnapshot,
  AnyStateMachine,
  InspectedEventEvent,
  InspectedMicrostepEvent,
  InspectedSnapshotEvent,
  InspectionEvent,
} from 'xstate';
import { failureOf } from '../../machines/failure.js';
import type { ActorMoved, ActorStarted, ActorStopped, FlowSource, Unstamped } from './flow-event.js';
import { SERVICES, chartedMachine } from './charted.js';
import { enter, movedBy, trackOf } from './track.js';
import type { Track } from './track.js';
import { flowFailure, mayBeSent } from './words.js';

type Tell = (event: Unstamped<ActorStarted | ActorMoved | ActorStopped>) => void;

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
    const snapshot = machine && (ref.getSnapshot() as AnyMachineSnapshot);
    const actor = { parent: parent?.actor.id ?? null, machine, name };
    const track = trackOf(ref, actor, { parent, snapshot, now: elapsed() });
    tracks.set(ref.sessionId, track);
    tell({ type: 'actor.started', actor: track.actor, state: track.state });
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

  function move(track: Track, snapshot: AnyMachineSnapshot, type: string): void {
    const moved = movedBy(track, snapshot, type, elapsed());
    if (moved) tell(moved);
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
        return step(event);
      case '@xstate.snapshot':
        return settle(event);
    }
  }

  function step({ actorRef, event, snapshot, _transitions: taken }: InspectedMicrostepEvent): void {
    const track = tracks.get(actorRef.sessionId);
    if (!track?.actor.machine || !taken.some(({ target }) => target !== undefined)) return;
    enter(track, snapshot as AnyMachineSnapshot, event.type, elapsed());
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
