import type { Outline, OutlineEdge, OutlineState } from './chart.js';
import type { ElkEdge, ElkLabel, ElkNode } from './elk.js';
import { linesOf } from './label.js';
import { edgeId, parentOf, stateId } from './outline.js';
import { boxSize, headOf, LABEL, MARGIN, MARKER, PADDING } from './sizes.js';
import { widthOf } from './text.js';

const around = (top: number, rest: number) => `[top=${top},left=${rest},bottom=${rest},right=${rest}]`;

const SPACING = {
  'elk.spacing.nodeNode': '20',
  'elk.spacing.edgeNode': '12',
  'elk.spacing.edgeEdge': '12',
  'elk.layered.spacing.nodeNodeBetweenLayers': '16',
  'elk.layered.spacing.edgeNodeBetweenLayers': '10',
  'elk.layered.spacing.edgeEdgeBetweenLayers': '9',
  'elk.layered.nodePlacement.strategy': 'NETWORK_SIMPLEX',
  'elk.layered.thoroughness': '40',
};

const ROOT = {
  ...SPACING,
  'elk.algorithm': 'layered',
  'elk.direction': 'DOWN',
  'elk.hierarchyHandling': 'INCLUDE_CHILDREN',
  'elk.edgeRouting': 'ORTHOGONAL',
  'elk.json.shapeCoords': 'ROOT',
  'elk.json.edgeCoords': 'ROOT',
  // Where ELK tosses a coin, it is the same one each time.
  'elk.randomSeed': '1',
  'elk.padding': around(MARGIN, MARGIN),
};

/** What ELK is to lay out. */
export function elkGraph(outline: Outline): ElkNode {
  const { states, edges, machine } = outline;
  const initial = states.filter(({ initial }) => initial);
  return {
    id: machine,
    layoutOptions: ROOT,
    children: nodesIn(states, undefined),
    edges: [...initial.map(entryEdge), ...edges.map((edge) => elkEdge(outline, edge))],
  };
}

export const entryId = (state: OutlineState) => `entry ${stateId(state)}`;

function nodesIn(states: readonly OutlineState[], parent: OutlineState | undefined): ElkNode[] {
  return states
    .filter((state) => parentOf(states, state) === parent)
    .flatMap((state) => [
      ...(state.initial ? [{ id: entryId(state), width: MARKER, height: MARKER }] : []),
      nodeOf(states, state),
    ]);
}

function nodeOf(states: readonly OutlineState[], state: OutlineState): ElkNode {
  const { width, height } = boxSize(state);
  if (state.kind !== 'compound') return { id: stateId(state), width, height };
  return {
    id: stateId(state),
    children: nodesIn(states, state),
    layoutOptions: {
      ...SPACING,
      'elk.padding': around(headOf(state), PADDING),
      'elk.nodeSize.constraints': 'MINIMUM_SIZE',
      'elk.nodeSize.minimum': `(${width},${height})`,
    },
  };
}

function entryEdge(state: OutlineState): ElkEdge {
  return { id: entryId(state), sources: [entryId(state)], targets: [stateId(state)] };
}

function elkEdge(outline: Outline, edge: OutlineEdge): ElkEdge {
  const { machine, source, target } = edge;
  const ends = [source, target].map((path) => stateId({ machine, path }));
  const [upper = '', lower = ''] = isUpward(outline, edge) ? ends.toReversed() : ends;
  return { id: edgeId(edge), sources: [upper], targets: [lower], labels: labelsOf(linesOf(outline, edge)) };
}

function labelsOf(lines: readonly string[]): ElkLabel[] {
  if (lines.length === 0) return [];
  return [
    {
      text: lines.join(' '),
      width: Math.max(...lines.map((line) => widthOf(line, LABEL.size))) + 6,
      height: lines.length * LABEL.line + 4,
      // On the line itself: beside it, it could belong to either of two.
      layoutOptions: { 'elk.edgeLabels.inline': 'true' },
    },
  ];
}

/**
 * A machine is written in the order of its life. ELK draws downwards, and would choose anew for each change of the
 * machine what goes against the stream: it gets those edges turned round.
 */
export function isUpward({ states }: Outline, { machine, source, target }: OutlineEdge): boolean {
  const place = (path: string) =>
    states.findIndex((state) => state.machine === machine && state.path === path);
  return place(target) < place(source);
}
