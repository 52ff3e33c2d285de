import type {
  ActorMoved,
  ActorStarted,
  ActorStopped,
  FlowEvent,
  FlowFacts,
  FlowFailure,
  MachineName,
  MessagePassed,
} from '../../../../client/inspection/flow-event.js';
import { machineOf } from './states.js';

/** A service while it ran. Positions count the events of the story from 1. */
export interface ServiceSpan {
  readonly name: string;
  readonly began: number;
  ended: {
    readonly position: number;
    readonly outcome: string;
    readonly lasted: number;
    readonly failure: FlowFailure | null;
  } | null;
  readonly messages: Told[];
}

/** A message, and when it was passed. */
export interface Told {
  readonly position: number;
  readonly elapsed: number;
  readonly message: MessagePassed['message'];
}

export type Happening =
  | { readonly kind: 'began'; readonly state: string }
  | {
      readonly kind: 'moved';
      readonly event: string;
      readonly from: string;
      readonly through: readonly string[];
      readonly to: string;
      readonly lasted: number;
    }
  /** A call of the application's own. */
  | { readonly kind: 'called'; readonly told: Told }
  | { readonly kind: 'ended'; readonly outcome: string; readonly lasted: number };

/** A line of the timeline, with what runs because of it. */
export interface Row {
  readonly position: number;
  readonly at: number;
  readonly elapsed: number;
  readonly actor: string;
  /** Of its run. */
  readonly root: string;
  readonly machine: MachineName | null;
  readonly isRoot: boolean;
  readonly what: Happening;
  readonly facts: FlowFacts | null;
  readonly failure: FlowFailure | null;
  readonly services: ServiceSpan[];
}

/** One root actor: a sign-in, or the care for its session, until it ends. */
export interface Run {
  readonly root: string;
  readonly began: number;
  readonly at: number;
  session: string;
  ended: number | null;
  readonly rows: Row[];
  readonly messages: Told[];
}

interface Track {
  readonly actor: string;
  readonly run: Run;
  readonly machine: MachineName | null;
  /** Services of a machine that no row has taken yet. */
  waiting: ServiceSpan[];
  readonly span: ServiceSpan | null;
}

/**
 * What the events tell, in an order fit for reading: runs, their rows, services under the rows that started them. It
 * grows with each event and forgets nothing, so that any moment of it can be looked at again.
 */
export interface Story {
  readonly events: readonly FlowEvent[];
  readonly runs: readonly Run[];
  add(event: FlowEvent): void;
}

