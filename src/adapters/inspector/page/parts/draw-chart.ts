import type { Chart, ChartBox, ChartEdge, ChartEntry, ChartState } from '../../../../diagram/chart.js';
import { LABEL, SERVICE } from '../../../../diagram/sizes.js';
import { wayOf } from '../../../../diagram/svg.js';
import { svg } from './dom.js';

export interface Drawing {
  readonly picture: SVGSVGElement;
  /** By `machine path`. */
  readonly states: ReadonlyMap<string, SVGGElement>;
  /** In the order of the chart: the line, and what is written at it. */
  readonly edges: readonly (readonly SVGGElement[])[];
  /** For lines that the chart has not. */
  readonly loose: SVGGElement;
}

/** As `svgOf` draws it, node by node: a page under Trusted Types takes no markup. */
export function drawChart(chart: Chart, name: string): Drawing {
  const { width, height, machine } = chart;
  // Markers are found by name in the whole page.
  const tips = `tip-${name.replace(/\W/g, '-')}`;
  const states = new Map(
    chart.states.map((state) => [`${state.machine} ${state.path}`, stateOf(state)] as const),
  );
  const edges = chart.edges.map((edge) => [lineOf(edge, tips), labelOf(edge)].filter((one) => one !== null));
  const loose = svg('g', { class: 'loose' });
  const marker = svg(
    'marker',
    {
      id: tips,
      class: 'tip',
      viewBox: '0 0 8 8',
      refX: 7.5,
      refY: 4,
      // A line that stands out has no larger tip.
      markerUnits: 'userSpaceOnUse',
      markerWidth: 9.6,
      markerHeight: 9.6,
      orient: 'auto-start-reverse',
    },
    svg('path', { d: 'M0.5 0.5 7.5 4 0.5 7.5Z', fill: 'context-stroke' }),
  );
  const picture = svg(
    'svg',
    {
      class: 'chart',
      viewBox: `0 0 ${width} ${height}`,
      width,
      height,
      role: 'img',
      'aria-label': `Chart of ${machine}; below it is there as text`,
    },
    svg('defs', {}, marker),
    ...edges.map(([line]) => line!),
    ...chart.entries.map((entry) => entryOf(entry, tips)),
    // Above the edges, so that none strikes a title through.
    ...states.values(),
    loose,
    ...edges.flatMap(([, label]) => label ?? []),
  );
  return { picture, states, edges, loose };
}

function stateOf({
  machine,
  path,
  key,
  kind,
  description,
  rfc,
  invokes,
  x,
  y,
  width,
  height,
}: ChartState): SVGGElement {
  const isCompound = kind === 'compound';
  const first = isCompound ? y + 21 : y + (height - invokes.length * SERVICE.line) / 2 + 4.5;
  const at = isCompound ? { x: x + 14 } : { x: x + width / 2, 'text-anchor': 'middle' };
  const services = isCompound && invokes.length > 0 ? [invokes.join(', ')] : invokes;
  const hint = [description, rfc].filter((part) => part !== null).join(' ');
  return svg(
    'g',
    { class: `state ${kind}`, 'data-machine': machine, 'data-state': path },
    hint === '' ? null : svg('title', {}, hint),
    svg('rect', { x, y, width, height, rx: 8 }),
    kind === 'final'
      ? svg('rect', { class: 'inner', x: x + 3, y: y + 3, width: width - 6, height: height - 6, rx: 5 })
      : null,
    svg('text', { class: 'key', ...at, y: first }, key),
    ...services.map((service, line) =>
      svg('text', { class: 'service', ...at, y: first + SERVICE.line * (line + 1) }, service),
    ),
  );
}

function entryOf({ machine, target, x, y, width, points }: ChartEntry, tips: string): SVGGElement {
  const radius = width / 2;
  return svg(
    'g',
    { class: 'entry', 'data-machine': machine, 'data-target': target },
    svg('circle', { cx: x + radius, cy: y + radius, r: radius }),
    svg('path', { d: wayOf(points), 'marker-end': `url(#${tips})` }),
  );
}

const endsOf = ({ machine, source, target }: ChartEdge) => ({
  'data-machine': machine,
  'data-source': source,
  'data-target': target,
});

const lineOf = (edge: ChartEdge, tips: string) =>
  svg(
    'g',
    { class: 'edge', ...endsOf(edge) },
    svg('path', { d: wayOf(edge.points), 'marker-end': `url(#${tips})` }),
  );

function labelOf(edge: ChartEdge): SVGGElement | null {
  if (!edge.label) return null;
  const { x, y, width, height, lines } = edge.label;
  const texts = lines.map((line, index) =>
    svg('tspan', { x: x + width / 2, y: y + 2 + 10.5 + LABEL.line * index }, line),
  );
  return svg(
    'g',
    { class: 'edge-label', ...endsOf(edge) },
    svg('rect', { x, y, width, height, rx: 3 }),
    svg('text', { 'text-anchor': 'middle' }, ...texts),
  );
}

/** A bow from one box to another, of a step that the picture leaves out. */
export function bow(from: ChartBox, to: ChartBox): string {
  const [start, end] = [centreOf(from), centreOf(to)];
  const [dx, dy] = [end.x - start.x, end.y - start.y];
  const turn = { x: (start.x + end.x) / 2 - dy * 0.18, y: (start.y + end.y) / 2 + dx * 0.18 };
  const [leave, arrive] = [borderOf(from, turn), borderOf(to, turn)];
  const point = ({ x, y }: { x: number; y: number }) => `${Math.round(x)} ${Math.round(y)}`;
  return `M${point(leave)}Q${point(turn)} ${point(arrive)}`;
}

const centreOf = ({ x, y, width, height }: ChartBox) => ({ x: x + width / 2, y: y + height / 2 });

/** Where the way from the middle of a box to a point crosses its border. */
function borderOf(box: ChartBox, towards: { x: number; y: number }) {
  const { x, y } = centreOf(box);
  const [dx, dy] = [towards.x - x, towards.y - y];
  const scale = Math.max(Math.abs(dx) / (box.width / 2 || 1), Math.abs(dy) / (box.height / 2 || 1));
  return scale <= 1 ? { x, y } : { x: x + dx / scale, y: y + dy / scale };
}
