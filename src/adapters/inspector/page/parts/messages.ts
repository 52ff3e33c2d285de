import { entryOf, messages as purposes } from '../glossary.js';
import { count, cut, elapsed } from '../model/format.js';
import { messageWords } from '../model/lines.js';
import type { Told } from '../model/story.js';
import type { View } from '../model/view.js';
import { arrange, breakable, bring, el, part, say } from './dom.js';

const SHOWN = 200;
const PARTIES = { client: 'application', userAgent: 'browser', provider: 'provider' } as const;

interface Item {
  readonly item: HTMLLIElement;
  readonly time: HTMLElement;
}

/** Who said what to whom, an arrow each; opened, it explains every part. */
export function createMessages() {
  const list = part('messages', 'ol');
  const note = part('messages-note', 'p');
  const lanes = part('lanes', 'div');
  const items = new WeakMap<Told, Item>();
  let current: Told | null = null;
  new ResizeObserver(() => current && bring(items.get(current)!.item, list)).observe(list);

  return ({ messages, message, position, origin }: View): void => {
    const at = message ? messages.indexOf(message) : -1;
    const first = Math.max(0, Math.min(at - SHOWN / 2, messages.length - SHOWN));
    const window = messages.slice(first, first + SHOWN);
    arrange(
      list,
      window.map((told) => {
        const made = items.get(told) ?? itemOf(told, list);
        items.set(told, made);
        const { item, time } = made;
        say(time, elapsed(told.elapsed - origin));
        item.classList.toggle('later', told.position > position);
        item.classList.toggle('latest', told === message);
        return item;
      }),
    );
    lanes.hidden = messages.length === 0;
    const hidden = messages.length - window.length;
    say(
      note,
      messages.length === 0
        ? 'Nothing has been sent or received yet.'
        : hidden > 0
          ? `${count(hidden, 'message is', 'messages are')} further away than this list shows.`
          : '',
    );
    if (message && message !== current) bring(items.get(message)!.item, list);
    // Before the first: that is the next one.
    else if (!message && current) list.scrollTop = 0;
    current = message;
  };
}

function itemOf(told: Told, list: HTMLElement): Item {
  const { from, to, name, line, parts } = told.message;
  // Whoever sends a person somewhere speaks through the browser (RFC 6749 §1.7).
  const isFront = name === 'authorization request' || name === 'authorization response';
  const direction = rank(from) < rank(to) ? 'right' : 'left';
  const ends = `${PARTIES[from]} to ${PARTIES[to]}${isFront ? ', through the browser' : ''}: `;
  const time = el('span', { class: 'time' });
  const summary = el(
    'summary',
    { class: `${from} ${to} ${direction}${isFront ? ' front' : ''}${name === 'no response' ? ' lost' : ''}` },
    el('span', { class: 'unseen' }, ends),
    el(
      'span',
      { class: 'says' },
      el('span', { class: 'name' }, cut(messageWords(told))),
      ' ',
      el('span', { class: 'address' }, ...breakable(line)),
    ),
    el('span', { class: 'arrow', 'aria-hidden': 'true' }),
    time,
    el('span', { class: 'more' }, count(parts.length, 'part')),
  );
  const details = el('details', {}, summary);
  // Most are never opened.
  details.addEventListener('toggle', () => details.append(insideOf(told)), { once: true });
  const item = el('li', {}, details);
  details.addEventListener('toggle', () => bring(item, list));
  if (parts.some((one) => one.name === 'error')) item.classList.add('refusal');
  return { item, time };
}

const rank = (party: keyof typeof PARTIES) => ({ client: 0, userAgent: 1, provider: 2 })[party];

function insideOf({ message: { name, line, parts } }: Told): HTMLElement {
  const purpose = Object.hasOwn(purposes, name) ? purposes[name]! : '';
  return el(
    'div',
    { class: 'inside' },
    el('p', {}, `${purpose} `, el('span', { class: 'quiet' }, cut(line, 300))),
    parts.length === 0
      ? el('p', { class: 'quiet' }, 'It has no parts.')
      : el('dl', {}, ...parts.map((one) => partOf(one.name, one.value))),
  );
}

function partOf(name: string, value: string | null): HTMLElement {
  const entry = entryOf(name);
  const masked = [
    el('span', { 'aria-hidden': 'true' }, '••••'),
    el('span', { class: 'unseen' }, 'masked'),
  ] as const;
  return el(
    'div',
    {},
    el('dt', {}, cut(name)),
    el(
      'dd',
      { class: value === null ? 'value masked' : 'value' },
      ...(value === null ? masked : [cut(value, 600)]),
    ),
    entry && el('dd', {}, `${entry.says} `, el('span', { class: 'rfc' }, entry.rfc)),
  );
}
