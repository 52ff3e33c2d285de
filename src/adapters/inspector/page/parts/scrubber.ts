import { clockTime, elapsed } from '../model/format.js';
import { rowWords, messageWords } from '../model/lines.js';
import type { View } from '../model/view.js';
import { el, part, say, svg } from './dom.js';

/** Goes back in time, and forward again. */
export function createScrubber(go: (step: number) => void, catchUp: () => void) {
  let view: Pick<View, 'step' | 'steps'> = { step: -1, steps: [] };
  const button = (name: string, path: string, act: () => void) => {
    const made = el(
      'button',
      { type: 'button', 'aria-label': name, title: name },
      svg(
        'svg',
        { viewBox: '0 0 16 16', width: 16, height: 16, 'aria-hidden': 'true' },
        svg('path', { d: path }),
      ),
    );
    made.addEventListener('click', act);
    return made;
  };
  const range = el('input', { type: 'range', min: 0, max: 0, value: 0, 'aria-label': 'Moment' });
  range.addEventListener('input', () => go(Number(range.value)));
  const first = button('First step', 'M4 3v10M13 3 6 8l7 5z', () => go(0));
  const back = button('One step back', 'M11 3 4 8l7 5z', () => go(view.step - 1));
  const forth = button('One step forward', 'M5 3l7 5-7 5z', () => go(view.step + 1));
  const live = el('button', { type: 'button', class: 'live' }, 'Live');
  live.addEventListener('click', catchUp);
  const [count, seconds, time] = [el('span'), el('span'), el('span', { class: 'clock' })];
  part('scrubber', 'div').append(
    first,
    back,
    forth,
    range,
    live,
    el('p', { class: 'moment' }, count, seconds, time),
  );

  return (next: View, isLive: boolean, isOver: boolean): void => {
    view = next;
    const { step, steps, row, message, origin } = next;
    const last = Math.max(0, steps.length - 1);
    if (range.max !== String(last)) range.max = String(last);
    if (range.value !== String(Math.max(0, step))) range.value = String(Math.max(0, step));
    range.disabled = steps.length < 2;
    const newest = (message?.position ?? 0) > (row?.position ?? 0) ? message : null;
    const words = newest ? messageWords(newest) : row ? rowWords(row) : 'nothing yet';
    const when = newest?.elapsed ?? row?.elapsed ?? 0;
    const text = steps.length === 0 ? 'nothing yet' : `step ${step + 1} of ${steps.length}: ${words}`;
    range.setAttribute('aria-valuetext', text);
    say(count, steps.length === 0 ? '' : `${step + 1} / ${steps.length}`);
    say(seconds, steps.length === 0 ? '' : elapsed(when - origin));
    say(time, row ? clockTime(row.at) : '');
    // Disabled, the button that was just pressed would drop the focus.
    for (const [made, isUseless] of [
      [first, step <= 0],
      [back, step <= 0],
      [forth, step >= steps.length - 1],
    ] as const)
      made.setAttribute('aria-disabled', String(isUseless));
    say(live, isOver ? 'End' : 'Live');
    live.setAttribute('aria-pressed', String(isLive));
  };
}
