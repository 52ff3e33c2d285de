import type { Told } from './inspected.js';

/** The states of each actor that has any, in the order in which it was told of them: `exchange: claiming redeeming …`. */
export function livesOf(states: readonly Told[]): string[] {
  const lives = new Map<string, string[]>();
  for (const { id, name, what } of states) {
    const life = lives.get(id) ?? [`${name}:`];
    const state = pathOf(what);
    if (life.at(-1) !== state) life.push(state);
    lives.set(id, life);
  }
  return [...lives.values()].map((life) => life.join(' '));
}

/** `{ authorized: 'fresh' }` → `authorized.fresh` */
export function pathOf(value: unknown): string {
  if (typeof value !== 'object' || value === null) return String(value);
  return Object.entries(value)
    .map(([key, inner]) => `${key}.${pathOf(inner)}`)
    .join(' ');
}
