import { randomBytes } from 'node:crypto';
import { join, resolve } from 'node:path';
import { lockQueue } from '../../services/lock-queue.js';
import type { Clock, Entry, Store } from '../../services/ports.js';
import type { Envelope } from './envelope.js';
import { within } from './faults.js';
import { checkDirectory, checkFolder, folderName, makeFolder } from './folders.js';
import { sweeper } from './sweeper.js';
import { tidy } from './tidy.js';
import { makeFirst, succeed, withNewest, type Newest } from './versions.js';
import { watchFolder } from './watch-folder.js';

// Of the process: two stores over one directory share their locks.
const locks = lockQueue();

/**
 * A store in a directory of its own, for the processes of one user on one machine. Made with mode 0700 when first
 * written to; its files have mode 0600. Values are not encrypted. The file system must know hard links.
 *
 * Every method rejects with {@link AuthError} `store_unavailable` where the file system fails or the directory is
 * unsafe, `record_unreadable` where a file is damaged, foreign, a symbolic link or open to other users, and
 * `record_other_version`. Nothing is overwritten then.
 *
 * @example
 * ```ts
 * const store = fileStore({ directory: join(homedir(), '.local/state/app'), clock: nodeClock });
 * ```
 */
export function fileStore(options: { readonly directory: string; readonly clock: Clock }): Store {
  const { clock } = options;
  const directory = resolve(options.directory);
  const folderOf = (key: string) => join(directory, folderName(key));
  const sweep = sweeper(directory, clock, sweepFolder);

  return {
    read: (key) =>
      within(directory, async () => {
        const folder = folderOf(key);
        if (!(await checkDirectory(directory)) || !(await checkFolder(folder))) return undefined;
        return withNewest(folder, async (newest) => entryOf(newest));
      }),

    write: (key, value, { expected, ttl }) =>
      within(directory, async () => {
        const expiresAt = ttl === undefined ? null : clock.now() + ttl;
        const folder = folderOf(key);
        await makeFolder(directory, folder);
        const next = { key, expiresAt, value };
        const made = await replace(folder, next, (entry) => (entry?.version ?? null) === expected);
        if (made) await sweep();
        return made ? { written: true, version: made.id } : { written: false };
      }),

    remove: (key, { expected } = {}) =>
      within(directory, async () => {
        const folder = folderOf(key);
        if (!(await checkDirectory(directory)) || !(await checkFolder(folder))) return false;
        const made = await replace(folder, removed(key), (entry) =>
          Boolean(entry && (expected ?? entry.version) === entry.version),
        );
        return made !== undefined;
      }),

    lock: (key, { signal, ttl }) => locks.acquire(folderOf(key), { signal, ttl, clock }),

    watch: (key, listener) => watchFolder(folderOf(key), listener),
  };

  /** Makes the next version as long as the entry of the newest is as it should be. */
  async function replace(
    folder: string,
    next: Omit<Envelope, 'id'>,
    isAsExpected: (entry: Entry | undefined) => boolean,
  ): Promise<Envelope | undefined> {
    for (;;) {
      const envelope = { id: randomBytes(16).toString('base64url'), ...next };
      const outcome = await withNewest(folder, async (newest) => {
        if (!isAsExpected(entryOf(newest))) return 'unexpected';
        if (newest) return (await succeed(newest, envelope)) ? 'made' : 'lost';
        await makeFirst(folder);
        return 'lost';
      });
      // Who has lost looks again: the winner may have removed what had expired.
      if (outcome !== 'lost') return outcome === 'made' ? envelope : undefined;
    }
  }

  function entryOf(newest: Newest | undefined): Entry | undefined {
    const { id, value, expiresAt } = newest?.envelope ?? removed('');
    if (value === null || (expiresAt !== null && expiresAt <= clock.now())) return undefined;
    return { value, version: id };
  }

  /** What has expired is still on the disk, and so is what a killed writer could not empty. */
  async function sweepFolder(folder: string): Promise<void> {
    if (!(await checkFolder(folder))) return;
    await withNewest(folder, async (newest) => {
      if (newest?.envelope && newest.envelope.value !== null && !entryOf(newest))
        await succeed(newest, { ...removed(newest.envelope.key), id: randomBytes(16).toString('base64url') });
    });
    await tidy(folder);
  }
}

const removed = (key: string) => ({ id: '', key, expiresAt: null, value: null });
