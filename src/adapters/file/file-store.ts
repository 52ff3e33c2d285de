import { randomBytes } from 'node:crypto';
import { join, resolve } from 'node:path';
import { AuthError } from '../../services/auth-error.js';
import { leases } from '../../services/lease.js';
import type { Clock, Entry, Store } from '../../services/ports.js';
import type { Envelope } from './envelope.js';
import { within } from './faults.js';
import { checkDirectory, checkFolder, folderName, lockFolderName, makeFolder } from './folders.js';
import { sweeper } from './sweeper.js';
import { tidy } from './tidy.js';
import { makeFirst, succeed, withNewest, type Newest } from './versions.js';
import { watchFolder } from './watch-folder.js';

/**
 * A store in a directory of its own, for the processes of one user. The directory is made with mode 0700 at the first
 * write, its files with 0600; values are not encrypted (see `sealed`), and keys are not in them. The file system must
 * know hard links.
 *
 * Every method rejects with {@link AuthError} `store_unavailable` where the file system fails or the directory is a
 * symbolic link or writable to others, with `record_unreadable` where a file is damaged, foreign, a symbolic link or
 * open to others, and with `record_other_version`. Nothing is overwritten then.
 *
 * @example
 * ```ts
 * const store = fileStore({ directory: join(homedir(), '.local/state/app'), clock: nodeClock });
 * ```
 */
export function fileStore(options: { readonly directory: string; readonly clock: Clock }): Store {
  const { clock } = options;
  if (typeof options.directory !== 'string' || options.directory === '') {
    throw new AuthError('invalid_option', { detail: 'The directory of the file store is not a path.' });
  }
  const directory = resolve(options.directory);
  const folderOf = (key: string) => join(directory, folderName(key));
  const sweep = sweeper(directory, clock, sweepFolder);
  const entries = entriesIn(folderOf);
  const locks = entriesIn((key) => join(directory, lockFolderName(key)));

  return {
    ...entries,
    // No clock ends a lease here, for the clocks of processes may jump: whoever has seen it stand for its time ends it.
    lock: leases(
      { ...locks, write: (key, value, { expected }) => locks.write(key, value, { expected }) },
      { clock, randomBytes },
    ),
    watch: (key, listener) => watchFolder(folderOf(key), listener),
  };

  function entriesIn(folderOf: (key: string) => string): Pick<Store, 'read' | 'write' | 'remove'> {
    return {
      read: (key) =>
        within(directory, async () => {
          const folder = folderOf(key);
          await checkDirectory(directory);
          await checkFolder(folder);
          return withNewest(folder, async (newest) => entryOf(newest));
        }),

      write: (key, value, { expected, ttl }) =>
        within(directory, async () => {
          const expiresAt = ttl === undefined ? null : clock.now() + ttl;
          const isExpected = (entry: Entry | undefined) => (entry?.version ?? null) === expected;
          const version = await replace(folderOf(key), { expiresAt, value }, isExpected);
          if (version === undefined) return { written: false };
          await sweep();
          return { written: true, version };
        }),

      remove: (key, { expected } = {}) =>
        within(directory, async () => {
          const isExpected = (entry: Entry | undefined) =>
            entry !== undefined && (expected === undefined || expected === entry.version);
          return (await replace(folderOf(key), REMOVED, isExpected)) !== undefined;
        }),
    };
  }

  /** Makes the next version, as long as the entry is as expected. */
  async function replace(
    folder: string,
    next: Omit<Envelope, 'id'>,
    isExpected: (entry: Entry | undefined) => boolean,
  ): Promise<string | undefined> {
    await checkDirectory(directory);
    await checkFolder(folder);
    for (;;) {
      const id = newId();
      const outcome = await withNewest(folder, async (newest) => {
        if (!isExpected(entryOf(newest))) return 'unexpected';
        if (newest) return (await succeed(newest, { id, ...next })) ? 'made' : 'lost';
        await makeFolder(directory, folder);
        await makeFirst(folder);
        return 'lost';
      });
      // Who has lost looks again: the winner may have removed what had expired.
      if (outcome === 'lost') continue;
      if (outcome === 'made') await tidy(folder);
      return outcome === 'made' ? id : undefined;
    }
  }

  function entryOf(newest: Newest | undefined): Entry | undefined {
    const envelope = newest?.envelope;
    if (!envelope || envelope.value === null || hasExpired(envelope)) return undefined;
    return { value: envelope.value, version: envelope.id };
  }

  function hasExpired({ expiresAt }: Envelope): boolean {
    return expiresAt !== null && expiresAt <= clock.now();
  }

  /** What has expired is still on the disk, and so is what a killed writer did not empty. */
  async function sweepFolder(folder: string): Promise<void> {
    await checkFolder(folder);
    await withNewest(folder, async (newest) => {
      const envelope = newest?.envelope;
      if (envelope && hasExpired(envelope)) await succeed(newest, { id: newId(), ...REMOVED });
    });
    await tidy(folder);
  }
}

// Not counted but random: where somebody removes a folder by hand, counting begins anew.
const newId = () => randomBytes(16).toString('base64url');

/** Stays for good, for with it the count would go. */
const REMOVED = { expiresAt: null, value: null };
