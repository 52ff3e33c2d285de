import { createActor, initialTransition } from 'xstate';
import type { AnyActorScope, AnyMachineSnapshot, AnyStateMachine, EventObject, StateNode } from 'xstate';

/** One alternative of one event of one state, as it stands in a chart. */
export interface Definition {
  readonly state: string;
  /** The event's type; `always` where there is none. */
  readonly event: string;
  /** Position among the alternatives of the same event. */
  readonly alternative: number;
}

export interface Step {
  readonly snapshot: AnyMachineSnapshot;
  /** What was taken on the way, eventless transitions included: keys of {@link definitionsOf}. */
  readonly taken: readonly object[];
  readonly emitted: readonly EventObject[];
}

/** Every state of a machine but its root, parents first. */
export function statesOf(machine: AnyStateMachine): StateNode[] {
  const below = (node: StateNode): StateNode[] =>
    Object.values(node.states).flatMap((child) => [child, ...below(child)]);
  return below(machine.root);
}

export const pathOf = ({ path }: StateNode): string => path.join('.');

/** The paths of the states that have no states of their own, as `awaitingAuthorization.presented.waiting`. */
export const leavesOf = (machine: AnyStateMachine): string[] =>
  statesOf(machine)
    .filter(({ states }) => Object.keys(states).length === 0)
    .map(pathOf);

/** Where a snapshot stands: the path of its innermost state. */
export function placeOf({ value }: { readonly value: unknown }): string {
  if (typeof value === 'string') return value;
  const [[parent, child] = ['', '']] = Object.entries(value as Record<string, unknown>);
  return `${parent}.${placeOf({ value: child })}`;
}

/** Every transition definition of a machine, by the object that XState selects when it is taken. */
export function definitionsOf(machine: AnyStateMachine): Map<object, Definition> {
  const definitions = new Map<object, Definition>();
  for (const node of [machine.root, ...statesOf(machine)]) {
    const state = pathOf(node) || machine.id;
    const note = (event: string, alternatives: readonly object[] = []) =>
      alternatives.forEach((taken, alternative) => definitions.set(taken, { state, event, alternative }));
    for (const [event, alternatives] of node.transitions) note(event, alternatives);
    note('always', node.always);
  }
  return definitions;
}

/** The first snapshot, as a pure function. */
export const begin = (machine: AnyStateMachine, input: unknown): AnyMachineSnapshot =>
  initialTransition(machine, input)[0];

/** Sends one event, as a pure function: no actor runs, no clock ticks. */
export function step(machine: AnyStateMachine, snapshot: AnyMachineSnapshot, event: EventObject): Step {
  const { scope, selections } = lentScope(machine);
  const emitted: EventObject[] = [];
  selections.length = 0;
  const actionExecutor = ({ type, params }: { type: string; params?: unknown }) => {
    if (type === 'xstate.emit') emitted.push((params as { event: EventObject }).event);
  };
  const next = machine.transition(snapshot, event, { ...scope, actionExecutor });
  if (selections.length === 0) throw vanished('@xstate.microstep');
  return { snapshot: next, taken: selections.flat(), emitted };
}

interface Lent {
  readonly scope: AnyActorScope;
  readonly selections: object[][];
}
const lent = new WeakMap<AnyStateMachine, Lent>();

/**
 * XState's `transition` does not say which transitions it selects; it tells inspectors of an actor. So an actor that is
 * never started lends its scope. These names are half private: should one vanish, this fails, instead of calling every
 * chart uncovered.
 */
function lentScope(machine: AnyStateMachine): Lent {
  const known = lent.get(machine);
  if (known) return known;
  const selections: object[][] = [];
  const actor = createActor(machine, {
    inspect(told) {
      if (told.type !== '@xstate.microstep') return;
      const selected: unknown = Reflect.get(told, '_transitions');
      if (!Array.isArray(selected)) throw vanished('_transitions of @xstate.microstep');
      selections.push(selected);
    },
  });
  const scope: unknown = Reflect.get(actor, '_actorScope');
  if (!isScope(scope)) throw vanished('_actorScope');
  const inert = { ...scope, defer() {}, stopChild() {}, emit() {} };
  lent.set(machine, { scope: inert, selections });
  return { scope: inert, selections };
}

const isScope = (value: unknown): value is AnyActorScope =>
  typeof value === 'object' && value !== null && 'actionExecutor' in value;

const vanished = (name: string) =>
  new Error(`XState no longer has ${name}: nothing here can tell any more which transitions are taken.`);
