import { lstat, mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';

/** A place for one test; the store's directory inside is not made yet. */
export async function storeDirectory(): Promise<{ readonly base: string; readonly directory: string }> {
  const base = await mkdtemp(join(tmpdir(), 'authchart-store-'));
  onTestFinished(() => rm(base, { recursive: true }));
  return { base, directory: join(base, 'store') };
}

/** The folder of the only key of a store. */
export async function onlyFolder(directory: string): Promise<string> {
  const [name, ...others] = await readdir(directory);
  if (name === undefined || others.length > 0) throw new Error('Not exactly one folder.');
  return join(directory, name);
}

/** All files below, by path, as they are on the disk. */
export async function filesBelow(directory: string): Promise<Map<string, Buffer>> {
  const files = new Map<string, Buffer>();
  for (const name of await readdir(directory, { recursive: true })) {
    const path = join(directory, name);
    try {
      if ((await lstat(path)).isFile()) files.set(name, await readFile(path));
    } catch (error) {
      // A writer's temporary file, gone since it was listed.
      if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
    }
  }
  return files;
}

export async function isOnDisk(directory: string, text: string): Promise<boolean> {
  return [...(await filesBelow(directory)).values()].some((bytes) => bytes.includes(text));
}
