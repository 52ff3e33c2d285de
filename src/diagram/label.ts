import type { ChartReason, OutlineState } from './chart.js';

const WIDEST = 24;

/** The reasons of an edge, in short lines. A service that is the only one of its state needs no name beside it. */
export function labelLines(reasons: readonly ChartReason[], source: OutlineState | undefined): string[] {
  const only = source?.invokes.length === 1 ? `(${source.invokes[0]})` : null;
  return reasons.flatMap(({ event, guards }) => {
    const name = only !== null && event.endsWith(only) ? event.slice(0, -only.length) : event;
    return folded([...(name === '' ? [] : [name]), ...guardWords(guards)]);
  });
}

/** `[won]`, and for several `[postponed,` `unknown]`. */
const guardWords = (guards: readonly string[]) =>
  guards.length > 0 ? `[${guards.join(', ')}]`.split(/(?<=,) /) : [];

/** As many words in a line as it holds. */
function folded(words: readonly string[]): string[] {
  const lines: string[] = [];
  for (const word of words) {
    const last = lines.at(-1);
    if (last !== undefined && last.length + 1 + word.length <= WIDEST)
      lines[lines.length - 1] = `${last} ${word}`;
    else lines.push(word);
  }
  return lines;
}
