import type { GateClosed } from '../feed.js';
import { charts } from '../../../../diagram/charts.js';
import { eventSentence, stepOf } from '../explain.js';
import { messageWords, rowWords } from '../model/lines.js';
import { guideViewOf, waitingGate } from '../model/page-state.js';
import type { PageState } from '../model/page-state.js';
import { waysOut } from '../model/scene.js';
import type { MachineNow, WayOut } from '../model/scene.js';
import { lineage, stateIn } from '../model/states.js';
import type { View } from '../model/view.js';
import { breakable, el, part, say, show } from './dom.js';

/** Walks through a sign-in: what has happened, what comes next, and the button that lets it happen. */
export function createGuide(next: () => void) {
  const place = part('guide', 'section');
  const before = el('p', { class: 'before' });
  const after = el('div', { class: 'after', 'aria-live': 'polite' });
  const note = el('p', { class: 'quiet' });
  const button = el('button', { type: 'button', class: 'next', 'aria-keyshortcuts': 'N Enter' }, 'Next');
  const title = el('h2', { id: 'guide-title' }, 'Step by step');
  const words = el('div', { class: 'words', tabindex: 0, role: 'group', 'aria-labelledby': title.id });
  words.append(before, after, note);
  place.append(title, button, words);
  let signature = '';
  button.addEventListener('click', next);

  return (state: PageState): void => {
    const { guided, gates, answer, connection, file, position } = state;
    const isShown = guided && connection === 'live' && file.kind === 'none';
    show(place, isShown);
    const gate = isShown ? (gates[0] ?? null) : null;
    button.setAttribute('aria-disabled', String(waitingGate(state) === null));
    if (!isShown) return;
    const view = guideViewOf(state);
    const key = JSON.stringify([
      gate,
      gates.length,
      answer,
      position.kind,
      view.row?.position,
      view.message?.position,
    ]);
    if (key === signature) return;
    signature = key;
    // Another step is read from its beginning.
    words.scrollTop = 0;
    place.classList.toggle('waits', gate !== null);
    say(before, `Just now: ${justNow(view)}`);
    if (gate) after.replaceChildren(...comes(gate, view));
    else after.replaceChildren(el('p', {}, `Nothing waits here. It is the turn of ${turnOf(view)}.`));
    say(
      note,
      answer.kind === 'refused'
        ? 'The program did not take this step. It may have gone on by itself, or have ended.'
        : gate
          ? `${position.kind === 'at' ? 'This is of now; the page shows an earlier moment, from which Next leads back. ' : ''}Time stands still for the application meanwhile: no deadline, code or token grows older.${gates.length > 1 ? ` ${gates.length - 1} more wait behind.` : ''}`
          : '',
    );
  };
}

function justNow({ row, message }: View): string {
  if (message && message.position >= (row?.position ?? 0))
    return `${messageWords(message)}, ${message.message.line}.`;
  if (!row) return 'nothing has happened.';
  const { machine, what } = row;
  if (what.kind !== 'moved') return `${machine ?? 'application'} ${rowWords(row)}.`;
  return `${eventSentence(what.event)}, so ${machine} ${what.through.length === 0 ? 'stays in' : 'went to'} ${what.to}.`;
}

function comes({ machine, event }: GateClosed, { scene }: View): HTMLElement[] {
  const next = el(
    'p',
    { class: 'coming' },
    el('strong', {}, `Next: ${eventSentence(event)}. `),
    el('code', {}, event),
  );
  const from = scene.machines.find(({ actor }) => actor === machine);
  if (!from) return [next];
  const ways = waysOut(charts[from.machine], from.state, event);
  const stays = el('p', {}, `${from.machine} takes note of it and stays in ${from.state}.`);
  return [next, ...(ways.length === 0 ? [stays] : ways.map((way) => wayOf(from, way)))];
}

function wayOf({ machine, state }: MachineNow, { target, guards }: WayOut): HTMLElement {
  const known = stateIn(machine, target);
  const step = stepOf(machine, target);
  return el(
    'p',
    { class: 'way' },
    el(
      'span',
      { class: 'path' },
      el('span', { class: 'from' }, ...breakable(state)),
      ' → ',
      el('strong', {}, ...breakable(target)),
      guards.length > 0 ? ` [${guards.join(', ')}]` : null,
    ),
    el(
      'span',
      {},
      step?.says ?? known?.description ?? '',
      step?.sends && isEntered(step.of, state, target) ? ` Sends ${step.sends}.` : null,
      ' ',
      known?.rfc ? el('span', { class: 'rfc' }, known.rfc) : null,
    ),
  );
}

/** A service begins when its state is entered: not by a step between two states inside of it. */
const isEntered = (state: string, from: string, target: string): boolean =>
  from !== target && (state === target || !lineage(from).includes(state));

function turnOf({ scene, root }: View): string {
  const deepest = scene.machines.findLast(({ running }) => running) ?? root;
  const step = deepest && stepOf(deepest.machine, deepest.state);
  return step?.waitsFor === 'nothing' || !step ? 'the program' : step.waitsFor;
}
