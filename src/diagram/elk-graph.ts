import type { Chart, ChartBox, ChartPoint, Outline, OutlineState } from './chart.js';
import { labelLines } from './label.js';
import { parentOf } from './outline.js';
import { boxSize, HEAD, LABEL, MARGIN, MARKER } from './sizes.js';
import { widthOf } from './text.js';

/** The part of ELK's JSON that is used here; see https://eclipse.dev/elk/reference.html. */
export interface ElkNode extends Partial<ChartBox> {
  readonly id: string;
  readonly children?: readonly ElkNode[];
  readonly edges?: readonly ElkEdge[];
  readonly layoutOptions?: Readonly<Record<string, string>>;
}

export interface ElkEdge {
  readonly id: string;
  readonly sources: readonly string[];
  readonly targets: readonly string[];
  readonly labels?: readonly (Partial<ChartBox> & { readonly text: string })[];
  readonly sections?: readonly {
    readonly startPoint: ChartPoint;
    readonly endPoint: ChartPoint;
    readonly bendPoints?: readonly ChartPoint[];
  }[];
  readonly layoutOptions?: Readonly<Record<string, string>>;
}

const OPTIONS = {
  'elk.algorithm': 'layered',
  'elk.direction': 'DOWN',
  'elk.hierarchyHandling': 'INCLUDE_CHILDREN',
  'elk.edgeRouting': 'ORTHOGONAL',
  'elk.json.shapeCoords': 'ROOT',
  'elk.json.edgeCoords': 'ROOT',
  'elk.randomSeed': '1',
  'elk.padding': `[top=${MARGIN},left=${MARGIN},bottom=${MARGIN},right=${MARGIN}]`,
};

const SPACING = {
  'elk.spacing.nodeNode': '28',
  'elk.spacing.edgeNode': '14',
  'elk.spacing.edgeEdge': '12',
  'elk.spacing.edgeLabel': '4',
  'elk.layered.spacing.nodeNodeBetweenLayers': '28',
  'elk.layered.spacing.edgeNodeBetweenLayers': '14',
  'elk.layered.spacing.edgeEdgeBetweenLayers': '12',
  'elk.layered.nodePlacement.strategy': 'NETWORK_SIMPLEX',
  'elk.layered.thoroughness': '40',
};

const idOf = ({ machine, path }: Pick<OutlineState, 'machine' | 'path'>) => `${machine} ${path}`;

export type ElkOptions = Readonly<Record<string, string>>;

/** What ELK is to lay out. */
export function elkGraph(outline: Outline, options: ElkOptions = {}): ElkNode {
  const { states, edges, machine } = outline;
  const inside = (parent: OutlineState | undefined): ElkNode[] =>
    states
      .filter((state) => parentOf(states, state) === parent)
      .flatMap((state) => [...(state.initial ? [marker(state)] : []), node(state)]);
  const marker = (state: OutlineState): ElkNode => ({
    id: `entry ${idOf(state)}`,
    width: MARKER,
    height: MARKER,
  });
  const node = (state: OutlineState): ElkNode => {
    const { width, height } = boxSize(state);
    if (state.kind !== 'compound') return { id: idOf(state), width, height };
    return {
      id: idOf(state),
      children: inside(state),
      layoutOptions: {
        ...SPACING,
        ...options,
        'elk.padding': `[top=${HEAD + (state.invokes.length > 0 ? 14 : 0)},left=14,bottom=14,right=14]`,
        'elk.nodeSize.constraints': 'MINIMUM_SIZE',
        'elk.nodeSize.minimum': `(${width},${height})`,
      },
    };
  };
  return {
    id: machine,
    layoutOptions: { ...SPACING, ...OPTIONS, ...options },
    children: inside(undefined),
    edges: [
      ...states
        .filter(({ initial }) => initial)
        .map((state) => ({
          id: `entry ${idOf(state)}`,
          sources: [`entry ${idOf(state)}`],
          targets: [idOf(state)],
        })),
      ...edges.map(({ machine, source, target, reasons }): ElkEdge => {
        const ends = [source, target].map((path) => idOf({ machine, path })) as [string, string];
        const lines = labelLines(
          reasons,
          states.find((state) => idOf(state) === ends[0]),
        );
        const [upper, lower] = isUpward(outline, machine, source, target) ? ends.toReversed() : ends;
        return {
          id: ends.join(' > '),
          sources: [upper!],
          targets: [lower!],
          labels: lines.length > 0 ? [{ text: lines.join('\n'), ...labelSize(lines) }] : [],
        };
      }),
    ],
  };
}

const labelSize = (lines: readonly string[]) => ({
  width: Math.max(...lines.map((line) => widthOf(line, LABEL.size))) + 6,
  height: lines.length * LABEL.line + 4,
});

/** The chart that ELK's answer is. */
export function chartOf(outline: Outline, answer: ElkNode): Chart {
  const boxes = new Map(nodesOf(answer).map((node) => [node.id, boxOf(node)]));
  const edges = new Map(edgesOf(answer).map((edge) => [edge.id, edge]));
  const box = (id: string) => boxes.get(id)!;
  return {
    machine: outline.machine,
    width: Math.ceil(answer.width ?? 0),
    height: Math.ceil(answer.height ?? 0),
    states: outline.states.map((state) => ({ ...state, ...box(idOf(state)) })),
    entries: outline.states
      .filter(({ initial }) => initial)
      .map((state) => {
        const id = `entry ${idOf(state)}`;
        return { machine: state.machine, target: state.path, ...box(id), points: pointsOf(edges.get(id)!) };
      }),
    edges: outline.edges.map((edge) => {
      const { machine, source, target } = edge;
      const laid = edges.get([source, target].map((path) => idOf({ machine, path })).join(' > '))!;
      const [label] = laid.labels ?? [];
      const points = pointsOf(laid);
      return {
        ...edge,
        points: isUpward(outline, machine, source, target) ? points.toReversed() : points,
        label: label ? { ...boxOf(label), lines: label.text.split('\n') } : null,
      };
    }),
    aside: outline.aside,
  };
}

/**
 * A machine is written in the order of its life. ELK draws downwards, and would choose by itself what goes against the
 * stream, otherwise for each change of the machine: it gets those edges turned round.
 */
function isUpward({ states }: Outline, machine: string, source: string, target: string): boolean {
  const place = (path: string) =>
    states.findIndex((state) => state.machine === machine && state.path === path);
  return place(target) < place(source);
}

const nodesOf = (node: ElkNode): readonly ElkNode[] =>
  (node.children ?? []).flatMap((child) => [child, ...nodesOf(child)]);

const edgesOf = (node: ElkNode): readonly ElkEdge[] => [
  ...(node.edges ?? []),
  ...(node.children ?? []).flatMap(edgesOf),
];

function boxOf({ x = 0, y = 0, width = 0, height = 0 }: Partial<ChartBox>): ChartBox {
  const [left, top] = [Math.round(x), Math.round(y)];
  return { x: left, y: top, width: Math.round(x + width) - left, height: Math.round(y + height) - top };
}

const pointsOf = ({ sections = [] }: ElkEdge): ChartPoint[] =>
  sections
    .flatMap(({ startPoint, bendPoints = [], endPoint }) => [startPoint, ...bendPoints, endPoint])
    .map(({ x, y }) => ({ x: Math.round(x), y: Math.round(y) }));
