import type { Chart } from '../../../../diagram/chart.js';
import { charts } from '../../../../diagram/charts.js';
import { neededChart } from '../model/chart-name.js';
import type { ChartName } from '../model/chart-name.js';
import { marksOf } from '../model/marks.js';
import type { Mark } from '../model/marks.js';
import type { Scene } from '../model/scene.js';
import { eventWords } from '../model/lines.js';
import { el, part, show, svg } from './dom.js';
import { bow, drawChart } from './draw-chart.js';
import type { Drawing } from './draw-chart.js';

const CHARTS: readonly { readonly name: ChartName; readonly words: string }[] = [
  { name: 'authorization', words: 'the sign-in alone' },
  { name: 'authorization+exchange', words: 'with the exchange open' },
  { name: 'authorization+renewal', words: 'with the renewal open' },
  { name: 'authorization+signOut', words: 'with the sign-out open' },
];

const SIZES = [
  { name: '', words: 'full' },
  { name: 'smaller', words: 'smaller' },
  { name: 'whole', words: 'whole' },
] as const;

const MARKS: readonly Mark[] = ['current', 'ended', 'around', 'visited3', 'visited2', 'visited1'];

/** The picture, in a box of its own that scrolls. */
export function createChart(choose: (chart: ChartName | null) => void) {
  const box = part('chart', 'div');
  const dashed = part('dashed', 'p');
  const drawings = new Map<ChartName, Drawing>();
  let shown: { name: ChartName; lit: string } | null = null;

  const choice = el(
    'select',
    { id: 'which' },
    el('option', { value: '' }, 'what runs now'),
    ...CHARTS.map(({ name, words }) => el('option', { value: name }, words)),
  );
  choice.addEventListener('change', () =>
    choose(CHARTS.find(({ name }) => name === choice.value)?.name ?? null),
  );
  const size = el('select', {}, ...SIZES.map(({ name, words }) => el('option', { value: name }, words)));
  size.addEventListener('change', () => {
    for (const { name } of SIZES) if (name !== '') box.classList.toggle(name, name === size.value);
    lookAgain();
  });
  part('charts', 'div').append(el('label', {}, 'Shows ', choice), el('label', {}, 'Size ', size));

  // A phone that is turned shows another part of it.
  new ResizeObserver(lookAgain).observe(box);

  function lookAgain(): void {
    const drawing = shown && drawings.get(shown.name);
    if (drawing) bringIntoView(box, drawing);
  }

  function drawingOf(name: ChartName): Drawing {
    const drawing = drawings.get(name) ?? drawChart(charts[name], name);
    drawings.set(name, drawing);
    return drawing;
  }

  return (wanted: ChartName | null, scene: Scene): void => {
    if (choice.value !== (wanted ?? '')) choice.value = wanted ?? '';
    const name = wanted ?? neededChart(scene);
    const chart = charts[name];
    const drawing = drawingOf(name);
    if (shown?.name !== name) box.replaceChildren(drawing.picture);
    light(chart, drawing, scene);
    show(dashed, drawing.loose.childElementCount > 0);
    const lit = scene.machines.map(({ machine, state }) => `${machine} ${state}`).join();
    if (shown?.name !== name || shown.lit !== lit) bringIntoView(box, drawing);
    shown = { name, lit };
  };
}

function light(chart: Chart, { states, edges, loose }: Drawing, scene: Scene): void {
  const marks = marksOf(chart, scene);
  for (const [key, element] of states) mark(element, marks.states.get(key));
  edges.forEach((elements, at) => elements.forEach((element) => mark(element, marks.edges.get(at))));
  const boxOf = (machine: string, path: string) =>
    chart.states.find((state) => state.machine === machine && state.path === path)!;
  loose.replaceChildren(
    ...marks.loose.map(({ hop: { machine, from, to, event }, mark }) =>
      svg(
        'path',
        {
          class: mark,
          d: bow(boxOf(machine, from), boxOf(machine, to)),
          'marker-end': `url(#${loose.ownerSVGElement?.querySelector('marker')?.id})`,
        },
        svg('title', {}, `${eventWords(event)}: ${from} → ${to}`),
      ),
    ),
  );
}

function mark(element: Element, wanted: Mark | undefined): void {
  for (const one of MARKS) element.classList.toggle(one, one === wanted);
}

/** Scrolls the box alone: the page stays where the person has put it. */
function bringIntoView(box: HTMLElement, { states }: Drawing): void {
  const all = [...states.values()];
  const current = all.findLast((state) => state.matches('.current, .ended')) ?? all[0];
  if (!current) return;
  const [inner, outer] = [current.getBoundingClientRect(), box.getBoundingClientRect()];
  const isIn =
    inner.left >= outer.left &&
    inner.right <= outer.right &&
    inner.top >= outer.top &&
    inner.bottom <= outer.bottom;
  if (isIn) return;
  box.scrollTo({
    left: box.scrollLeft + inner.left - outer.left - (outer.width - inner.width) / 2,
    top: box.scrollTop + inner.top - outer.top - (outer.height - inner.height) / 2,
    behavior: matchMedia('(prefers-reduced-motion: reduce)').matches ? 'instant' : 'smooth',
  });
}
