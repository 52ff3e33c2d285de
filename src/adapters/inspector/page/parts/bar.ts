import { cut } from '../model/format.js';
import type { PageState } from '../model/page-state.js';
import type { Selection, View } from '../model/view.js';
import { arrange, el, part, say, show } from './dom.js';

const LISTED = 200;

/** Whether the program is there, whose session is looked at, and what came of files. */
export function createBar(select: (selection: Selection) => void) {
  const connection = part('connection', 'p');
  const sessions = part('session', 'select');
  const close = part('close', 'button');
  const notice = part('notice', 'p');
  let listed = '';

  sessions.addEventListener('change', () =>
    select(
      sessions.value === 'newest'
        ? { kind: 'newest' }
        : { kind: 'session', name: sessions.value.slice('session '.length) },
    ),
  );

  return (state: PageState, view: View): void => {
    const { file, selection } = state;
    const { className, words } = connectionOf(state);
    if (connection.className !== className) connection.className = className;
    say(connection, words);
    show(close, file.kind === 'opened');
    show(notice, file.kind === 'refused');
    if (file.kind === 'refused') say(notice, `“${cut(file.name, 60)}” was not opened. ${file.reason}`);

    const entries = view.sessions.slice(0, LISTED);
    const signature = JSON.stringify([entries, view.sessions.length]);
    if (signature !== listed) {
      const rest = view.sessions.length - entries.length;
      arrange(sessions, [
        el(
          'option',
          { value: 'newest' },
          entries[0] ? `the newest: ${nameOf(entries[0].name)}` : 'the newest',
        ),
        ...entries.map(({ name, state, running }) =>
          el(
            'option',
            { value: `session ${name}` },
            `${nameOf(name)} — ${cut(state, 60)}${running || state === '' ? '' : ' (no longer followed)'}`,
          ),
        ),
        ...(rest > 0 ? [el('option', { disabled: true }, `${rest} older ones`)] : []),
      ]);
      listed = signature;
    }
    const value = selection.kind === 'newest' ? 'newest' : `session ${selection.name}`;
    if (sessions.value !== value) sessions.value = value;
  };
}

const nameOf = (name: string) => (name === '' ? '(no name)' : cut(name, 40));

function connectionOf({ file, connection }: PageState): { className: string; words: string } {
  if (file.kind === 'opened') return { className: 'recording', words: `recording: ${cut(file.name, 60)}` };
  switch (connection) {
    case 'connecting':
      return { className: 'connecting', words: 'connecting' };
    case 'live':
      return { className: 'live', words: 'connected' };
    case 'lost':
      return { className: 'lost', words: 'connection lost; what was seen is kept' };
    case 'ended':
      return { className: 'ended', words: 'the program has ended; what was seen is kept' };
  }
}
