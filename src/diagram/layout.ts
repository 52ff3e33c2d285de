import type { Chart, ChartBox, ChartPoint, Outline } from './chart.js';
import { linesOf } from './label.js';
import { edgeId, stateId } from './outline.js';

/** Left, top, width, height. */
export type Place = readonly [x: number, y: number, width: number, height: number];

/** Where the parts of an outline stand, in whole pixels. */
export interface Layout {
  readonly size: readonly [width: number, height: number];
  readonly states: Readonly<Record<string, Place>>;
  /** By initial state. */
  readonly entries: Readonly<Record<string, { readonly at: Place; readonly way: Way }>>;
  readonly edges: Readonly<Record<string, { readonly way: Way; readonly label?: Place }>>;
}

/** x, y, x, y, … */
export type Way = readonly number[];

/** An outline in its place. */
export function chartOf(outline: Outline, layout: Layout): Chart {
  const [width, height] = layout.size;
  return {
    machine: outline.machine,
    width,
    height,
    states: outline.states.map((state) => ({ ...state, ...boxOf(layout.states[stateId(state)]!) })),
    edges: outline.edges.map((edge) => {
      const { way, label } = layout.edges[edgeId(edge)]!;
      const lines = linesOf(outline, edge);
      return { ...edge, points: pointsOf(way), label: label ? { ...boxOf(label), lines } : null };
    }),
    entries: outline.states
      .filter(({ initial }) => initial)
      .map((state) => {
        const { at, way } = layout.entries[stateId(state)]!;
        return { machine: state.machine, target: state.path, ...boxOf(at), points: pointsOf(way) };
      }),
    aside: outline.aside,
  };
}

const boxOf = ([x, y, width, height]: Place): ChartBox => ({ x, y, width, height });

function pointsOf(way: Way): ChartPoint[] {
  const xs = way.filter((_, index) => index % 2 === 0);
  return xs.map((x, index) => ({ x, y: way[2 * index + 1]! }));
}
