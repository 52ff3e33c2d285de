import { constants } from 'node:fs';
import { lstat, open, readdir, unlink } from 'node:fs/promises';
import { join } from 'node:path';
import { unless } from './faults.js';
import { versionFile, versionNumbers } from './version-files.js';

const { O_NOFOLLOW, O_NONBLOCK, O_WRONLY } = constants;

// Makes it unlikely that a writer who was held up must say that it cannot tell; nothing else rests on it.
const GRACE = 60_000;

/**
 * Empties what has been superseded, and removes what has been empty or in the making for long. What cannot be done now
 * is left to whoever writes next: the write before it stands.
 */
export async function tidy(folder: string): Promise<void> {
  try {
    const names = await readdir(folder);
    const superseded = versionNumbers(names).slice(0, -1);
    await empty(superseded.map((number) => versionFile(folder, number)));
    await collect(superseded.map((number) => versionFile(folder, number)));
    await removeAbandoned(names.filter((name) => name.endsWith('.tmp')).map((name) => join(folder, name)));
  } catch {
    // See above.
  }
}

/**
 * From the oldest that needs it up, so that below an empty version all are empty even if we are killed on the way, and
 * who looks for them can stop there.
 */
async function empty(superseded: readonly string[]): Promise<void> {
  const full: string[] = [];
  for (const file of superseded.toReversed()) {
    if (!(await statsOf(file))?.size) break;
    full.unshift(file);
  }
  for (const file of full) await truncate(file);
}

/** In ascending order: a writer concludes from a version that is there that its successor was never collected. */
async function collect(superseded: readonly string[]): Promise<void> {
  for (const file of superseded) {
    const stats = await statsOf(file);
    if (!stats) continue;
    if (stats.size > 0) await truncate(file);
    if (stats.size > 0 || !isOld(stats)) return;
    await remove(file);
  }
}

async function removeAbandoned(files: readonly string[]): Promise<void> {
  for (const file of files) {
    const stats = await statsOf(file);
    if (stats && isOld(stats)) await remove(file);
  }
}

async function truncate(file: string): Promise<void> {
  const handle = await unless(['ENOENT'], open(file, O_WRONLY | O_NOFOLLOW | O_NONBLOCK), undefined);
  try {
    await handle?.truncate();
  } finally {
    await handle?.close();
  }
}

const statsOf = (file: string) => unless(['ENOENT'], lstat(file), undefined);
const remove = (file: string) => unless(['ENOENT'], unlink(file), undefined);

// Files bear the time of the system, whatever clock counts the ttl.
const isOld = ({ mtimeMs }: { readonly mtimeMs: number }): boolean => Date.now() - mtimeMs > GRACE;
