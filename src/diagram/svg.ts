import type { Chart, ChartEdge, ChartEntry, ChartPoint, ChartState } from './chart.js';
import { describeChart } from './describe.js';
import { LABEL, SERVICE } from './sizes.js';
import { chartStyle } from './style.js';

export interface SvgOptions {
  /** With a style of its own, light and dark, to be a file; otherwise the page brings it: see `chartStyle`. */
  readonly standalone?: boolean;
}

/**
 * A chart as `<svg>`. Every state is `<g class="state atomic" data-machine="authorization" data-state="idle">`, every
 * transition `<g class="edge" data-machine data-source data-target>`. It holds no script and no inline style.
 */
export function svgOf(chart: Chart, { standalone = false }: SvgOptions = {}): string {
  const { machine, width, height, states, edges, entries } = chart;
  const named = (part: string) => escaped(`chart-${machine}-${part}`.replaceAll(/[^\w-]/g, '-'));
  const tips = named('tip');
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" class="chart" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" role="img" aria-labelledby="${named('title')}" aria-describedby="${named('desc')}">`,
    `<title id="${named('title')}">${escaped(`The machine ${machine}`)}</title>`,
    `<desc id="${named('desc')}">${escaped(describeChart(chart))}</desc>`,
    ...(standalone ? [`<style>${chartStyle}</style>`] : []),
    `<defs><marker id="${tips}" class="tip" viewBox="0 0 8 8" refX="7.5" refY="4" markerWidth="8" markerHeight="8" orient="auto-start-reverse"><path d="M0.5 0.5 7.5 4 0.5 7.5Z"/></marker></defs>`,
    ...(standalone ? ['<rect class="ground" width="100%" height="100%" rx="8"/>'] : []),
    ...edges.map((edge) => edgeOf(edge, tips)),
    ...entries.map((entry) => entryOf(entry, tips)),
    // Above the edges, so that none strikes a title through.
    ...states.map(stateOf),
    ...edges.map(labelOf),
    '</svg>',
    '',
  ]
    .filter((line) => line !== null)
    .join('\n');
}

function stateOf({ machine, path, key, kind, tags, description, rfc, invokes, ...box }: ChartState): string {
  const { x, y, width, height } = box;
  const middle = x + width / 2;
  const isCompound = kind === 'compound';
  const first = isCompound ? y + 21 : y + (height - invokes.length * SERVICE.line) / 2 + 4.5;
  const at = isCompound ? `x="${x + 14}"` : `x="${middle}" text-anchor="middle"`;
  const hint = [description, rfc].filter(Boolean).join(' ');
  return [
    `<g class="state ${kind}" data-machine="${escaped(machine)}" data-state="${escaped(path)}" data-tags="${escaped(tags.join(' '))}">`,
    hint && `<title>${escaped(hint)}</title>`,
    `<rect x="${x}" y="${y}" width="${width}" height="${height}" rx="8"/>`,
    kind === 'final' &&
      `<rect class="inner" x="${x + 3}" y="${y + 3}" width="${width - 6}" height="${height - 6}" rx="5"/>`,
    `<text class="key" ${at} y="${first}">${escaped(key)}</text>`,
    ...(isCompound
      ? [
          invokes.length > 0 &&
            `<text class="service" ${at} y="${first + SERVICE.line}">${escaped(invokes.join(', '))}</text>`,
        ]
      : invokes.map(
          (name, index) =>
            `<text class="service" ${at} y="${first + SERVICE.line * (index + 1)}">${escaped(name)}</text>`,
        )),
    '</g>',
  ]
    .filter(Boolean)
    .join('');
}

function entryOf({ machine, target, x, y, width, points }: ChartEntry, tips: string): string {
  const radius = width / 2;
  return (
    `<g class="entry" data-machine="${escaped(machine)}" data-target="${escaped(target)}">` +
    `<circle cx="${x + radius}" cy="${y + radius}" r="${radius}"/>` +
    `<path d="${wayOf(points)}" marker-end="url(#${tips})"/></g>`
  );
}

function edgeOf(edge: ChartEdge, tips: string): string {
  return `<g class="edge" ${endsOf(edge)}><path d="${wayOf(edge.points)}" marker-end="url(#${tips})"/></g>`;
}

function labelOf(edge: ChartEdge): string | null {
  if (!edge.label) return null;
  const { x, y, width, height, lines } = edge.label;
  const texts = lines.map(
    (line, index) =>
      `<tspan x="${x + width / 2}" y="${y + 2 + 10.5 + LABEL.line * index}">${escaped(line)}</tspan>`,
  );
  return (
    `<g class="edge-label" ${endsOf(edge)}><rect x="${x}" y="${y}" width="${width}" height="${height}" rx="3"/>` +
    `<text text-anchor="middle">${texts.join('')}</text></g>`
  );
}

const endsOf = ({ machine, source, target }: ChartEdge) =>
  `data-machine="${escaped(machine)}" data-source="${escaped(source)}" data-target="${escaped(target)}"`;

/** Straight lines with round corners. */
export function wayOf(points: readonly ChartPoint[]): string {
  return points
    .map((point, index) => {
      const [before, after] = [points[index - 1], points[index + 1]];
      if (!before) return `M${point.x} ${point.y}`;
      if (!after) return `L${point.x} ${point.y}`;
      const [from, to] = [near(point, before), near(point, after)];
      return `L${from.x} ${from.y}Q${point.x} ${point.y} ${to.x} ${to.y}`;
    })
    .join('');
}

/** A point on the way from a corner to another point, not further than half of it. */
function near(corner: ChartPoint, other: ChartPoint): ChartPoint {
  const length = Math.hypot(other.x - corner.x, other.y - corner.y);
  const part = length === 0 ? 0 : Math.min(6, length / 2) / length;
  const between = (from: number, to: number) => Math.round((from + (to - from) * part) * 10) / 10;
  return { x: between(corner.x, other.x), y: between(corner.y, other.y) };
}

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

export const escaped = (text: string) => text.replace(/[&<>"']/g, (char) => ENTITIES[char]!);
