import type { Explanation, ExplainedEvent, ExplainedStanding } from './explanation.js';
import { dayOf, timeOf } from './times.js';

const WIDTH = 80;
const LONGEST_NAME = 24;

type Standings = Readonly<Record<ExplainedStanding, string>>;

const OF_SESSION: Standings = {
  signedIn: 'signed in',
  needsUser: 'needs a new sign-in',
  signedOut: 'signed out',
  pending: 'under way',
  unknown: 'unknown',
};
const OF_SIGN_IN: Standings = { ...OF_SESSION, signedIn: 'completed', needsUser: 'failed' };

/** The whole explanation as text. */
export function textOf({ subject, standing, cause, next, events }: Omit<Explanation, 'text'>): string {
  const name = Math.min(LONGEST_NAME, Math.max(0, ...events.map(({ by }) => by.length)));
  const lines = [
    subject === 'session' ? `Session: ${OF_SESSION[standing]}` : `Sign-in: ${OF_SIGN_IN[standing]}`,
    '',
    ...hanging('Cause  ', cause),
    ...hanging('Next   ', next ?? 'Nothing needs to be done.'),
    '',
  ];
  let day = '';
  for (const event of events) {
    const itsDay = dayOf(event.at);
    if (itsDay !== day) lines.push(`${itsDay}, times in UTC`);
    day = itsDay;
    for (const line of lineOf(event, name)) lines.push(line);
  }
  if (events.length === 0) lines.push('Nothing is recorded.');
  return lines.join('\n');
}

function lineOf({ at, by, says }: ExplainedEvent, name: number): string[] {
  const short = by.length > name ? `${by.slice(0, name - 1)}…` : by;
  return hanging(`${timeOf(at)}  ${short.padEnd(name)}  `, says);
}

/** Breaks between words, and a word that is longer than a line; what follows the first line stands under its text. */
function hanging(head: string, text: string): string[] {
  const room = WIDTH - head.length;
  const lines = [''];
  for (const word of text.split(' ').flatMap((whole) => piecesOf(whole, room))) {
    const line = lines.at(-1)!;
    if (line === '') lines[lines.length - 1] = word;
    else if (line.length + 1 + word.length <= room) lines[lines.length - 1] = `${line} ${word}`;
    else lines.push(word);
  }
  return lines.map((line, at) => (at === 0 ? head : ' '.repeat(head.length)) + line);
}

const piecesOf = (word: string, length: number) => word.match(new RegExp(`.{1,${length}}`, 'gsu')) ?? [];
