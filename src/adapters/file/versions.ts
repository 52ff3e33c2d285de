import { constants } from 'node:fs';
import { link, lstat, open, unlink, type FileHandle } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { decode, encode, unreadable, type Envelope } from './envelope.js';
import { unavailable, unless } from './faults.js';
import { isForeign, POSIX, syncDirectory } from './folders.js';
import { numbersIn, versionFile } from './version-files.js';

/** The newest version of a key, held open: while it is, no other file can get its inode. */
export interface Newest {
  readonly folder: string;
  readonly number: number;
  readonly handle: FileHandle;
  /** `undefined`: nothing was ever written. */
  readonly envelope: Envelope | undefined;
}

const { O_CREAT, O_EXCL, O_NOFOLLOW, O_NONBLOCK, O_RDONLY, O_WRONLY } = constants;
const CREATE = O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW;

/**
 * Hands over the newest version: one that was it both before and after it was read, so that neither a
 * truncation nor a number taken again can deceive.
 */
export async function withNewest<T>(
  folder: string,
  use: (newest: Newest | undefined) => Promise<T>,
): Promise<T> {
  for (;;) {
    const number = (await numbersIn(folder)).at(-1);
    if (number === undefined) return use(undefined);
    const file = versionFile(folder, number);
    const handle = await openVersion(file);
    if (!handle) continue;
    try {
      const bytes = await handle.readFile();
      if ((await numbersIn(folder)).at(-1) !== number) continue;
      const envelope = number === 0 ? undefined : decode(bytes, file);
      return await use({ folder, number, handle, envelope });
    } finally {
      await handle.close();
    }
  }
}

/** Version 0, which is empty: it is to version 1 what every version is to the next. */
export async function makeFirst(folder: string): Promise<void> {
  const handle = await unless(['EEXIST'], open(versionFile(folder, 0), CREATE, 0o600), undefined);
  await handle?.close();
}

/**
 * Compare-and-set: makes the successor of `newest`.
 *
 * @returns `false` if somebody else has
 * @throws {@link AuthError} `store_unavailable` if nobody can tell
 */
export async function succeed(newest: Newest, envelope: Envelope): Promise<boolean> {
  const { folder, number } = newest;
  const temporary = join(folder, `${envelope.id}.tmp`);
  try {
    await writeWhole(temporary, encode(envelope, folder));
    // ENOENT: we were held up for so long that our temporary file was tidied away.
    const linked = link(temporary, versionFile(folder, number + 1)).then(() => true);
    if (!(await unless(['EEXIST', 'ENOENT'], linked, false))) return false;
    await proveFirst(newest);
    // Before anything older is emptied: a power failure must not keep the emptying and forget the link.
    await syncDirectory(folder);
    if (number === 0) await syncDirectory(dirname(folder));
    return true;
  } finally {
    await unlink(temporary).catch(() => undefined);
  }
}

/**
 * Versions are collected in ascending order. So if our predecessor is still there, the number we linked was never
 * taken and given free before; if it isn't, we may have linked a number whose time is long past.
 */
async function proveFirst({ folder, number, handle }: Newest): Promise<void> {
  const held = await handle.stat({ bigint: true });
  const there = await unless(['ENOENT'], lstat(versionFile(folder, number), { bigint: true }), undefined);
  if (there?.ino === held.ino) return;
  throw unavailable(
    `This process was held up while it wrote in ${dirname(folder)}, and cannot tell whether it did.`,
  );
}

async function writeWhole(file: string, content: string): Promise<void> {
  const handle = await open(file, CREATE, 0o600);
  try {
    await handle.writeFile(content);
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/** `undefined` if it has been collected meanwhile. */
async function openVersion(file: string): Promise<FileHandle | undefined> {
  // O_NONBLOCK: a planted FIFO must not hold us.
  const opened = unless(['ENOENT'], open(file, O_RDONLY | O_NOFOLLOW | O_NONBLOCK), undefined);
  const handle = await unless(['ELOOP'], opened, 'link' as const);
  if (handle === 'link') throw unreadable(file, 'is a symbolic link');
  try {
    const stats = await handle?.stat();
    if (stats && !stats.isFile()) throw unreadable(file, 'is not a file');
    if (stats && isForeign(stats)) throw unreadable(file, 'belongs to another user');
    if (stats && POSIX && (stats.mode & 0o077) !== 0)
      throw unreadable(file, 'is open to other users; if you trust its content, chmod it to 600');
    return handle;
  } catch (thrown) {
    await handle?.close();
    throw thrown;
  }
}
