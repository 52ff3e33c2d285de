import type { ChartReason, Outline, OutlineEdge, OutlineState } from './chart.js';
import { childrenOf, initialOf, statesBelow, transitionsOf } from './machine.js';
import type { MachineLike, StateLike } from './machine.js';

export interface OutlineOptions {
  /** Child machines that are opened in place; each is invoked by the name of its own `id`. */
  readonly opened?: readonly MachineLike[];
  /** What the picture leaves out, by path of the source and name of the event. */
  readonly isAside?: (source: string, event: string) => boolean;
}

/** What a machine consists of, without a place on any plane. */
export function outlineOf(machine: MachineLike, options: OutlineOptions = {}): Outline {
  const { opened = [], isAside = () => false } = options;
  const invokedBy = (state: StateLike) =>
    opened.filter((child) => state.invoke.some(({ id }) => id === child.id));
  const drawn = edgesOf(machine, (...of) => !isAside(...of));
  return {
    machine: machine.id,
    states: statesBelow(machine.root).flatMap((state) => [
      outlined(state, machine, invokedBy(state).length > 0),
      ...invokedBy(state).flatMap((child) => statesBelow(child.root).map((inner) => outlined(inner, child))),
    ]),
    edges: [drawn, ...opened.map((child) => edgesOf(child))].flat(),
    aside: edgesOf(machine, isAside),
  };
}

/** The state that a state is drawn in: for those of a child machine, the one that invokes it. */
export function parentOf<State extends OutlineState>(
  states: readonly State[],
  { machine, path }: OutlineState,
): State | undefined {
  const outer = path.slice(0, Math.max(0, path.lastIndexOf('.')));
  return states.find((state) =>
    outer === ''
      ? state.machine !== machine && state.invokes.includes(machine)
      : state.machine === machine && state.path === outer,
  );
}

export const pathOf = ({ path }: StateLike): string => path.join('.');

function outlined(state: StateLike, machine: MachineLike, isOpened = false): OutlineState {
  const parent = state.path.slice(0, -1).reduce((node, key) => node.states[key]!, machine.root);
  return {
    machine: machine.id,
    path: pathOf(state),
    key: state.key,
    description: state.description ?? null,
    rfc: rfcOf(state.meta),
    tags: state.tags,
    kind: state.type === 'final' ? 'final' : isOpened || childrenOf(state).length > 0 ? 'compound' : 'atomic',
    initial: initialOf(parent) === state,
    invokes: state.invoke.map(({ id }) => id),
  };
}

function rfcOf(meta: unknown): string | null {
  const rfc = typeof meta === 'object' && meta !== null && 'rfc' in meta ? meta.rfc : null;
  return typeof rfc === 'string' ? rfc : null;
}

/** One edge for each two states. What stays in its state, or only enters it anew, has no edge. */
function edgesOf(
  machine: MachineLike,
  isWanted: (source: string, event: string) => boolean = () => true,
): OutlineEdge[] {
  const edges = new Map<
    string,
    { source: string; target: string; reasons: Map<string, Set<string> | null> }
  >();
  for (const { source, event, guard, target } of transitionsOf(machine.root)) {
    const [from, name] = [pathOf(source), eventName(event)];
    if (!target || target === source || !isWanted(from, name)) continue;
    const key = `${from} ${pathOf(target)}`;
    const edge = edges.get(key) ?? { source: from, target: pathOf(target), reasons: new Map() };
    const guards = edge.reasons.get(name);
    // Taken whatever the guards say: then they say nothing.
    edge.reasons.set(name, guard === null || guards === null ? null : new Set([...(guards ?? []), guard]));
    edges.set(key, edge);
  }
  return [...edges.values()].map(({ source, target, reasons }) => ({
    machine: machine.id,
    source,
    target,
    reasons: [...reasons].map(([event, guards]): ChartReason => ({ event, guards: [...(guards ?? [])] })),
  }));
}

/** `xstate.done.actor.claimFlow` → `done(claimFlow)`, as the stream names it. */
function eventName(type: string): string {
  const [, kind, service] = /^xstate[.](done|error)[.]actor[.](.+)$/.exec(type) ?? [];
  return kind === undefined ? type : `${kind === 'done' ? 'done' : 'failed'}(${service})`;
}
