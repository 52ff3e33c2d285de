import type { GateClosed } from '../feed.js';
import { charts } from '../../../../diagram/charts.generated.js';
import type { MachineName } from '../../../../client/inspection/flow-event.js';
import { eventSentence, stepOf } from '../explain.js';
import { eventWords, messageWords, rowWords } from '../model/lines.js';
import type { PageState } from '../model/page-state.js';
import { waysOut } from '../model/scene.js';
import type { View } from '../model/view.js';
import { el, part, say, show } from './dom.js';
import { stateIn } from './now.js';

/** Walks through a sign-in: what has happened, what comes next, and the button that lets it happen. */
export function createGuide(next: (gate: GateClosed) => void) {
  const place = part('guide', 'section');
  const before = el('p', { class: 'before' });
  const after = el('div', { class: 'after', 'aria-live': 'polite' });
  const note = el('p', { class: 'quiet' });
  const button = el('button', { type: 'button', class: 'next', 'aria-keyshortcuts': 'N' }, 'Next');
  const title = el('h2', { id: 'guide-title' }, 'Step by step');
  place.append(el('div', { class: 'words' }, title, before, after, note), button);
  let waiting: GateClosed | null = null;
  let signature = '';
  button.addEventListener('click', () => waiting && next(waiting));

  const update = (state: PageState, view: View): void => {
    const { guided, gates, answer, connection, file } = state;
    const isShown = guided && connection === 'live' && file.kind === 'none';
    show(place, isShown);
    const gate = isShown ? (gates[0] ?? null) : null;
    waiting = gate && !(answer.kind === 'sent' && answer.gate === gate.gate) ? gate : null;
    button.setAttribute('aria-disabled', String(waiting === null));
    const key = JSON.stringify([gate, gates.length, answer, view.row?.position, view.message?.position]);
    if (key === signature) return;
    signature = key;
    place.classList.toggle('waits', gate !== null);
    say(before, `Just now: ${justNow(view)}`);
    if (gate) after.replaceChildren(...comes(gate, view));
    else after.replaceChildren(el('p', {}, `Nothing waits here. It is the turn of ${turnOf(view)}.`));
    say(
      note,
      answer.kind === 'refused'
        ? 'The program did not take this step. It may have gone on by itself, or have ended.'
        : gate
          ? `Time stands still for the application meanwhile: no deadline, code or token grows older.${gates.length > 1 ? ` ${gates.length - 1} more wait behind.` : ''}`
          : '',
    );
  };
  return { update, next: () => button.click() };
}

function justNow({ row, message }: View): string {
  if (message && message.position >= (row?.position ?? 0))
    return `${messageWords(message)}, ${message.message.line}.`;
  return row ? `${rowWords(row)}.` : 'nothing has happened.';
}

const machineOf = ({ machine }: GateClosed, { scene }: View) =>
  scene.machines.find(({ actor }) => actor === machine) ?? null;

function comes(gate: GateClosed, view: View): HTMLElement[] {
  const from = machineOf(gate, view);
  const next = el(
    'p',
    { class: 'coming' },
    el('strong', {}, `Next: ${eventSentence(gate.event)}. `),
    el('code', {}, eventWords(gate.event)),
  );
  if (!from) return [next];
  const targets = waysOut(charts[from.machine], from.state, gate.event);
  return [
    next,
    ...(targets.length === 0
      ? [el('p', {}, `${from.state} takes note of it and stays.`)]
      : targets.map((target) => wayTo(from.machine, from.state, target, targets.length > 1))),
  ];
}

function wayTo(machine: MachineName, from: string, target: string, isOneOfSeveral: boolean): HTMLElement {
  const known = stateIn(machine, target);
  const step = stepOf(machine, target);
  return el(
    'p',
    {},
    isOneOfSeveral ? 'Perhaps ' : null,
    el(
      'span',
      { class: 'path' },
      el('span', { class: 'from' }, from),
      el('span', { class: 'to' }, ` → ${target}`),
    ),
    '. ',
    step?.says ?? known?.description ?? null,
    ' ',
    step?.sends ? `Then is sent: ${step.sends}. ` : null,
    known?.rfc ? el('span', { class: 'rfc' }, known.rfc) : null,
  );
}

function turnOf({ scene, root }: View): string {
  const deepest = scene.machines.findLast(({ running }) => running) ?? root;
  const step = deepest && stepOf(deepest.machine, deepest.state);
  return step?.waitsFor === 'nothing' || !step ? 'the program' : step.waitsFor;
}
