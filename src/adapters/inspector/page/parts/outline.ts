import type { Chart, ChartState } from '../../../../diagram/chart.js';
import { charts } from '../../../../diagram/charts.js';
import { neededChart } from '../model/chart-name.js';
import type { ChartName } from '../model/chart-name.js';
import { eventWords } from '../model/lines.js';
import { marksOf } from '../model/marks.js';
import type { Scene } from '../model/scene.js';
import { el, part, say } from './dom.js';

interface Item {
  readonly element: HTMLLIElement;
  readonly where: HTMLElement;
}

/** The chart for whoever does not see it: what it says, state by state. */
export function createOutline() {
  const place = part('states', 'div');
  const details = part('outline', 'details');
  const lists = new Map<ChartName, { list: HTMLUListElement; items: ReadonlyMap<string, Item> }>();
  let latest: { readonly name: ChartName; readonly scene: Scene } | null = null;

  function draw(): void {
    // Nobody looks.
    if (!latest || !details.open) return;
    const { name, scene } = latest;
    const made = lists.get(name) ?? listOf(charts[name]);
    lists.set(name, made);
    if (place.firstChild !== made.list) place.replaceChildren(made.list);
    const { states } = marksOf(charts[name], scene);
    for (const [key, { element, where }] of made.items) {
      const mark = states.get(key);
      const words =
        mark === 'current'
          ? ', current'
          : mark === 'ended'
            ? ', where it ended'
            : mark?.startsWith('visited')
              ? ', visited'
              : '';
      say(where, words);
      if (mark === 'current') element.setAttribute('aria-current', 'step');
      else element.removeAttribute('aria-current');
    }
  }
  details.addEventListener('toggle', draw);
  return (wanted: ChartName | null, scene: Scene): void => {
    latest = { name: wanted ?? neededChart(scene), scene };
    draw();
  };
}

function listOf(chart: Chart) {
  const items = new Map<string, Item>();
  const top = el('ul');
  const below = new Map<ChartState, HTMLUListElement>();
  for (const state of chart.states) {
    const where = el('em');
    const inner = el('ul');
    const { machine, path, key, description, rfc, invokes } = state;
    const element = el(
      'li',
      {},
      el('strong', {}, key),
      where,
      machine === chart.machine ? null : ` (${machine})`,
      el('span', {}, [description, rfc].filter((text) => text !== null).join(' ')),
      invokes.length > 0 ? el('span', { class: 'quiet' }, `Runs: ${invokes.join(', ')}.`) : null,
      ...leavings(chart, state).map((text) => el('span', { class: 'quiet' }, text)),
      inner,
    );
    items.set(`${machine} ${path}`, { element, where });
    below.set(state, inner);
    const parent = chart.states.find(
      (other) =>
        other !== state &&
        (path.includes('.')
          ? other.machine === machine && other.path === path.slice(0, path.lastIndexOf('.'))
          : machine !== chart.machine && other.machine !== machine && other.invokes.includes(machine)),
    );
    ((parent && below.get(parent)) ?? top).append(element);
  }
  return { list: top, items };
}

const leavings = (chart: Chart, { machine, path }: ChartState) =>
  [...chart.edges, ...chart.aside]
    .filter((edge) => edge.machine === machine && edge.source === path)
    .map(
      ({ target, reasons }) =>
        `To ${target}: ${reasons
          .map(
            ({ event, guards }) =>
              eventWords(event) + (guards.length > 0 ? ` if ${guards.join(' or ')}` : ''),
          )
          .join('; ')}.`,
    );