export function createStory(told: Iterable<FlowEvent> = []): Story {
  const events: FlowEvent[] = [];
  const runs: Run[] = [];
  const tracks = new Map<string, Track>();
  const toldSessions = new Map<Run, string>();
  const flows = new Map<string, Run>();
  // What starts on entry is told before the move that entered; a machine among it, with all it starts, follows that move.
  let beginning: { readonly of: Track; readonly parent: string | null; readonly event: ActorStarted }[] = [];

  const newRun = (root: string, session: string, at: number): Run => {
    const run = { root, session, at, began: events.length, ended: null, rows: [], messages: [] };
    runs.push(run);
    toldSessions.set(run, session);
    return run;
  };

  /** A stream may begin in the middle, for a server keeps only so many events: a child without its root is left out. */
  function track({ actor, session, from, through, to, at }: ActorMoved): Track | null {
    const known = tracks.get(actor);
    if (known) return known;
    const machine = machineOf([from, ...through, to]);
    if (machine !== 'authorization') return null;
    const found: Track = { actor, run: newRun(actor, session, at), machine, waiting: [], span: null };
    tracks.set(actor, found);
    return found;
  }

  function begin(): void {
    const begun = beginning;
    beginning = [];
    for (const { of, event } of begun) row(of, event, { kind: 'began', state: event.state ?? '' });
  }

  function row(of: Track, event: FlowEvent, what: Happening, more: Partial<Row> = {}): Row {
    const { at, elapsed } = event;
    const { actor, machine, run } = of;
    const services = of.waiting;
    of.waiting = [];
    const position = events.length;
    const made = {
      position,
      at,
      elapsed,
      actor,
      root: run.root,
      machine,
      isRoot: actor === run.root,
      what,
      facts: null,
      failure: null,
      services,
      ...more,
    };
    run.rows.push(made);
    return made;
  }

  function started(event: ActorStarted): void {
    const { id: actor, parent: by, machine, name, session } = event.actor;
    const parent = by === null ? undefined : tracks.get(by);
    if (machine === null) {
      if (!parent) return;
      const span: ServiceSpan = { name, began: events.length, ended: null, messages: [] };
      parent.waiting.push(span);
      tracks.set(actor, { actor, run: parent.run, machine, waiting: [], span });
      return;
    }
    if (by !== null && !parent) return;
    const run = parent?.run ?? newRun(actor, session, event.at);
    const of: Track = { actor, run, machine, waiting: [], span: null };
    tracks.set(actor, of);
    // In `idle` nothing runs: what is told next is of the first move.
    if (parent || event.state !== 'idle') beginning.push({ of, parent: by, event });
    else row(of, event, { kind: 'began', state: event.state });
  }

  function moved(event: ActorMoved): void {
    const of = track(event);
    if (!of) return begin();
    if (of.run.root === event.actor && toldSessions.get(of.run) !== event.session) {
      of.run.session = event.session;
      toldSessions.set(of.run, event.session);
    }
    const { event: name, from, through, to, lasted, facts, failure } = event;
    const isParent = beginning[0]?.parent === event.actor;
    if (!isParent) begin();
    // A deadline was armed, say.
    if (through.length === 0 && failure === null) return begin();
    row(of, event, { kind: 'moved', event: name, from, through, to, lasted }, { facts, failure });
    begin();
  }

  function stopped(event: ActorStopped): void {
    const of = tracks.get(event.actor);
    if (!of) return;
    tracks.delete(event.actor);
    const { outcome, lasted, failure } = event;
    if (of.span) of.span.ended = { position: events.length, outcome, lasted, failure };
    // Of a child machine that is done its last state tells, and its parent's next move.
    else if (of.run.root === event.actor || outcome !== 'done')
      row(of, event, { kind: 'ended', outcome, lasted }, { failure });
    if (of.run.root === event.actor) of.run.ended = events.length;
  }

  function passed(event: MessagePassed): void {
    const told = { position: events.length, elapsed: event.elapsed, message: event.message };
    const of = event.actor === null ? undefined : tracks.get(event.actor);
    if (of) {
      of.run.messages.push(told);
      of.span?.messages.push(told);
      joinFlow(of.run, event.message);
      return;
    }
    // Of the session no more is known than its name: it belongs to the newest run of that.
    const newest = runs.findLast(({ session }) => session === event.session);
    // A service whose start was dropped, or that has ended: it is no call of the application's own.
    if (event.actor !== null) return void newest?.messages.push(told);
    const run = newest ?? newRun(`calls of ${event.session}`, event.session, event.at);
    run.messages.push(told);
    const { at, elapsed } = event;
    run.rows.push({
      position: events.length,
      at,
      elapsed,
      actor: '',
      root: run.root,
      machine: null,
      isRoot: false,
      what: { kind: 'called', told },
      facts: null,
      failure: null,
      services: [],
    });
  }

  /** A callback that is refused tells no session: that of the flow which it answers is meant. */
  function joinFlow(run: Run, { name, exchange }: MessagePassed['message']): void {
    if (name === 'authorization request') flows.set(exchange, run);
    else if (name === 'authorization response') run.session = flows.get(exchange)?.session ?? run.session;
  }

  function add(event: FlowEvent): void {
    events.push(event);
    if (event.type === 'actor.stopped' || event.type === 'message.passed') begin();
    if (event.type === 'actor.started') started(event);
    else if (event.type === 'actor.moved') moved(event);
    else if (event.type === 'actor.stopped') stopped(event);
    else passed(event);
  }

  for (const event of told) add(event);
  return { events, runs, add };
}
