import { clockTime, cut, duration } from '../model/format.js';
import type { MachineNow } from '../model/scene.js';
import { isIn, KNOWN, stateIn } from '../model/states.js';
import type { View } from '../model/view.js';
import { advice } from './failure.js';
import { breakable, el, part, say } from './dom.js';

/** Where the machines are, what that means, and what is known of the session. */
export function createNow() {
  const place = part('now', 'div');
  const said = part('said', 'p');
  let signature = '';

  return (view: View): void => {
    const { root, scene, row, facts, failure, run, position } = view;
    const children = scene.machines.filter((one) => one.running && one !== root);
    const isOver = run !== null && run.ended !== null && run.ended <= position;
    const next = JSON.stringify([root, children, row?.position, facts, failure, isOver]);
    if (next === signature) return;
    signature = next;
    if (!root) {
      place.replaceChildren(el('p', { class: 'quiet' }, 'As soon as a sign-in begins, it is here.'));
      return say(said, '');
    }
    place.replaceChildren(
      ...[
        stateOf(root, isOver),
        ...children.map((child) => stateOf(child, false)),
        failure && advice(failure),
        // What it was before it ended is no longer so.
        isIn(root.state, KNOWN) && facts && factsOf(facts, row?.at ?? 0),
      ].filter((one) => one instanceof HTMLElement),
    );
    say(said, `${root.state}${failure ? `, failure ${failure.code}` : ''}`);
  };
}

function stateOf({ machine, state }: MachineNow, isOver: boolean): HTMLElement {
  const known = stateIn(machine, state);
  const keys = cut(state).split('.');
  const outer = keys
    .slice(0, -1)
    .map((key) => `${key}.`)
    .join('');
  return el(
    'div',
    { class: `where ${machine}` },
    el(
      'p',
      { class: 'path' },
      el(
        'span',
        { class: 'quiet' },
        machine === 'authorization' ? null : `${machine}: `,
        ...breakable(outer),
      ),
      el('strong', {}, keys.at(-1) ?? ''),
      isOver ? el('span', { class: 'over' }, ' (no longer followed)') : null,
    ),
    isOver && isIn(state, ['authorized'])
      ? el(
          'p',
          { class: 'quiet' },
          'What followed it in the program has ended. That does not end the session.',
        )
      : null,
    known?.description
      ? el('p', {}, `${known.description} `, known.rfc && el('span', { class: 'rfc' }, known.rfc))
      : null,
  );
}

function factsOf(facts: NonNullable<View['facts']>, at: number): HTMLElement {
  const { standing, grantedScopes, missingScopes, expiresAt, renewable } = facts;
  const fact = (name: string, value: string) =>
    el('div', {}, el('dt', {}, name), el('dd', {}, cut(value, 400)));
  const left = expiresAt === null ? null : expiresAt - at;
  return el(
    'dl',
    { class: 'facts' },
    fact('standing', standing),
    fact(
      'access token',
      left === null || expiresAt === null
        ? 'works for a time the provider did not say'
        : left > 0
          ? `works for ${duration(left)}, until ${clockTime(expiresAt)}`
          : 'has run out',
    ),
    fact('renewable', renewable ? 'yes' : 'no'),
    fact('scopes granted', String(grantedScopes)),
    ...(missingScopes.length > 0 ? [fact('not granted', missingScopes.join(' '))] : []),
  );
}
