import type { Chart } from '../../../../diagram/chart.js';
import { edgeOf } from './scene.js';
import type { Hop, Scene } from './scene.js';
import { lineage } from './states.js';

/** How a state or an edge stands out: `ended` is where the machine was last; of the visited ones 3 is where it came from last. */
export type Mark = 'current' | 'ended' | 'around' | 'visited3' | 'visited2' | 'visited1';

export interface Marks {
  /** By `machine path`. */
  readonly states: ReadonlyMap<string, Mark>;
  /** By the edge's place in the chart. */
  readonly edges: ReadonlyMap<number, Mark>;
  /** Taken, and not in the picture. */
  readonly loose: readonly { readonly hop: Hop; readonly mark: Mark }[];
}

export function marksOf(chart: Chart, { machines, hops }: Scene): Marks {
  const states = new Map<string, Mark>();
  const edges = new Map<number, Mark>();
  const loose = new Map<string, { hop: Hop; mark: Mark }>();
  const inPicture = (machine: string, path: string) =>
    chart.states.some((state) => state.machine === machine && state.path === path);

  hops.forEach((hop, at) => {
    const age = hops.length - 1 - at;
    const mark: Mark = age < 1 ? 'visited3' : age < 5 ? 'visited2' : 'visited1';
    states.set(`${hop.machine} ${hop.from}`, mark);
    states.set(`${hop.machine} ${hop.to}`, mark);
    const edge = edgeOf(chart, hop);
    if (edge) edges.set(chart.edges.indexOf(edge), mark);
    else if (hop.from !== hop.to && inPicture(hop.machine, hop.from) && inPicture(hop.machine, hop.to))
      loose.set(`${hop.machine} ${hop.from} ${hop.to}`, { hop, mark });
  });
  for (const { machine, state, running } of machines) {
    if (!running && machine !== chart.machine) continue;
    for (const path of lineage(state)) states.set(`${machine} ${path}`, 'around');
    states.set(`${machine} ${state}`, running ? 'current' : 'ended');
  }
  return { states, edges, loose: [...loose.values()] };
}
