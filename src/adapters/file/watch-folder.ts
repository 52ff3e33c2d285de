import { readdirSync } from 'node:fs';
import { numbersIn, versionNumbers } from './version-files.js';

const PERIOD = 500;

/**
 * Looks for a newer version from time to time, whoever writes it: file system events are lost on network drives and
 * shared folders. In real time, whatever clock counts the ttl. Keeps no process alive.
 */
export function watchFolder(folder: string, listener: () => unknown): () => void {
  // At once, for what is written right after this call must be told.
  let seen = newestNow(folder);
  let timer = wait();
  let watching = true;
  return () => {
    watching = false;
    clearTimeout(timer);
  };

  function wait(): NodeJS.Timeout {
    return setTimeout(() => void look(), PERIOD).unref();
  }

  async function look(): Promise<void> {
    try {
      const newest = (await numbersIn(folder)).at(-1);
      if (watching && newest !== seen) {
        seen = newest;
        void Promise.resolve()
          .then(() => watching && listener())
          // A listener that throws breaks nothing.
          .catch(() => undefined);
      }
    } catch {
      // A store that fails tells its readers.
    }
    if (watching) timer = wait();
  }
}

function newestNow(folder: string): number | undefined {
  try {
    return versionNumbers(readdirSync(folder)).at(-1);
  } catch {
    return undefined;
  }
}
