import { execFileSync } from 'node:child_process';
import { chmod, chown, mkdir, readFile, rename, rm, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { fileStore } from '../../src/adapters/file/file-store.js';
import { folderName } from '../../src/adapters/file/folders.js';
import { virtualClock } from '../../src/adapters/virtual/virtual-clock.js';
import { AuthError } from '../../src/services/auth-error.js';
import type { Store } from '../../src/services/ports.js';
import { onlyFolder, storeDirectory } from '../support/store-directory.js';

const openStore = (directory: string) => fileStore({ directory, clock: virtualClock() });

const OTHER_USER = 65_534;
const CANNOT_GIVE_AWAY = 'Only root can give files to another user.';

/** A store that holds `key`, and the file that is its newest version. */
async function harness() {
  const { base, directory } = await storeDirectory();
  const store = openStore(directory);
  await store.write('key', 'value', { expected: null });
  const folder = await onlyFolder(directory);
  return { base, directory, store, folder, file: join(folder, '1') };
}

/** What each method rejects with; they must agree. */
async function refusalOf(store: Store): Promise<AuthError> {
  const outcomes = await Promise.allSettled([
    store.read('key'),
    store.write('key', 'new', { expected: null }),
    store.write('key', 'new', { expected: 'some version' }),
    store.remove('key'),
  ]);
  const reasons = outcomes.map((outcome) => (outcome.status === 'rejected' ? outcome.reason : outcome));
  const [first] = reasons;
  for (const reason of reasons) expect(reason).toEqual(first);
  if (!(first instanceof AuthError)) throw new Error('Not refused.');
  expect(first.phase).toBe('store');
  return first;
}

describe('a file store refuses what is not its own, and overwrites nothing', () => {
  const envelope = {
    format: 'authchart-file/2',
    folder: folderName('key'),
    id: 'id',
    expiresAt: null,
    value: 'canary',
  };
  const contents: Array<[string, string | Buffer]> = [
    ['nothing', ''],
    ['half an envelope', JSON.stringify(envelope).slice(0, -20)],
    ['text', 'canary'],
    ['null', 'null'],
    ['an array', '[]'],
    ['another format', JSON.stringify({ ...envelope, format: 'canary' })],
    ['no format', JSON.stringify({ ...envelope, format: undefined })],
    ['a number for a value', JSON.stringify({ ...envelope, value: 5 })],
    ['no value', JSON.stringify({ ...envelope, value: undefined })],
    ['no version', JSON.stringify({ ...envelope, id: null })],
    ['text for an expiry', JSON.stringify({ ...envelope, expiresAt: 'soon' })],
    ['another key', JSON.stringify({ ...envelope, folder: folderName('other') })],
    ['no key', JSON.stringify({ ...envelope, folder: undefined })],
    [
      'bytes that are not UTF-8',
      Buffer.from(JSON.stringify({ ...envelope, value: 'canary\u00ff' }), 'latin1'),
    ],
  ];

  it.each(contents)('in a version file: %s', async (_, content) => {
    const { store, file } = await harness();
    await writeFile(file, content);
    const refusal = await refusalOf(store);
    expect(refusal.code).toBe('record_unreadable');
    expect(refusal.message).toContain(file);
    expect(refusal.message).not.toContain('canary');
    expect(await readFile(file)).toEqual(Buffer.from(content));
  });

  it('in a version file: an envelope of another version', async () => {
    const { store, file } = await harness();
    const content = JSON.stringify({ format: 'authchart-file/3', secret: 'canary' });
    await writeFile(file, content);
    const refusal = await refusalOf(store);
    expect(refusal.code).toBe('record_other_version');
    expect(refusal.message).toContain('authchart-file/3');
    expect(await readFile(file, 'utf8')).toBe(content);
  });

  it('a version file that is a symbolic link (K12)', async () => {
    const { base, store, file } = await harness();
    const elsewhere = join(base, 'elsewhere');
    await rename(file, elsewhere);
    const content = await readFile(elsewhere, 'utf8');
    await symlink(elsewhere, file);
    expect(await refusalOf(store)).toMatchObject({
      code: 'record_unreadable',
      message: expect.stringContaining('symbolic link'),
    });
    expect(await readFile(elsewhere, 'utf8')).toBe(content);
  });

  it('a version file that is a link to nowhere', async () => {
    const { base, store, file } = await harness();
    await rm(file);
    await symlink(join(base, 'nowhere'), file);
    expect((await refusalOf(store)).code).toBe('record_unreadable');
  });

  it.each([0o640, 0o604, 0o620, 0o666])('a version file of mode %o (K12)', async (mode) => {
    const { store, file } = await harness();
    await chmod(file, mode);
    expect(await refusalOf(store)).toMatchObject({
      code: 'record_unreadable',
      message: expect.stringContaining('chmod it to 600'),
    });
    await chmod(file, 0o600);
    expect(await store.read('key')).toMatchObject({ value: 'value' });
  });

  it('a version file of another user, whatever its mode (K12)', async (context) => {
    if (process.getuid?.() !== 0) context.skip(CANNOT_GIVE_AWAY);
    const { store, file } = await harness();
    await chown(file, OTHER_USER, OTHER_USER);
    expect(await refusalOf(store)).toMatchObject({
      code: 'record_unreadable',
      message: expect.stringContaining('belongs to another user'),
    });
    await chown(file, 0, 0);
    expect(await store.read('key')).toMatchObject({ value: 'value' });
  });

  it('a folder of another user, whatever its mode (K12)', async (context) => {
    if (process.getuid?.() !== 0) context.skip(CANNOT_GIVE_AWAY);
    const { store, folder } = await harness();
    await chown(folder, OTHER_USER, OTHER_USER);
    const refusal = await refusalOf(store);
    expect(refusal.code).toBe('record_unreadable');
    expect(refusal.message).toContain(folder);
    expect(refusal.message).toContain('belongs to another user');
  });

  it('a version file that is a pipe, without waiting for its other end', async () => {
    const { store, folder } = await harness();
    execFileSync('mkfifo', ['-m', '600', join(folder, '2')]);
    expect((await refusalOf(store)).code).toBe('record_unreadable');
  });

  it('a version file that is a directory', async () => {
    const { store, folder } = await harness();
    await mkdir(join(folder, '2'), { mode: 0o700 });
    expect((await refusalOf(store)).code).toBe('record_unreadable');
  });

  it.each(['link', 'file'])('a folder of a key that is a %s (K12)', async (kind) => {
    const { base, store, folder } = await harness();
    await rename(folder, join(base, 'elsewhere'));
    await (kind === 'link' ? symlink(join(base, 'elsewhere'), folder) : writeFile(folder, ''));
    expect(await refusalOf(store)).toMatchObject({
      code: 'record_unreadable',
      message: expect.stringContaining(folder),
    });
  });
});

describe('a file store refuses a directory', () => {
  it('that is a symbolic link (K12)', async () => {
    const { base, directory } = await harness();
    const alias = join(base, 'alias');
    await symlink(directory, alias);
    for (const path of [alias, `${alias}/`]) {
      expect(await refusalOf(openStore(path))).toMatchObject({
        code: 'store_unavailable',
        message: expect.stringContaining('symbolic link'),
      });
    }
  });

  it.each([0o770, 0o702, 0o1777])('that others can write to: mode %o', async (mode) => {
    const { directory, store } = await harness();
    await chmod(directory, mode);
    expect(await refusalOf(store)).toMatchObject({
      code: 'store_unavailable',
      message: expect.stringContaining('chmod it to 700'),
    });
  });

  it('that belongs to another user, also while it is empty (K12)', async (context) => {
    if (process.getuid?.() !== 0) context.skip(CANNOT_GIVE_AWAY);
    const { base, directory, store } = await harness();
    const empty = join(base, 'empty');
    await mkdir(empty, { mode: 0o700 });
    for (const [named, opened] of [
      [directory, store],
      [empty, openStore(empty)],
    ] as const) {
      await chown(named, OTHER_USER, OTHER_USER);
      expect(await refusalOf(opened)).toMatchObject({
        code: 'store_unavailable',
        message: expect.stringContaining('belongs to another user'),
      });
    }
  });

  it('that is a file, or lies below one, naming the directory and the errno', async () => {
    const { base } = await storeDirectory();
    const file = join(base, 'file');
    await writeFile(file, '');
    for (const directory of [file, join(file, 'below')]) {
      const refusal = await refusalOf(openStore(directory));
      expect(refusal).toMatchObject({ code: 'store_unavailable', retryable: true });
      expect(refusal.message).toContain('ENOTDIR');
      expect(refusal.message).toContain(directory);
    }
  });

  it('whose name is too long or holds NUL', async () => {
    const { base } = await storeDirectory();
    const long = await refusalOf(openStore(join(base, 'd'.repeat(300))));
    expect(long).toMatchObject({
      code: 'store_unavailable',
      message: expect.stringContaining('ENAMETOOLONG'),
    });
    const nul = await refusalOf(openStore(join(base, 'a\0b')));
    expect(nul.code).toBe('store_unavailable');
  });

  it('and can be used once it is as it should be', async () => {
    const { base } = await storeDirectory();
    const directory = join(base, 'store');
    await writeFile(directory, '');
    const store = openStore(directory);
    await refusalOf(store);
    await rm(directory);
    expect(await store.write('key', 'value', { expected: null })).toMatchObject({ written: true });
  });
});
