import {
  copyFile,
  link,
  lstat,
  mkdir,
  readdir,
  readFile,
  rm,
  stat,
  utimes,
  writeFile,
} from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { fileStore } from '../../src/adapters/file/file-store.js';
import { succeed, withNewest } from '../../src/adapters/file/versions.js';
import { nodeClock } from '../../src/adapters/node/node-clock.js';
import { virtualClock } from '../../src/adapters/virtual/virtual-clock.js';
import { conforms } from '../support/conforms.js';
import { filesBelow, isOnDisk, onlyFolder, storeDirectory } from '../support/store-directory.js';

conforms(
  'the file store',
  async () => {
    const { directory } = await storeDirectory();
    return {
      open: ({ clockAhead = 0 } = {}) =>
        fileStore({ directory, clock: { ...nodeClock, now: () => nodeClock.now() + clockAhead } }),
    };
  },
  { clock: 'process', watches: true, canBeDown: false },
);

async function harness() {
  const { directory } = await storeDirectory();
  const clock = virtualClock();
  const open = () => fileStore({ directory, clock });
  const store = open();
  const put = async (key: string, value: string, ttl?: number) => {
    const expected = (await store.read(key))?.version ?? null;
    expect(await store.write(key, value, { expected, ...(ttl !== undefined && { ttl }) })).toMatchObject({
      written: true,
    });
  };
  return { directory, clock, open, store, put };
}

/** Makes files look as if nobody had touched them for an hour. */
async function age(folder: string): Promise<void> {
  const then = new Date(Date.now() - 3_600_000);
  for (const name of await readdir(folder)) await utimes(join(folder, name), then, then);
}

describe('the directory of a file store', () => {
  it('is made with mode 0700 and its files with 0600, whatever the umask (K12)', async () => {
    const { directory, put } = await harness();
    const umask = process.umask(0);
    onTestFinished(() => void process.umask(umask));
    await put('key', 'value');
    const folder = await onlyFolder(directory);
    const modes = await Promise.all(
      [directory, folder, join(folder, '0'), join(folder, '1')].map(
        async (path) => (await stat(path)).mode & 0o777,
      ),
    );
    expect(modes).toEqual([0o700, 0o700, 0o600, 0o600]);
  });

  it('is not made to read, nor to refuse a write', async () => {
    const { directory, store } = await harness();
    await store.read('key');
    await store.remove('key');
    await store.write('key', 'value', { expected: 'some version' });
    await expect(stat(directory)).rejects.toMatchObject({ code: 'ENOENT' });
  });

  it('says nowhere which keys it holds: they name clients and sessions', async () => {
    const { directory, store, put } = await harness();
    const steps = [() => put('canary-key', 'first'), () => put('canary-key', 'next')];
    for (const step of [...steps, () => store.remove('canary-key')]) {
      await step();
      expect(await isOnDisk(directory, 'canary-key')).toBe(false);
      expect((await readdir(directory, { recursive: true })).join()).not.toContain('canary-key');
    }
  });

  it('has no name in it that a key could have chosen', async () => {
    const { directory, put } = await harness();
    for (const key of ['../../escape', '/etc/passwd', 'a\0b', 'k'.repeat(5000)]) await put(key, 'value');
    for (const name of await readdir(directory)) expect(name).toMatch(/^[\w-]{43}$/);
  });

  it('is shared by all who open it', async () => {
    const { open, store, put } = await harness();
    await put('key', 'value');
    const other = open();
    expect(await other.read('key')).toEqual(await store.read('key'));
  });
});

describe('what a file store has superseded', () => {
  it('is in no file any more once the write has returned (H1)', async () => {
    const { directory, put } = await harness();
    await put('session', 'canary-old');
    expect(await isOnDisk(directory, 'canary-old')).toBe(true);
    await put('session', 'canary-new');
    expect(await isOnDisk(directory, 'canary-old')).toBe(false);
    expect(await isOnDisk(directory, 'canary-new')).toBe(true);
  });

  it('is in no file any more once it is removed', async () => {
    const { directory, store, put } = await harness();
    await put('session', 'canary');
    await store.remove('session');
    expect(await isOnDisk(directory, 'canary')).toBe(false);
  });

  it('leaves empty files, which are collected later; the newest stays', async () => {
    const { directory, put } = await harness();
    for (let i = 1; i <= 5; i++) await put('key', String(i));
    const folder = await onlyFolder(directory);
    expect((await readdir(folder)).toSorted()).toEqual(['0', '1', '2', '3', '4', '5']);
    await age(folder);
    await put('key', '6');
    expect((await readdir(folder)).toSorted()).toEqual(['5', '6']);
  });

  it('goes when its time has passed, though nobody asks for it', async () => {
    const { directory, clock, open, store, put } = await harness();
    for (let i = 0; i < 10; i++) await put(`flow ${i}`, `canary ${i}`, 1000);
    await clock.advance(1000);
    const later = open();
    for (let i = 0; i < 3; i++) await later.write(`session ${i}`, 'value', { expected: null });
    expect(await isOnDisk(directory, 'canary')).toBe(false);
    expect(await store.read('flow 3')).toBeUndefined();
    expect(await isOnDisk(directory, 'value')).toBe(true);
  });
});

