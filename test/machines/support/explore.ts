import type { AnyActorRef, AnyMachineSnapshot, AnyStateMachine, EventObject } from 'xstate';
import type { AuthorizationContext } from '../../../src/machines/authorization.contract.js';
import type { RenewalContext } from '../../../src/machines/renewal.machine.js';
import type { SignOutContext } from '../../../src/machines/sign-out.machine.js';
import { begin, placeOf, step } from '../../support/transitions.js';
import type { Step } from '../../support/transitions.js';
import { answers, faults, inputs, machines, publicEvents, tellings } from './answers.js';

export interface Visit {
  readonly snapshot: AnyMachineSnapshot;
  readonly place: string;
  readonly input: unknown;
  /** The events that lead here, fewest first. */
  readonly path: readonly EventObject[];
}

export interface Chart {
  readonly name: string;
  readonly machine: AnyStateMachine;
  readonly inputs: readonly unknown[];
  /** What anybody may send, whatever runs. */
  readonly events: readonly EventObject[];
}

export const charts: readonly Chart[] = [
  {
    name: 'authorization',
    machine: machines.authorizationMachine,
    inputs: inputs.authorization,
    events: publicEvents,
  },
  { name: 'exchange', machine: machines.exchangeMachine, inputs: inputs.exchange, events: [] },
  { name: 'renewal', machine: machines.renewalMachine, inputs: inputs.renewal, events: [] },
  { name: 'signOut', machine: machines.signOutMachine, inputs: inputs.signOut, events: [] },
];

/** The services a snapshot has running, by the id of their invocation. */
export function running({ children }: AnyMachineSnapshot): { id: string; src: string }[] {
  const actors = Object.entries(children as Record<string, AnyActorRef>);
  return actors.map(([id, { src }]) => ({ id, src: String(src) }));
}

/** Every way in which a running service may speak. */
export function spokenBy({ id, src }: { id: string; src: string }): EventObject[] {
  const fails = faults.map((error) => ({ type: `xstate.error.actor.${id}`, error, actorId: id }));
  const done = (output: unknown) => ({ type: `xstate.done.actor.${id}`, output, actorId: id });
  if (src in answers) return [...answers[src as keyof typeof answers].map(done), ...fails];
  if (src in tellings) return [...tellings[src as keyof typeof tellings], done(undefined), ...fails];
  throw new Error(`No answer is written down for the service ${src}: add one to answers.ts.`);
}

export const eventsAt = (chart: Chart, snapshot: AnyMachineSnapshot): EventObject[] =>
  snapshot.status === 'active' ? [...chart.events, ...running(snapshot).flatMap(spokenBy)] : [];

// What goes on counting beyond these changes nothing any more.
const QUEUE_EXPLORED = 2;
const FUSE = 3;

type AnyContext = Partial<AuthorizationContext & RenewalContext & Pick<SignOutContext, 'revoke'>>;

/** What of a context the guards ahead can see: two snapshots that agree on it behave alike. */
function outline(place: string, context: AnyContext): unknown[] {
  const { facts, failure, request, callbacks = [], afterwards, keepWarm, fruitless = 0, journal } = context;
  const within = (state: string, ...seen: unknown[]) => (place.startsWith(state) ? seen : []);
  return [
    keepWarm,
    within('restoring.flow', request && request.presentation),
    within('awaitingAuthorization', request?.presentation, callbacks.length),
    within('exchanging', request === null),
    within('abandoning', afterwards, failure?.retryable),
    within('authorized', facts?.standing, facts?.renewable, failure === null),
    within('authorized', keepWarm && Math.min(fruitless, FUSE)),
    within('error', request === null),
    within('holding', journal === null),
    within('holding.withdrawing', failure?.code),
    context.revoke,
  ];
}

/** Walks a chart breadth first, as pure functions, with every event that may come in every state. */
export function explore(
  chart: Chart,
  onStep: (from: Visit, event: EventObject, to: Step) => void = () => {},
): Visit[] {
  const { machine } = chart;
  const visits: Visit[] = [];
  const seen = new Set<string>();
  const arrive = (snapshot: AnyMachineSnapshot, input: unknown, path: readonly EventObject[]) => {
    const place = placeOf(snapshot);
    const key = JSON.stringify([place, outline(place, snapshot.context)]);
    if (seen.has(key)) return;
    seen.add(key);
    visits.push({ snapshot, place, input, path });
  };
  for (const input of chart.inputs) arrive(begin(machine, input), input, []);
  for (const visit of visits) {
    for (const event of eventsAt(chart, visit.snapshot)) {
      const to = step(machine, visit.snapshot, event);
      onStep(visit, event, to);
      const { callbacks = [] } = to.snapshot.context as Partial<AuthorizationContext>;
      if (callbacks.length <= QUEUE_EXPLORED) arrive(to.snapshot, visit.input, [...visit.path, event]);
    }
  }
  return visits;
}
