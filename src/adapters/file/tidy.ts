import { constants } from 'node:fs';
import { lstat, open, readdir, unlink } from 'node:fs/promises';
import { join } from 'node:path';
import { fileIn } from './folders.js';
import { versionNumbers } from './versions.js';

const { O_NOFOLLOW, O_NONBLOCK, O_WRONLY } = constants;

// Only makes it unlikely that a writer who was held up must say that it cannot tell; nothing else rests on it.
const GRACE = 60_000;

/**
 * Empties what has been superseded, and removes what has been empty or in the making for long. What cannot be done now
 * is left to the next who writes.
 */
export async function tidy(folder: string): Promise<void> {
  try {
    const names = await readdir(folder);
    const superseded = versionNumbers(names).slice(0, -1);
    await empty(folder, superseded);
    await collect(folder, superseded);
    for (const name of names.filter((name) => name.endsWith('.tmp'))) {
      const file = join(folder, name);
      if (isOld(await lstat(file))) await unlink(file);
    }
  } catch {
    // The write stands.
  }
}

/**
 * From the first that needs it up to the newest of them, so that below an empty version all are empty even if we are
 * killed here, and the way down can stop there.
 */
async function empty(folder: string, superseded: readonly number[]): Promise<void> {
  const full: string[] = [];
  for (const number of superseded.toReversed()) {
    const file = fileIn(folder, number);
    if ((await lstat(file)).size === 0) break;
    full.unshift(file);
  }
  for (const file of full) await truncate(file);
}

/** In ascending order: writers conclude from a version that is there that its successor was never collected. */
async function collect(folder: string, superseded: readonly number[]): Promise<void> {
  for (const number of superseded) {
    const file = fileIn(folder, number);
    const stats = await lstat(file);
    if (stats.size > 0) await truncate(file);
    if (stats.size > 0 || !isOld(stats)) break;
    await unlink(file);
  }
}

async function truncate(file: string): Promise<void> {
  const handle = await open(file, O_WRONLY | O_NOFOLLOW | O_NONBLOCK);
  try {
    await handle.truncate();
  } finally {
    await handle.close();
  }
}

// Files bear the time of the system, whatever clock counts the ttl.
const isOld = ({ mtimeMs }: { readonly mtimeMs: number }): boolean => Date.now() - mtimeMs > GRACE;
