import type { NamedTransition } from './aside.js';
import type { ChartReason, Outline, OutlineEdge, OutlineState } from './chart.js';
import { childrenOf, initialOf, statesBelow, transitionsOf } from './machine.js';
import type { MachineLike, StateLike } from './machine.js';

/**
 * What a machine consists of, without a place on any plane.
 *
 * @param isAside what its picture leaves out
 */
export function outlineOf(
  machine: MachineLike,
  isAside: (transition: NamedTransition) => boolean = () => false,
): Outline {
  return {
    machine: machine.id,
    states: statesBelow(machine.root).map((state) => outlined(state, machine)),
    edges: edgesOf(machine, (transition) => !isAside(transition)),
    aside: edgesOf(machine, isAside),
  };
}

/** A machine with a child machine opened in the state that invokes it, by the `id` of the child. */
export function opened(outline: Outline, child: Outline): Outline {
  return {
    machine: outline.machine,
    states: outline.states.flatMap((state) =>
      state.invokes.includes(child.machine)
        ? [{ ...state, kind: 'compound' as const }, ...child.states]
        : [state],
    ),
    edges: [...outline.edges, ...child.edges],
    aside: [...outline.aside, ...child.aside],
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

const pathOf = ({ path }: StateLike): string => path.join('.');

function outlined(state: StateLike, machine: MachineLike): OutlineState {
  const parent = state.path.slice(0, -1).reduce((node, key) => node.states[key]!, machine.root);
  return {
    machine: machine.id,
    path: pathOf(state),
    key: state.key,
    description: state.description ?? null,
    rfc: rfcOf(state.meta),
    tags: state.tags,
    kind: state.type === 'final' ? 'final' : childrenOf(state).length > 0 ? 'compound' : 'atomic',
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
  { id: machine, root }: MachineLike,
  isWanted: (transition: NamedTransition) => boolean,
): OutlineEdge[] {
  const edges = new Map<
    string,
    { source: string; target: string; reasons: Map<string, Set<string> | null> }
  >();
  for (const { source, event, guard, target } of transitionsOf(root)) {
    if (!target || target === source) continue;
    const [from, to, name] = [pathOf(source), pathOf(target), eventName(event)];
    if (!isWanted({ machine, source: from, target: to, event: name })) continue;
    const key = `${from} ${to}`;
    const edge = edges.get(key) ?? { source: from, target: to, reasons: new Map() };
    const guards = edge.reasons.get(name);
    // Taken whatever the guards say: then they say nothing.
    edge.reasons.set(name, guard === null || guards === null ? null : new Set([...(guards ?? []), guard]));
    edges.set(key, edge);
  }
  return [...edges.values()].map(({ source, target, reasons }) => ({
    machine,
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

/** A state's name among those of several machines. */
export const stateId = ({ machine, path }: Pick<OutlineState, 'machine' | 'path'>): string =>
  `${machine} ${path}`;

export const edgeId = ({ machine, source, target }: Omit<OutlineEdge, 'reasons'>): string =>
  `${machine} ${source} > ${target}`;
