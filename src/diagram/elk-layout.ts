import type { ChartBox, Outline } from './chart.js';
import { entryId, isUpward } from './elk-graph.js';
import type { ElkEdge, ElkNode } from './elk.js';
import type { Layout, Place, Way } from './layout.js';
import { edgeId, stateId } from './outline.js';

/** The layout that ELK's answer is. */
export function layoutOf(outline: Outline, answer: ElkNode): Layout {
  const nodes = new Map(nodesOf(answer).map((node) => [node.id, placeOf(node)]));
  const edges = new Map(edgesOf(answer).map((edge) => [edge.id, edge]));
  const initial = outline.states.filter(({ initial }) => initial);
  return {
    size: [Math.ceil(answer.width ?? 0), Math.ceil(answer.height ?? 0)],
    states: Object.fromEntries(outline.states.map((state) => [stateId(state), nodes.get(stateId(state))!])),
    entries: Object.fromEntries(
      initial.map((state) => {
        const id = entryId(state);
        return [stateId(state), { at: nodes.get(id)!, way: wayOf(edges.get(id)!, false) }];
      }),
    ),
    edges: Object.fromEntries(
      outline.edges.map((edge) => {
        const laid = edges.get(edgeId(edge))!;
        const [label] = laid.labels ?? [];
        const way = wayOf(laid, isUpward(outline, edge));
        return [edgeId(edge), { way, ...(label && { label: placeOf(label) }) }];
      }),
    ),
  };
}

const nodesOf = (node: ElkNode): readonly ElkNode[] =>
  (node.children ?? []).flatMap((child) => [child, ...nodesOf(child)]);

const edgesOf = (node: ElkNode): readonly ElkEdge[] => [
  ...(node.edges ?? []),
  ...(node.children ?? []).flatMap(edgesOf),
];

/** Rounded by its corners, so that what touches still touches. */
function placeOf({ x = 0, y = 0, width = 0, height = 0 }: Partial<ChartBox>): Place {
  const [left, top] = [Math.round(x), Math.round(y)];
  return [left, top, Math.round(x + width) - left, Math.round(y + height) - top];
}

function wayOf({ sections = [] }: ElkEdge, isTurned: boolean): Way {
  const points = sections.flatMap(({ startPoint, bendPoints = [], endPoint }) => [
    startPoint,
    ...bendPoints,
    endPoint,
  ]);
  const rounded = points.map(({ x, y }) => [Math.round(x), Math.round(y)]);
  return (isTurned ? rounded.toReversed() : rounded).flat();
}