describe('a writer of a file store that is held up between reading and linking', () => {
  const late = { id: 'late', expiresAt: null, value: 'late' };

  it('has lost if somebody else wrote', async () => {
    const { directory, store, put } = await harness();
    await put('key', 'first');
    await withNewest(await onlyFolder(directory), async (newest) => {
      await put('key', 'second');
      expect(newest && (await succeed(newest, late))).toBe(false);
    });
    expect(await store.read('key')).toMatchObject({ value: 'second' });
    expect(await isOnDisk(directory, '"late"')).toBe(false);
  });

  it.each(['first', undefined])(
    'wins nothing with a number that was collected meanwhile (before: %s)',
    async (before) => {
      const { directory, store, put } = await harness();
      await put('key', 'first');
      const folder = await onlyFolder(directory);
      if (before === undefined) {
        // As it is after version 0 and before version 1.
        await rm(join(folder, '1'));
      }
      await withNewest(folder, async (newest) => {
        for (const value of ['second', 'third', 'fourth']) await put('key', value);
        await age(folder);
        await put('key', 'fifth');
        const outcome = newest && succeed(newest, late);
        await expect(outcome).rejects.toMatchObject({ code: 'store_unavailable', retryable: true });
      });
      expect(await store.read('key')).toMatchObject({ value: 'fifth' });
      await put('key', 'sixth');
      expect(await isOnDisk(directory, '"late"')).toBe(false);
      expect(await store.read('key')).toMatchObject({ value: 'sixth' });
    },
  );
});

describe('after a crash a file store goes on (H6)', () => {
  /** What a writer has on the disk just before it links. */
  async function unfinished(folder: string, name: string, value: string): Promise<string> {
    const envelope: unknown = JSON.parse(await readFile(join(folder, '1'), 'utf8'));
    const file = join(folder, `${name}.tmp`);
    await writeFile(file, JSON.stringify({ ...Object(envelope), id: name, value }), { mode: 0o600 });
    return file;
  }

  it('when the folder of a key was made and nothing in it', async () => {
    const { directory, store, put } = await harness();
    await put('key', 'value');
    const folder = await onlyFolder(directory);
    for (const emptied of [['0', '1'], ['1']]) {
      for (const name of await readdir(folder)) if (emptied.includes(name)) await rm(join(folder, name));
      expect(await store.read('key')).toBeUndefined();
      await put('key', 'again');
      expect(await store.read('key')).toMatchObject({ value: 'again' });
    }
  });

  it('before the link: the old value holds, and what was left is removed when it is old', async () => {
    const { directory, store, put } = await harness();
    await put('key', 'first');
    const folder = await onlyFolder(directory);
    const temporary = await unfinished(folder, 'crashed', 'canary');
    expect(await store.read('key')).toMatchObject({ value: 'first' });
    await put('key', 'second');
    expect(await stat(temporary)).toBeDefined();
    await age(folder);
    await put('key', 'third');
    expect(await isOnDisk(directory, 'canary')).toBe(false);
    expect(await store.read('key')).toMatchObject({ value: 'third' });
  });

  it('after the link: the new value holds, and the next write empties all that is old', async () => {
    const { directory, store, put } = await harness();
    await put('key', 'canary-1');
    const folder = await onlyFolder(directory);
    for (const number of [2, 3])
      await link(await unfinished(folder, `w${number}`, `canary-${number}`), join(folder, String(number)));
    expect(await store.read('key')).toEqual({ value: 'canary-3', version: 'w3' });
    await put('key', 'fourth');
    expect(await isOnDisk(directory, 'canary')).toBe(false);
    expect(await store.read('key')).toMatchObject({ value: 'fourth' });
  });

  it('after the link: another process empties what is old, though nobody writes this key', async () => {
    const { directory, open, put } = await harness();
    await put('key', 'canary-1');
    const folder = await onlyFolder(directory);
    await link(await unfinished(folder, 'w2', 'second'), join(folder, '2'));
    await open().write('other', 'value', { expected: null });
    expect(await isOnDisk(directory, 'canary-1')).toBe(false);
    expect(await isOnDisk(directory, 'second')).toBe(true);
  });

  it('that lost the newest version: it refuses, and does not take the one before for it', async () => {
    const { directory, store, put } = await harness();
    await put('key', 'first');
    await put('key', 'second');
    const folder = await onlyFolder(directory);
    await writeFile(join(folder, '2'), '');
    await expect(store.read('key')).rejects.toMatchObject({ code: 'record_unreadable' });
  });
});

describe('a version file of a file store', () => {
  it('of another key is refused', async () => {
    const { directory, store, put } = await harness();
    await put('key', 'value');
    const folder = await onlyFolder(directory);
    await put('other', 'foreign');
    const other = (await readdir(directory)).find((name) => !folder.endsWith(name)) ?? '';
    await copyFile(join(directory, other, '1'), join(folder, '2'));
    await expect(store.read('key')).rejects.toMatchObject({ code: 'record_unreadable' });
  });

  it('is not what has another name', async () => {
    const { directory, store, put } = await harness();
    await put('key', 'value');
    const folder = await onlyFolder(directory);
    for (const name of ['02', '1.bak', '9~', '1e3', '-5', '99999999999999999999'])
      await writeFile(join(folder, name), 'x', { mode: 0o600 });
    await mkdir(join(folder, 'lost+found'));
    expect(await store.read('key')).toMatchObject({ value: 'value' });
    await put('key', 'next');
    expect(await readFile(join(folder, '02'), 'utf8')).toBe('x');
  });

  it('of a write that failed is not there', async () => {
    const { directory, store, put } = await harness();
    await put('key', 'value');
    const before = await filesBelow(directory);
    await store.write('key', 'late', { expected: null });
    expect(await filesBelow(directory)).toEqual(before);
    expect((await lstat(directory)).isDirectory()).toBe(true);
  });
});
