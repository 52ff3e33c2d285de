import type { AnyActorRef, AnyMachineSnapshot, StateValue } from 'xstate';
import type { Failure, SessionFacts } from '../../machines/vocabulary.js';
import type { ActorMoved, FlowActor, FlowFacts, Unstamped } from './flow-event.js';
import { eventName, flowFacts, flowFailure } from './words.js';

/** What may be looked at of the context of any of the four. */
interface Context {
  readonly session?: string;
  readonly facts?: SessionFacts | null;
  readonly failure?: Failure | null;
}

/** What is known of an actor that is followed. */
export interface Track {
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

/** `snapshot`: of a machine; a service has no state. */
export function trackOf(
  ref: AnyActorRef,
  actor: Omit<FlowActor, 'id' | 'session'>,
  { parent, snapshot, now }: { parent: Track | undefined; snapshot: AnyMachineSnapshot | null; now: number },
): Track {
  const context = snapshot?.context as Context | undefined;
  const session = parent?.session ?? context?.session ?? '';
  return {
    actor: { id: ref.sessionId, ...actor, session },
    ref,
    session,
    state: snapshot ? pathOf(snapshot.value) : null,
    failure: context?.failure ?? null,
    facts: null,
    startedAt: now,
    since: now,
    through: [],
    cause: '',
    enteredAt: now,
  };
}

/** Notes one step of the way. What the machine invokes now belongs to the session that a callback has just told. */
export function enter(track: Track, { context, value }: AnyMachineSnapshot, type: string, now: number): void {
  track.session = (context as Context).session ?? track.session;
  track.cause = type;
  track.through.push(pathOf(value));
  track.enteredAt = now;
}

/** `null`: it has gone nowhere, and nothing has failed. */
export function movedBy(
  track: Track,
  { context, value, tags }: AnyMachineSnapshot,
  type: string,
  now: number,
): Unstamped<ActorMoved> | null {
  const { session, facts, failure = null } = context as Context;
  const { through, state, since, enteredAt } = track;
  const news = failure === track.failure ? null : failure;
  track.session = session ?? track.session;
  track.failure = failure;
  if (through.length === 0 && !news) return null;
  track.through = [];
  const to = pathOf(value);
  // What it invokes has begun since it was entered, and told so.
  const left = through.length > 0 ? enteredAt : now;
  if (through.length > 0) [track.state, track.since] = [to, enteredAt];
  return {
    type: 'actor.moved',
    actor: track.actor.id,
    session: track.session,
    event: eventName(type),
    from: state ?? '',
    through,
    to,
    lasted: left - since,
    tags: [...tags],
    facts: toldFacts(track, facts),
    failure: flowFailure(news),
  };
}

function toldFacts(track: Track, known: SessionFacts | null | undefined): FlowFacts | null {
  if (!known) return null;
  if (track.facts?.known !== known) track.facts = { known, told: flowFacts(known) };
  return track.facts.told;
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
