import { duration, elapsed } from './format.js';
import { runNumbers, whoseWords } from './run-numbers.js';
import type { Row, ServiceSpan, Told } from './story.js';

/** `done(claimFlow)` → `claimFlow is done`. */
export function eventWords(event: string): string {
  const [, kind, service] = /^(done|failed)\((.+)\)$/.exec(event) ?? [];
  if (service !== undefined) return `${service} ${kind === 'done' ? 'is done' : 'failed'}`;
  return event === '' ? 'at once' : event;
}

/** `token request`, `token response 200`. */
export const messageWords = ({ message: { name, status } }: Told) =>
  status === null ? name : `${name} ${status}`;

/** What a row says, in words. */
export function rowWords({ what }: Row): string {
  switch (what.kind) {
    case 'began':
      return `begins in ${what.state}`;
    case 'moved':
      return what.through.length === 0
        ? `${eventWords(what.event)}: stays in ${what.to}`
        : `${eventWords(what.event)}: ${what.from} → ${what.to}`;
    case 'called':
      return messageWords(what.told);
    case 'ended':
      return what.outcome === 'failed' ? 'fails' : 'ends';
  }
}

/** `POST /2/oauth2/token → 200, 102 ms`, of messages that belong together. */
export function exchangesOf(messages: readonly Told[]): string[] {
  const exchanges = new Set(messages.map(({ message }) => message.exchange));
  return [...exchanges].map((exchange) => {
    const told = messages.filter(({ message }) => message.exchange === exchange);
    const [first, last] = [told[0]!, told.at(-1)!];
    const line = first.message.line.replace(/https?:\/\/[^/ ]*/, '');
    const words = first.message.status === null ? `${first.message.name}, ${line}` : messageWords(first);
    if (last === first) return words;
    const answer = last.message.status ?? last.message.name;
    return `${line} → ${answer}, ${duration(last.elapsed - first.elapsed)}`;
  });
}

export function serviceWords({ name, ended }: ServiceSpan): string {
  if (!ended) return `${name} runs`;
  const outcome =
    ended.outcome === 'failed' ? `failed${ended.failure ? ` (${ended.failure.code})` : ''} ` : '';
  return `${name} ${outcome}${duration(ended.lasted)}`;
}

/** As text of at most 80 columns, for a bug report. */
export function timelineText(session: string, rows: readonly Row[]): string {
  const numbers = runNumbers(rows);
  const origin = rows[0]?.elapsed ?? 0;
  const lines = rows.flatMap((row) => {
    const time = elapsed(row.elapsed - origin).padStart(9);
    const head = `${time}  ${whoseWords(row, numbers).padEnd(16)}  `;
    const indent = ' '.repeat(head.length);
    const failure = row.failure
      ? folded(
          `failure: ${row.failure.code}${row.failure.status === null ? '' : `, status ${row.failure.status}`}${row.failure.error === null ? '' : `, ${row.failure.error}`}`,
        )
      : [];
    const words = [...folded(rowWords(row)), ...failure];
    const services = row.services.flatMap((service) => [
      ...folded(`· ${serviceWords(service)}`),
      ...exchangesOf(service.messages).flatMap((words) => folded(`  ${words}`)),
    ]);
    return [...words, ...services].map((line, at) => (at === 0 ? head : indent) + line);
  });
  return [
    printable(`authchart, session ${JSON.stringify(session)}; seconds since its first line`).slice(0, 80),
    '',
    ...lines,
    '',
  ].join('\n');
}

const COLUMNS = 80 - 29;
/** Whoever names an event may begin with spaces: what is left of a line must take a text to its end. */
const WIDEST_INDENT = 4;

/** Breaks at spaces, and what has none anywhere. */
function folded(text: string): string[] {
  const lines: string[] = [];
  let line = '';
  const indent = /^[ ·]*/.exec(text)![0].replace('·', ' ').slice(0, WIDEST_INDENT);
  for (const word of printable(text).split(/(?<= )/)) {
    if ((line + word).trimEnd().length <= COLUMNS) line += word;
    else {
      if (line.trim() !== '') lines.push(line.trimEnd());
      line = indent + word;
      while (line.trimEnd().length > COLUMNS) {
        lines.push(line.slice(0, COLUMNS));
        line = indent + line.slice(COLUMNS);
      }
    }
  }
  return [...lines, line.trimEnd()];
}

/** A terminal that the text is pasted into must take none of it for a command. */
const printable = (text: string) => text.replace(/[\p{Cc}\p{Cf}\p{Co}\u2028\u2029]/gu, '?');
