import { createHash } from 'node:crypto';
import { lstat, mkdir, open } from 'node:fs/promises';
import { unreadable } from './envelope.js';
import { unavailable, unless } from './faults.js';

/** Windows has neither mode bits nor directories that can be synced. */
export const POSIX = process.platform !== 'win32';

/** Keys are hostile: they name no file. Of UTF-16, for UTF-8 would make all lone surrogates one. */
export function folderName(key: string): string {
  return createHash('sha256').update(key, 'utf16le').digest('base64url');
}

/** Another than every key's: UTF-16 has an even number of bytes. */
export function lockFolderName(key: string): string {
  return createHash('sha256').update('\0').update(key, 'utf16le').digest('base64url');
}

export const FOLDER_NAME = /^[\w-]{43}$/;

/** What another user owns, that user can change at any time, whatever its mode says. */
export function isForeign({ uid }: { readonly uid: number }): boolean {
  return POSIX && uid !== process.getuid?.();
}

/**
 * Refuses what others could have planted or can plant into.
 *
 * @returns whether the directory is there
 */
export async function checkDirectory(directory: string): Promise<boolean> {
  const stats = await unless(['ENOENT'], lstat(directory), undefined);
  if (!stats) return false;
  if (stats.isSymbolicLink())
    throw unavailable(`The store directory ${directory} is a symbolic link; name the directory itself.`);
  if (!stats.isDirectory())
    throw unavailable(`The store directory ${directory} is not a directory (ENOTDIR).`);
  if (isForeign(stats)) throw unavailable(`The store directory ${directory} belongs to another user.`);
  if (POSIX && (stats.mode & 0o022) !== 0)
    throw unavailable(`The store directory ${directory} can be written by other users; chmod it to 700.`);
  return true;
}

/** @returns whether the folder of a key is there */
export async function checkFolder(folder: string): Promise<boolean> {
  const stats = await unless(['ENOENT'], lstat(folder), undefined);
  if (stats && !stats.isDirectory()) throw unreadable(folder, 'is a symbolic link or a file');
  if (stats && isForeign(stats)) throw unreadable(folder, 'belongs to another user');
  return stats !== undefined;
}

export async function makeFolder(directory: string, folder: string): Promise<void> {
  if (!(await checkDirectory(directory))) {
    await mkdir(directory, { recursive: true, mode: 0o700 });
    await checkDirectory(directory);
  }
  if (await checkFolder(folder)) return;
  await unless(['EEXIST'], mkdir(folder, { mode: 0o700 }), undefined);
  await checkFolder(folder);
}

export async function syncDirectory(directory: string): Promise<void> {
  if (!POSIX) return;
  const handle = await open(directory, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}
