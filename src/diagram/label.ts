import type { ChartReason, Outline, OutlineEdge } from './chart.js';

const WIDEST = 16;

/** What stands beside an edge, in short lines. A service that is the only one of the source needs no name there. */
export function linesOf({ states }: Outline, { machine, source, reasons }: OutlineEdge): string[] {
  const { invokes } = states.find((state) => state.machine === machine && state.path === source)!;
  const only = invokes.length === 1 ? `(${invokes[0]})` : null;
  return reasons.flatMap(({ event, guards }) => {
    const name = only !== null && event.endsWith(only) ? event.slice(0, -only.length) : event;
    return folded([...(name === '' ? [] : [name]), ...guardWords({ guards })]);
  });
}

/** `[won]`, and for several `[postponed,` and `unknown]`. */
function guardWords({ guards }: Pick<ChartReason, 'guards'>): string[] {
  return guards.length > 0 ? `[${guards.join(', ')}]`.split(/(?<=,) /) : [];
}

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
