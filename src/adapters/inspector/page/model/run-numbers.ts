import type { Row } from './story.js';

/** By root, from 1, in the order in which they began; empty where there is only one, for nothing is to be told apart. */
export function runNumbers(rows: readonly Row[]): ReadonlyMap<string, number> {
  const numbers = new Map<string, number>();
  for (const { machine, root } of rows)
    if (machine !== null && !numbers.has(root)) numbers.set(root, numbers.size + 1);
  return numbers.size > 1 ? numbers : new Map();
}

/** `authorization 2`; what the application does itself is of no run. */
export function whoseWords({ machine, root }: Row, numbers: ReadonlyMap<string, number>): string {
  if (machine === null) return 'application';
  const number = numbers.get(root);
  return number === undefined ? machine : `${machine} ${number}`;
}
