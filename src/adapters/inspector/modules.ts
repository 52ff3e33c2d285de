import { readFile, realpath } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { join, sep } from 'node:path';

/** No segment can be made of dots, and none begins with one. */
const MODULE = /^(?:[\w-]+\/)*[\w-]+(?:[.][\w-]+)*[.]js$/;

/** Where this package was built, also when its sources run. */
export function builtFolder(): string {
  const { resolve } = createRequire(import.meta.url);
  return join(resolve('authchart/package.json'), '..', 'dist');
}

/** Reads modules by their path in a folder; `null`: there is none, or it is elsewhere by a link. */
export async function modulesIn(folder: string): Promise<(path: string) => Promise<string | null>> {
  const root = (await realpath(folder)) + sep;
  return async (path) => {
    if (!MODULE.test(path)) return null;
    try {
      const file = await realpath(join(root, path));
      return file.startsWith(root) ? await readFile(file, 'utf8') : null;
    } catch {
      return null;
    }
  };
}
