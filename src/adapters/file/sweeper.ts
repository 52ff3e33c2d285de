import { randomInt } from 'node:crypto';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { Clock } from '../../services/ports.js';
import { FOLDER_NAME } from './folders.js';

const SWEPT_PER_WRITE = 4;
const BETWEEN_ROUNDS = 60 * 60_000;

/** Visits all folders, a few at a time. Each round begins somewhere else, for most processes end before their first. */
export function sweeper(
  directory: string,
  clock: Clock,
  visit: (folder: string) => Promise<void>,
): () => Promise<void> {
  let names: string[] = [];
  let nextRound = -Infinity;
  return async () => {
    for (const name of await take()) {
      try {
        await visit(join(directory, name));
      } catch {
        // Whoever needs that record is told what is wrong with it.
      }
    }
  };

  async function take(): Promise<string[]> {
    if (names.length === 0 && clock.elapsed() >= nextRound) {
      nextRound = clock.elapsed() + BETWEEN_ROUNDS;
      const all = await readdir(directory).catch(() => []);
      names = fromSomewhere(all.filter((name) => FOLDER_NAME.test(name)));
    }
    return names.splice(0, SWEPT_PER_WRITE);
  }
}

function fromSomewhere(names: readonly string[]): string[] {
  if (names.length === 0) return [];
  const start = randomInt(names.length);
  return [...names.slice(start), ...names.slice(0, start)];
}
