import type { ErrorCode, Phase, Standing } from '../../machines/vocabulary.js';
import type { Message } from '../../services/inspection/message.js';

export type MachineName = 'authorization' | 'exchange' | 'renewal' | 'signOut';

/** A machine or a service of one, while it runs. */
export interface FlowActor {
  /** Unique in this process. */
  readonly id: string;
  /** `null`: the root, which is a sign-in with its session. */
  readonly parent: string | null;
  /** `null`: a service. */
  readonly machine: MachineName | null;
  /** Of a machine its name; of a service the `id` it is invoked by in the chart: `claimFlow`. */
  readonly name: string;
  /** The name of the session it works for. */
  readonly session: string;
}

/** A failure without its sentence: that stands in the catalogue, under its code. */
export interface FlowFailure {
  readonly code: ErrorCode;
  readonly phase: Phase;
  readonly retryable: boolean;
  /** Unix milliseconds. */
  readonly retryAt: number | null;
  /** HTTP status. */
  readonly status: number | null;
  /** The `error` of an OAuth answer, if it is one of the standards'. */
  readonly error: string | null;
}

/** What is known of a session, without the person it belongs to. Times are Unix milliseconds. */
export interface FlowFacts {
  readonly standing: Standing;
  /** How many. Their names are the provider's words; what was asked for is in the authorization request. */
  readonly grantedScopes: number;
  readonly missingScopes: readonly string[];
  readonly obtainedAt: number;
  readonly expiresAt: number | null;
  readonly dueAt: number | null;
  readonly renewable: boolean;
}

interface Moment {
  /** Counts the events of one stream from 1. */
  readonly sequence: number;
  /** Unix milliseconds. */
  readonly at: number;
  /** Milliseconds since the stream began, by a clock that never jumps. */
  readonly elapsed: number;
}

/** What happened, before it is known when. */
export type Unstamped<Event extends Moment> = Event extends unknown ? Omit<Event, keyof Moment> : never;

/** An actor begins. A service has no state. */
export interface ActorStarted extends Moment {
  readonly type: 'actor.started';
  readonly actor: FlowActor;
  readonly state: string | null;
}

/** A machine took an event that led somewhere, or failed. States are dotted paths: `authorized.stale.postponed`. */
export interface ActorMoved extends Moment {
  readonly type: 'actor.moved';
  /** The `id` of its actor. */
  readonly actor: string;
  /** The name of its session, which a callback may have told. */
  readonly session: string;
  /** `done(claimFlow)` and `failed(claimFlow)` are the answers of services; any that is not of the chart is `other`. */
  readonly event: string;
  readonly from: string;
  /** The states that were entered, transient ones too; the last is `to`. Empty: it failed where it was. */
  readonly through: readonly string[];
  readonly to: string;
  /** Milliseconds in `from`. */
  readonly lasted: number;
  readonly tags: readonly string[];
  /** Of the session, where the machine knows any. */
  readonly facts: FlowFacts | null;
  /** Set by this event; `null` also if it is an earlier one that still stands. */
  readonly failure: FlowFailure | null;
}

/** An actor has ended. */
export interface ActorStopped extends Moment {
  readonly type: 'actor.stopped';
  /** The `id` of its actor. */
  readonly actor: string;
  /** `stopped`: its state was left, or its client closed. */
  readonly outcome: 'done' | 'failed' | 'stopped';
  /** Milliseconds since it started. */
  readonly lasted: number;
  readonly failure: FlowFailure | null;
}

/** Something was sent or received. */
export interface MessagePassed extends Moment {
  readonly type: 'message.passed';
  /** The `id` of the service that sent or received it; `null`: a call of the application's own, through `session.fetch`. */
  readonly actor: string | null;
  readonly session: string;
  readonly message: Message;
}

/**
 * What {@link inspectFlow} tells: small records made by allow-list, fit for screens and bug reports. No secret and no account
 * is ever in one; the name of the session is, which the application chose.
 */
export type FlowEvent = ActorStarted | ActorMoved | ActorStopped | MessagePassed;

/** What a sink may ask of the actors it hears of. */
export interface FlowSource {
  /** The chart of a machine, as XState's definition: descriptions, transitions, tags; no context. `null`: a service, or gone. */
  definition(actor: string): unknown;
  /** Sends an event without payload to a running machine; false if there is none, or it is not one of the chart's own. */
  send(actor: string, type: string): boolean;
}

export type FlowSink = (event: FlowEvent, source: FlowSource) => void;
