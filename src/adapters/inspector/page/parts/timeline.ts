import { clockTime, count, cut, duration, elapsed } from '../model/format.js';
import { eventWords, exchangesOf, messageWords, serviceWords } from '../model/lines.js';
import { runNumbers, whoseWords } from '../model/run-numbers.js';
import type { Row, ServiceSpan } from '../model/story.js';
import type { View } from '../model/view.js';
import { advice } from './failure.js';
import { arrange, breakable, bring, el, part, say } from './dom.js';

/** More rows than these around the moment help nobody, and cost every browser its breath. */
const AROUND = 300;

interface Line {
  readonly item: HTMLLIElement;
  readonly button: HTMLButtonElement;
  readonly services: HTMLUListElement;
  readonly time: HTMLElement;
  readonly whose: HTMLElement;
  signature: string;
}

/** What happened, a line each. With the arrow keys one goes through time. */
export function createTimeline(go: (position: number) => void) {
  const list = part('rows', 'ol');
  const note = part('timeline-note', 'p');
  const toggle = part('services', 'button');
  const lines = new WeakMap<Row, Line>();
  let current: Row | null = null;

  toggle.addEventListener('click', () => {
    const isPressed = toggle.getAttribute('aria-pressed') !== 'true';
    toggle.setAttribute('aria-pressed', String(isPressed));
    list.classList.toggle('bare', !isPressed);
  });

  // Turned or resized, the moment stays in sight.
  new ResizeObserver(() => current && bring(lines.get(current)!.item, list)).observe(list);

  list.addEventListener('keydown', (event) => {
    const buttons = [...list.querySelectorAll<HTMLButtonElement>('button.line')];
    const at = buttons.indexOf(document.activeElement as HTMLButtonElement);
    const to = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: buttons.length - 1 }[event.key];
    const button = to === undefined || at < 0 ? undefined : buttons[to];
    if (!button) return;
    event.preventDefault();
    event.stopPropagation();
    button.focus();
    button.click();
  });

  function lineOf(row: Row): Line {
    const known = lines.get(row);
    if (known) return known;
    const time = el('span', { class: 'time' });
    const whose = el('span', { class: 'machine' });
    const button = el(
      'button',
      { type: 'button', class: 'line', tabindex: -1 },
      time,
      whose,
      ...cellsOf(row),
    );
    button.addEventListener('click', () => go(row.position));
    const services = el('ul', { class: 'services' });
    const classes = ['row', row.machine ?? 'application', row.what.kind];
    if (row.isRoot) classes.push('root');
    const item = el('li', { class: classes.join(' ') }, button, row.failure && advice(row.failure), services);
    const line = { item, button, services, time, whose, signature: '' };
    lines.set(row, line);
    return line;
  }

  return ({ rows, row: now, position, origin }: View, dropped: number): void => {
    const at = now ? rows.indexOf(now) : -1;
    const first = Math.max(0, Math.min(at - AROUND, rows.length - 2 * AROUND));
    const window = rows.slice(first, first + 2 * AROUND);
    const numbers = runNumbers(rows);
    const shown = window.map((row) => {
      const line = lineOf(row);
      // A callback may tell later whose session its run is of.
      say(line.time, elapsed(row.elapsed - origin));
      say(line.whose, whoseWords(row, numbers));
      const isCurrent = row === now;
      line.item.classList.toggle('later', row.position > position);
      line.item.classList.toggle('now', isCurrent);
      line.button.tabIndex = isCurrent ? 0 : -1;
      if (isCurrent) line.button.setAttribute('aria-current', 'step');
      else line.button.removeAttribute('aria-current');
      const spans = row.services.filter(({ began }) => began <= Math.max(position, row.position));
      const signature = spans.map((span) => `${serviceWords(span)} ${span.messages.length}`).join();
      if (signature !== line.signature) line.services.replaceChildren(...spans.map(spanOf));
      line.signature = signature;
      return line.item;
    });
    arrange(list, shown);
    const hidden = rows.length - window.length;
    const notes = [
      dropped > 0 ? `${count(dropped, 'older event was', 'older events were')} dropped.` : '',
      rows.length === 0
        ? 'Nothing has happened yet.'
        : hidden > 0
          ? `${hidden} of ${rows.length} lines are further away than this list shows; the slider reaches them.`
          : '',
    ];
    say(note, notes.filter((text) => text !== '').join(' '));
    if (now && now !== current) bring(lines.get(now)!.item, list);
    current = now;
  };
}

function cellsOf(row: Row): Node[] {
  const { what, isRoot } = row;
  const path = (from: string, to: string) => [
    el('span', { class: 'from' }, ...breakable(from)),
    ' → ',
    el('span', { class: 'to' }, ...breakable(to)),
  ];
  const words = (event: string, ...more: Node[]) =>
    el('span', { class: 'what' }, el('span', { class: 'event' }, cut(event)), ...more);
  const cell = () => {
    switch (what.kind) {
      case 'began':
        return words(
          isRoot ? `begins at ${clockTime(row.at)} in` : 'begins in',
          el('span', { class: 'path' }, el('span', { class: 'to' }, ...breakable(what.state))),
        );
      case 'moved':
        return words(
          eventWords(what.event),
          el(
            'span',
            { class: 'path' },
            ...(what.through.length === 0
              ? ['stays in ', el('span', { class: 'from' }, ...breakable(what.to))]
              : path(what.from, what.to)),
          ),
        );
      case 'called':
        return words(
          messageWords(what.told),
          el('span', { class: 'path' }, el('span', { class: 'from' }, cut(what.told.message.line))),
        );
      case 'ended':
        return words(what.outcome === 'failed' ? 'fails' : isRoot ? 'ends' : 'is stopped');
    }
  };
  const lasted = what.kind === 'moved' || what.kind === 'ended' ? duration(what.lasted) : '';
  return [cell(), el('span', { class: 'lasted' }, lasted)];
}

function spanOf(span: ServiceSpan): HTMLLIElement {
  const { name, ended, messages } = span;
  const time = ended ? duration(ended.lasted) : 'runs';
  const failed =
    ended?.outcome === 'failed' ? ` failed${ended.failure ? `: ${ended.failure.code}` : ''}` : '';
  return el(
    'li',
    { class: ended ? null : 'runs' },
    `${cut(name)}${failed} `,
    el('span', { class: 'lasted' }, time),
    ...exchangesOf(messages).map((words) => el('span', { class: 'exchange' }, cut(words))),
  );
}
