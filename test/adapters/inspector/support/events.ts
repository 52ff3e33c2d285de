import type {
  ActorMoved,
  ActorStarted,
  ActorStopped,
  FlowEvent,
  MachineName,
  MessagePassed,
} from 'authchart/inspect';
import fc from 'fast-check';

/** Writes events as `inspectFlow` does, one millisecond apart. */
export function writer() {
  const events: FlowEvent[] = [];
  const moment = () => {
    const sequence = events.length + 1;
    return { sequence, at: 1_700_000_000_000 + sequence, elapsed: sequence };
  };
  return {
    events,
    starts(
      id: string,
      machine: MachineName | null,
      name: string,
      parent: string | null,
      state: string | null,
    ) {
      const actor = { id, parent, machine, name, session: 'ada' };
      const event: ActorStarted = { ...moment(), type: 'actor.started', actor, state };
      events.push(event);
    },
    moves(actor: string, event: string, from: string, ...through: string[]) {
      const to = through.at(-1) ?? from;
      const moved: ActorMoved = {
        ...moment(),
        type: 'actor.moved',
        actor,
        session: 'ada',
        event,
        from,
        through,
        to,
        lasted: 1,
        tags: [],
        facts: null,
        failure: null,
      };
      events.push(moved);
    },
    stops(actor: string, outcome: ActorStopped['outcome'] = 'done') {
      const stopped: ActorStopped = {
        ...moment(),
        type: 'actor.stopped',
        actor,
        outcome,
        lasted: 1,
        failure: null,
      };
      events.push(stopped);
    },
    passes(actor: string | null, message: Partial<MessagePassed['message']>) {
      const passed: MessagePassed = {
        ...moment(),
        type: 'message.passed',
        actor,
        session: 'ada',
        message: {
          exchange: '1',
          from: 'client',
          to: 'provider',
          name: 'token request',
          line: 'POST https://x.example/token',
          status: null,
          parts: [],
          ...message,
        },
      };
      events.push(passed);
    },
  };
}

const id = fc.constantFrom('a', 'b', 'c', 'd', 'e');
const session = fc.constantFrom('', 'ada', 'bob', '__proto__');
const state = fc.constantFrom(
  'idle',
  'awaitingAuthorization.presented.waiting',
  'exchanging',
  'authorized.fresh',
  'claiming',
  'nowhere..',
  '',
);
const name = fc.constantFrom('session.renew', 'done(exchange)', 'failed(claimFlow)', 'constructor', '');
const number = fc.double({ min: -1e15, max: 1e15, noNaN: true });
const moment = { sequence: fc.nat(), at: number, elapsed: number };
const failure = fc.option(
  fc.record({
    code: fc.constantFrom('access_denied', 'constructor') as fc.Arbitrary<'access_denied'>,
    phase: fc.constant('callback' as const),
    retryable: fc.boolean(),
    retryAt: fc.option(number),
    status: fc.option(fc.nat()),
    error: fc.option(fc.string()),
  }),
);

/** Any order of events, also those that no machine would tell. */
export const anyEvent: fc.Arbitrary<FlowEvent> = fc.oneof(
  fc.record<ActorStarted>({
    ...moment,
    type: fc.constant('actor.started'),
    state: fc.option(state),
    actor: fc.record({
      id,
      parent: fc.option(id),
      machine: fc.constantFrom(null, 'authorization', 'exchange', 'renewal', 'signOut'),
      name: fc.constantFrom('claimFlow', 'exchange'),
      session,
    }),
  }),
  fc.record<ActorMoved>({
    ...moment,
    type: fc.constant('actor.moved'),
    actor: id,
    session,
    event: name,
    from: state,
    through: fc.array(state, { maxLength: 3 }),
    to: state,
    lasted: number,
    tags: fc.constant([]),
    facts: fc.constant(null),
    failure,
  }),
  fc.record<ActorStopped>({
    ...moment,
    type: fc.constant('actor.stopped'),
    actor: id,
    outcome: fc.constantFrom('done', 'failed', 'stopped'),
    lasted: number,
    failure,
  }),
  fc.record<MessagePassed>({
    ...moment,
    type: fc.constant('message.passed'),
    actor: fc.option(id),
    session,
    message: fc.record({
      exchange: fc.constantFrom('1', '2'),
      from: fc.constantFrom('client', 'provider'),
      to: fc.constantFrom('client', 'provider'),
      name: fc.constantFrom('authorization request', 'authorization response', 'token request'),
      line: fc.string(),
      status: fc.option(fc.nat()),
      parts: fc.constant([]),
    }),
  }),
);
