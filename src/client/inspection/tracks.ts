import type {
  AnyActorRef,
  AnyMachineSnapshot,
  AnyStateMachine,
  InspectedEventEvent,
  InspectionEvent,
  StateValue,
} from 'xstate';
import { authorizationMachine } from '../../machines/authorization.machine.js';
import { exchangeMachine } from '../../machines/exchange.machine.js';
import { failureOf } from '../../machines/failure.js';
import { renewalMachine } from '../../machines/renewal.machine.js';
import { signOutMachine } from '../../machines/sign-out.machine.js';
import type { Failure, SessionFacts } from '../../machines/vocabulary.js';
import type {
  ActorMoved,
  ActorStarted,
  ActorStopped,
  FlowActor,
  FlowSource,
  MachineName,
} from './flow-event.js';
import { eventName, flowFacts, flowFailure, mayBeSent } from './words.js';

type Told<Event> = Omit<Event, 'sequence' | 'at' | 'elapsed'>;
type Tell = (event: Told<ActorStarted> | Told<ActorMoved> | Told<ActorStopped>) => void;

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
  /** Entered by the event that is being taken. */
  through: string[];
  /** The type of that event. */
  cause: string;
}

// `provide` keeps the configuration: a machine of the application's own never has the same.
const MACHINES = new Map<unknown, MachineName>([
  [authorizationMachine.config, 'authorization'],
  [exchangeMachine.config, 'exchange'],
  [renewalMachine.config, 'renewal'],
  [signOutMachine.config, 'signOut'],
]);

/** Follows the actors of the chart, and of its machines and services, from their start to their end. */
export function createTracks(elapsed: () => number, tell: Tell) {
  const tracks = new Map<string, Track>();
  // A machine has a state only once it is started; what it invokes on entry was made before that.
  const early = new Map<string, AnyActorRef[]>();

  const machineOf = (ref: AnyActorRef) =>
    MACHINES.get((logicOf(ref) as Partial<AnyStateMachine>).config) ?? null;

  function begin(ref: AnyActorRef): void {
    const parent = ref._parent && tracks.get(ref._parent.sessionId);
    const machine = machineOf(ref);
    // What an application's own machine does beside ours is its own affair.
    if (tracks.has(ref.sessionId) || !(machine === 'authorization' || parent?.actor.machine)) return;
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
      startedAt: now,
      since: now,
      through: [],
      cause: '',
    });
    tell({ type: 'actor.started', actor, state });
    for (const service of early.get(actor.id) ?? []) begin(service);
    early.delete(actor.id);
  }

  /** Begins what runs in a machine as soon as that machine has begun. */
  function announce(ref: AnyActorRef): void {
    const parent = ref._parent?.sessionId;
    if (machineOf(ref) !== null) early.set(ref.sessionId, []);
    else if (parent !== undefined && early.has(parent)) early.get(parent)!.push(ref);
    else begin(ref);
  }

  function move(track: Track, snapshot: AnyMachineSnapshot, type: string): void {
    const { session, facts, failure } = snapshot.context as Context;
    const [from, to, now] = [track.state ?? '', pathOf(snapshot.value), elapsed()];
    const { through } = track;
    track.through = [];
    track.session = session ?? track.session;
    const news = failure && failure !== track.failure ? failure : null;
    track.failure = failure ?? null;
    const event = eventName(type);
    // Noted without going anywhere: a deadline was armed, say.
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
      facts: flowFacts(facts),
      failure: flowFailure(news),
    });
    if (through.length > 0) [track.state, track.since] = [to, now];
  }

  function end(track: Track, outcome: ActorStopped['outcome'], error?: unknown): void {
    tracks.delete(track.actor.id);
    const failure = outcome === 'failed' ? flowFailure(failureOf(error, 'session')) : null;
    tell({
      type: 'actor.stopped',
      actor: track.actor.id,
      outcome,
      lasted: elapsed() - track.startedAt,
      failure,
    });
  }

  /** Whoever answers has moved before its machine does, though XState tells of it later. */
  function answer({ sourceRef, event }: InspectedEventEvent): void {
    const track = sourceRef && tracks.get(sourceRef.sessionId);
    const [, outcome] = /^xstate[.](done|error)[.]actor[.]/.exec(event.type) ?? [];
    if (!track || !outcome) return;
    if (track.through.length > 0) move(track, track.ref.getSnapshot() as AnyMachineSnapshot, track.cause);
    end(track, outcome === 'done' ? 'done' : 'failed', (event as { readonly error?: unknown }).error);
  }

  function see(event: InspectionEvent): void {
    const ref = event.actorRef as AnyActorRef;
    if (event.type === '@xstate.actor') return announce(ref);
    const track = tracks.get(ref.sessionId);
    if (event.type === '@xstate.microstep' && track?.actor.machine) {
      const { context, value } = event.snapshot as AnyMachineSnapshot;
      // What it invokes now belongs to the session that a callback has just told.
      track.session = (context as Context).session ?? track.session;
      if (event._transitions.some(({ target }) => target !== undefined)) track.through.push(pathOf(value));
      track.cause = event.event.type;
    }
    if (event.type === '@xstate.event') answer(event);
    if (event.type !== '@xstate.snapshot') return;
    // A machine has a state only now.
    if (!track) return void (event.event.type === 'xstate.init' && begin(ref));
    const { status } = event.snapshot;
    if (track.actor.machine && event.event.type !== 'xstate.init')
      move(track, event.snapshot as AnyMachineSnapshot, event.event.type);
    if (status === 'done') end(track, 'done');
    else if (status === 'error') end(track, 'failed', (event.snapshot as { error?: unknown }).error);
    else if (status === 'stopped') end(track, 'stopped');
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
    /** An actor that may be running already, with what runs inside it. */
    meet(ref: AnyActorRef): void {
      const running = ref.getSnapshot() as Partial<AnyMachineSnapshot> | undefined;
      if (running?.status !== 'active') return;
      begin(ref);
      for (const child of Object.values(running.children ?? {})) this.meet(child as AnyActorRef);
    },
    sessionOf: (id: string) => tracks.get(id)?.session ?? '',
  };
}

/** XState keeps it from its types. */
const logicOf = (ref: AnyActorRef): unknown => (ref as unknown as { readonly logic: unknown }).logic;

/** As the chart names it; `null`: not one of the chart. */
function serviceName(ref: AnyActorRef): string | null {
  const { src } = ref as unknown as { readonly src: unknown };
  return typeof src === 'string' && /^[A-Za-z]{1,40}$/.test(src) ? src : null;
}

function pathOf(value: StateValue): string {
  if (typeof value === 'string') return value;
  let path = '';
  for (const key in value) {
    const inner = pathOf(value[key]!);
    path += `${path && ' '}${key}${inner && '.'}${inner}`;
  }
  return path;
}
