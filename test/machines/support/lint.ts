import { createActor } from 'xstate';
import type { AnyStateMachine, StateNode } from 'xstate';
import { begin, pathOf, statesOf } from '../../support/transitions.js';

const SOURCES = ['actors', 'actions', 'guards', 'delays'] as const;
const BUILT_IN = ['xstate.assign', 'xstate.emit'];

/** The house rules that no type can check. Returns what breaks them, in words. */
export function lint(machine: AnyStateMachine, inputs: readonly unknown[]): string[] {
  const states = statesOf(machine);
  const used = new Set<string>();
  return [
    ...states.flatMap(describes),
    ...[machine.root, ...states].flatMap((node) => [
      ...invokes(node, used),
      ...acts(node, used),
      ...guards(node, used),
      ...waits(node),
      ...begins(node),
    ]),
    ...provides(machine, used),
    ...starts(machine, inputs),
    ...unreachable(machine, states),
  ];
}

const nameOf = (node: StateNode) => pathOf(node) || 'the root';
const listOf = <Item>(items: Item | readonly Item[] | undefined): readonly Item[] =>
  items === undefined ? [] : Array.isArray(items) ? (items as readonly Item[]) : [items as Item];

function describes(node: StateNode): string[] {
  const oneSentence = /^[A-Z](?:(?![.?!]\s).)*[.?!]$/su.test(node.description ?? '');
  return oneSentence ? [] : [`${pathOf(node)}: is not described by one sentence`];
}

function invokes(node: StateNode, used: Set<string>): string[] {
  return listOf(node.config.invoke as object | object[] | undefined).flatMap((invocation) => {
    const { id, src } = invocation as { id?: unknown; src?: unknown };
    if (typeof src !== 'string') return [`${nameOf(node)}: invokes a source that has no name`];
    used.add(src);
    if (typeof id !== 'string') return [`${nameOf(node)}: invokes ${src} without an id`];
    const wanting = ['input', 'onDone', 'onError'].filter((member) => !(member in invocation));
    return wanting.map((member) => `${nameOf(node)}: invokes ${src} without ${member}`);
  });
}

const transitionsOf = (node: StateNode) => [...[...node.transitions.values()].flat(), ...(node.always ?? [])];

function acts(node: StateNode, used: Set<string>): string[] {
  const begun = Object.keys(node.states).length > 0 && isKnown(node) ? node.initial.actions : [];
  const carried = transitionsOf(node).flatMap(({ actions }) => actions);
  const actions: readonly unknown[] = [...node.entry, ...node.exit, ...begun, ...carried];
  return actions.flatMap((action) => {
    // XState's own are functions with a type; what is no function is a name, or a name with params.
    if (typeof action === 'function') {
      // What "after" makes of itself is refused as such.
      const allowed = kindOf(action) === 'xstate.assign' || node.config.after !== undefined;
      return allowed ? [] : [`${nameOf(node)}: has an inline action`];
    }
    used.add(referred(action));
    return [];
  });
}

function guards(node: StateNode, used: Set<string>): string[] {
  return transitionsOf(node).flatMap(({ guard }: { guard?: unknown }) => {
    if (guard === undefined) return [];
    // outcomeIs() gives its guards the name of the outcome; a property would be called "guard".
    if (typeof guard === 'function') {
      return ['', 'guard'].includes(guard.name) ? [`${nameOf(node)}: has a guard without a name`] : [];
    }
    used.add(referred(guard));
    return [];
  });
}

const kindOf = (action: object) => (action as { type?: unknown }).type;
const referred = (reference: unknown): string =>
  typeof reference === 'string' ? reference : (reference as { type: string }).type;

/** XState loses `after` when a snapshot is restored, and fires at once where a delay is misspelt. */
function waits(node: StateNode): string[] {
  return node.config.after ? [`${nameOf(node)}: waits with "after", which no restored snapshot keeps`] : [];
}

const isKnown = ({ config, states }: StateNode) =>
  typeof config.initial === 'string' && config.initial in states;

function begins(node: StateNode): string[] {
  if (Object.keys(node.states).length === 0 || isKnown(node)) return [];
  return [`${nameOf(node)}: has no initial state of the name ${String(node.config.initial)}`];
}

function provides({ implementations }: AnyStateMachine, used: Set<string>): string[] {
  const idle = SOURCES.flatMap((kind) =>
    Object.keys(implementations[kind])
      .filter((name) => !used.has(name))
      .map((name) => `setup: nothing uses ${name} of its ${kind}`),
  );
  const impure = Object.entries(implementations.actions as Record<string, object>)
    .filter(([, action]) => !BUILT_IN.includes(String(kindOf(action))))
    .map(([name]) => `setup: the action ${name} does something; only assign and emit may be`);
  const known = new Set(SOURCES.flatMap((kind) => Object.keys(implementations[kind])));
  const unknown = [...used].filter((name) => !known.has(name));
  return [...idle, ...impure, ...unknown.map((name) => `setup: has nothing of the name ${name}`)];
}

function starts(machine: AnyStateMachine, inputs: readonly unknown[]): string[] {
  return inputs.flatMap((input) => {
    const actor = createActor(machine, { input });
    let failed = false;
    actor.subscribe({ error: () => (failed = true) });
    actor.start();
    actor.stop();
    if (failed || actor.getSnapshot().status === 'error') return ['does not start'];
    return notPlain(begin(machine, input).context, 'context');
  });
}

/** What JSON would lose of a value; a redacted one says itself what it becomes. */
export function notPlain(value: unknown, path: string): string[] {
  if (value === null || ['string', 'boolean'].includes(typeof value)) return [];
  if (typeof value === 'number') return Number.isFinite(value) ? [] : [`${path}: is ${value}`];
  if (typeof value !== 'object') return [`${path}: is a ${typeof value}`];
  if (String(value) === '[redacted]') return [];
  if (Array.isArray(value)) return value.flatMap((item, index) => notPlain(item, `${path}[${index}]`));
  if (Object.getPrototypeOf(value) !== Object.prototype) return [`${path}: is a ${value.constructor.name}`];
  return Object.entries(value).flatMap(([key, member]) => notPlain(member, `${path}.${key}`));
}

/** By the arrows alone; whether guards ever let them be taken is coverage's question. */
function unreachable(machine: AnyStateMachine, states: readonly StateNode[]): string[] {
  const reached = new Set<StateNode>();
  const reach = (node: StateNode) => {
    if (reached.has(node)) return;
    reached.add(node);
    if (node.parent) reach(node.parent);
    if (isKnown(node)) reach(node.states[String(node.config.initial)]!);
    for (const { target } of transitionsOf(node)) for (const next of target ?? []) reach(next as StateNode);
  };
  reach(machine.root);
  return states.filter((node) => !reached.has(node)).map((node) => `${pathOf(node)}: no arrow leads here`);
}
