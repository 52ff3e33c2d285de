import { inspect } from 'node:util';
import fc from 'fast-check';
import { sealed } from 'authchart';
import type { SealingKey, Store } from 'authchart';
import { describe, expect, it } from 'vitest';
import { fileStore } from '../../src/adapters/file/file-store.js';
import { memoryStore } from '../../src/adapters/memory/memory-store.js';
import { virtualClock } from '../../src/adapters/virtual/virtual-clock.js';
import { unreadableAtRest } from '../contracts/unreadable-at-rest.contract.js';
import { conforms } from '../support/conforms.js';
import { filesBelow, storeDirectory } from '../support/store-directory.js';

const keyOf = (id: string, filledWith = id.charCodeAt(0)): SealingKey => ({
  id,
  key: new Uint8Array(32).fill(filledWith),
});
const [old, recent] = [keyOf('old-1'), keyOf('recent_2')];

conforms(
  'a sealed memory store',
  () => {
    const clock = virtualClock();
    const plain = memoryStore({ clock });
    let opened = 0;
    return {
      // As processes in the middle of a rotation would.
      open: () => sealed(plain, { keys: ++opened % 2 === 0 ? [old, recent] : [recent, old] }),
      elapse: (milliseconds) => clock.advance(milliseconds),
    };
  },
  { clock: 'own', watches: true, canBeDown: false },
);

unreadableAtRest('the file store', async (clock) => {
  const { directory } = await storeDirectory();
  return {
    store: fileStore({ directory, clock }),
    dump: async () =>
      [...(await filesBelow(directory))]
        .map(([name, bytes]) => `${name}\n${bytes.toString('latin1')}`)
        .join('\n'),
  };
});

/** A plain store, its sealed twin, and ways around the seal. */
function harness(keys: readonly SealingKey[] = [recent, old]) {
  const plain = memoryStore({ clock: virtualClock() });
  const put = async (store: Store, key: string, value: string) => {
    const expected = (await plain.read(key))?.version ?? null;
    expect(await store.write(key, value, { expected })).toMatchObject({ written: true });
  };
  const store = sealed(plain, { keys });
  return {
    plain,
    store,
    put: (key: string, value: string) => put(store, key, value),
    plant: (key: string, text: string) => put(plain, key, text),
    textOf: async (key: string) => (await plain.read(key))?.value ?? '',
    refusalOf: async (key: string, reader = store) =>
      reader.read(key).then(
        ({ value } = { value: 'nothing', version: '' }) => `opens: ${value}`,
        (error: { code: string }) => error.code,
      ),
  };
}

const text = fc.oneof(
  fc.string({ unit: 'binary' }),
  fc.string({ unit: fc.constantFrom('\ud800', '\udfff', '\0', '"') }),
);

describe('a sealed value', () => {
  it('is one line of printable ASCII, and of equal ones no two are the same', async () => {
    await fc.assert(
      fc.asyncProperty(text, text, async (key, value) => {
        const { put, textOf } = harness();
        const seen = new Set<string>();
        for (let i = 0; i < 3; i++) {
          await put(key, value);
          const sealedText = await textOf(key);
          expect(sealedText).toMatch(/^authchart-sealed\/1\.recent_2\.[\w-]{16}\.[\w-]+$/);
          for (const part of sealedText.split('.').slice(2)) seen.add(part);
        }
        expect(seen.size).toBe(6);
      }),
      { numRuns: 50 },
    );
  });

  it('opens in its own place only: not under another key, nor under one that is nearly the same', async () => {
    const pairs = fc.oneof(
      fc.tuple(text, text),
      fc.constantFrom(
        ['\ud800', '\ud801'],
        ['\ud800', '\ufffd'],
        ['\ud800', '\\ud800'],
        ['a","b', 'a'],
        ['', '\0'],
      ),
    );
    await fc.assert(
      fc.asyncProperty(pairs, async ([here, there]) => {
        fc.pre(here !== there);
        const { put, plant, textOf, refusalOf } = harness();
        await put(here!, 'value of here');
        await put(there!, 'value of there');
        const [one, other] = [await textOf(here!), await textOf(there!)];
        await plant(here!, other);
        await plant(there!, one);
        expect([await refusalOf(here!), await refusalOf(there!)]).toEqual([
          'record_seal_broken',
          'record_seal_broken',
        ]);
        await plant(here!, one);
        expect(await refusalOf(here!)).toBe('opens: value of here');
      }),
      { numRuns: 50 },
    );
  });

  it('is refused with any bit of it changed', async () => {
    const { put, plant, textOf, refusalOf } = harness();
    await put('key', 'value');
    const whole = await textOf('key');
    const [format = '', keyId = ''] = whole.split('.');
    const outcomes = new Map<string, number>();
    for (let at = 0; at < whole.length; at++) {
      for (let bit = 0; bit < 8; bit++) {
        const changed = String.fromCharCode(whole.charCodeAt(at) ^ (1 << bit));
        await plant('key', whole.slice(0, at) + changed + whole.slice(at + 1));
        const refusal = await refusalOf('key');
        expect([at, bit, refusal]).toEqual([at, bit, expected(at, changed)]);
        outcomes.set(refusal, (outcomes.get(refusal) ?? 0) + 1);
      }
    }
    expect([...outcomes.keys()].toSorted()).toEqual([
      'record_key_unknown',
      'record_not_sealed',
      'record_other_version',
      'record_seal_broken',
    ]);

    function expected(at: number, changed: string): string {
      if (at === format.length - 1 && /\d/.test(changed)) return 'record_other_version';
      if (at <= format.length) return 'record_not_sealed';
      const inId = at - format.length - 1 < keyId.length;
      return inId && /[\w-]/.test(changed) ? 'record_key_unknown' : 'record_seal_broken';
    }
  });

  it('is refused with anything cut off or added, at either end', async () => {
    const { put, plant, textOf, refusalOf } = harness();
    await put('key', 'value');
    const whole = await textOf('key');
    const formatted = 'authchart-sealed/1.'.length;
    for (let length = 0; length < whole.length; length++) {
      await plant('key', whole.slice(0, length));
      expect([length, await refusalOf('key')]).toEqual([
        length,
        length < formatted ? 'record_not_sealed' : 'record_seal_broken',
      ]);
      await plant('key', whole.slice(whole.length - length));
      expect([length, await refusalOf('key')]).toEqual([length, 'record_not_sealed']);
    }
    for (const added of ['A', '=', '\n', ' ', '.', '.AAAA']) {
      await plant('key', whole + added);
      expect([added, await refusalOf('key')]).toEqual([added, 'record_seal_broken']);
      await plant('key', added + whole);
      expect([added, await refusalOf('key')]).toEqual([added, 'record_not_sealed']);
    }
  });

  it('is refused under the id of another key, even if that is the same key', async () => {
    const twin = { id: 'twin', key: recent.key };
    const { put, plant, textOf, refusalOf } = harness([recent, old, twin]);
    await put('key', 'value');
    const whole = await textOf('key');
    for (const { id } of [old, twin]) {
      await plant('key', whole.replace(recent.id, id));
      expect(await refusalOf('key')).toBe('record_seal_broken');
    }
  });

  it('is refused by another key of the same id', async () => {
    const { plain, put, refusalOf } = harness();
    await put('key', 'value');
    const other = sealed(plain, { keys: [keyOf(recent.id, 99)] });
    expect(await refusalOf('key', other)).toBe('record_seal_broken');
  });

  it.each([
    '',
    'plaintext',
    '{"authchart":1}',
    'authchart-sealed',
    'authchart-sealed/',
    'AUTHCHART-SEALED/1.a.b.c',
  ])('is not what somebody planted: %j', async (planted) => {
    const { plant, refusalOf, textOf } = harness();
    await plant('key', planted);
    expect(await refusalOf('key')).toBe('record_not_sealed');
    expect(await textOf('key')).toBe(planted);
  });

  it('of a later version is told from a damaged one', async () => {
    const { store, plant } = harness();
    await plant('key', 'authchart-sealed/2.whatever it holds, canary');
    await expect(store.read('key')).rejects.toMatchObject({
      code: 'record_other_version',
      message: expect.stringContaining('authchart-sealed/2'),
    });
    await expect(store.read('key')).rejects.not.toMatchObject({ message: expect.stringContaining('canary') });
  });
});

describe('rotating the keys of a sealed store', () => {
  it('goes on with what the old key has sealed, and seals anew with the first', async () => {
    const { plain, textOf, refusalOf } = harness();
    const before = sealed(plain, { keys: [old] });
    for (const key of ['used', 'idle']) await before.write(key, `value of ${key}`, { expected: null });

    const between = sealed(plain, { keys: [recent, old] });
    const entry = await between.read('used');
    expect(entry).toMatchObject({ value: 'value of used' });
    await between.write('used', 'next value', { expected: entry!.version });
    expect(await textOf('used')).toMatch(/^authchart-sealed\/1\.recent_2\./);
    expect(await textOf('idle')).toMatch(/^authchart-sealed\/1\.old-1\./);

    const after = sealed(plain, { keys: [recent] });
    expect(await refusalOf('used', after)).toBe('opens: next value');
    expect(await refusalOf('idle', after)).toBe('record_key_unknown');
    expect(await refusalOf('idle', between)).toBe('opens: value of idle');
  });

  it('names the key that is missing', async () => {
    const { plain, put } = harness([old]);
    await put('key', 'value');
    await expect(sealed(plain, { keys: [recent] }).read('key')).rejects.toMatchObject({
      code: 'record_key_unknown',
      phase: 'store',
      retryable: false,
      message: expect.stringContaining('"old-1"'),
    });
  });

  it('may be at different stages in different processes', async () => {
    const { plain } = harness();
    const processes = [
      [old, recent],
      [recent, old],
    ].map((keys) => sealed(plain, { keys }));
    await Promise.all(
      processes.map(async (store) => {
        for (let left = 20; left > 0;) {
          const entry = await store.read('counter');
          const next = String(Number(entry?.value ?? 0) + 1);
          if ((await store.write('counter', next, { expected: entry?.version ?? null })).written) left--;
        }
      }),
    );
    for (const store of processes) expect(await store.read('counter')).toMatchObject({ value: '40' });
  });
});

describe('a sealed store', () => {
  it('refuses to write over what it cannot open, but removes it', async () => {
    const { plain, put } = harness([old]);
    await put('key', 'value');
    const store = sealed(plain, { keys: [recent] });
    expect(await store.write('key', 'new', { expected: null })).toEqual({ written: false });
    expect(await store.remove('key')).toBe(true);
    expect(await store.write('key', 'new', { expected: null })).toMatchObject({ written: true });
  });

  it('watches and locks as the store below does, or not at all', async () => {
    const { watch: _, ...silent } = memoryStore({ clock: virtualClock() });
    expect('watch' in sealed(silent, { keys: [recent] })).toBe(false);
    const seen: unknown[] = [];
    class Below implements Store {
      read = silent.read;
      write = silent.write;
      remove = silent.remove;
      lock(key: string, options: Parameters<Store['lock']>[1]) {
        seen.push([this, key, options]);
        return silent.lock(key, options);
      }
      watch(key: string, listener: () => void) {
        seen.push([this, key, listener]);
        return () => {};
      }
    }
    const below = new Below();
    const store = sealed(below, { keys: [recent] });
    const options = { signal: new AbortController().signal, ttl: 1000 };
    const listener = () => {};
    await store.lock('key', options);
    store.watch?.('key', listener);
    expect(seen).toEqual([
      [below, 'key', options],
      [below, 'key', listener],
    ]);
  });

  it('passes on what the store below rejects with', async () => {
    const { plain } = harness();
    const fault = new Error('of the store below');
    const fail = () => Promise.reject(fault);
    const store = sealed({ ...plain, read: fail, write: fail, remove: fail, lock: fail }, { keys: [recent] });
    const outcomes = await Promise.allSettled([
      store.read('key'),
      store.write('key', 'value', { expected: null }),
      store.remove('key'),
      store.lock('key', { signal: new AbortController().signal, ttl: 1 }),
    ]);
    for (const outcome of outcomes) expect(outcome).toEqual({ status: 'rejected', reason: fault });
  });
});

describe('the keys of a sealed store', () => {
  const bytes = crypto.getRandomValues(new Uint8Array(32));
  // Both alphabets differ here, and so do their endings.
  bytes.set([0xfb, 0xff, 0xfe]);
  const base64 = Buffer.from(bytes).toString('base64');
  const base64url = Buffer.from(bytes).toString('base64url');
  const spacious = new Uint8Array(100);
  spacious.set(bytes, 7);

  it.each<[string, SealingKey['key']]>([
    ['a Buffer', Buffer.from(bytes)],
    ['part of a larger buffer', spacious.subarray(7, 39)],
    ['base64', base64],
    ['base64url', base64url],
    ['base64 without padding', base64.replace('=', '')],
    ['a line of a file', `${base64}\n`],
  ])('may be %s', async (_, key) => {
    const { plain, refusalOf } = harness();
    await sealed(plain, { keys: [{ id: 'a', key: bytes }] }).write('key', 'value', { expected: null });
    expect(await refusalOf('key', sealed(plain, { keys: [{ id: 'a', key }] }))).toBe('opens: value');
  });

  it('are taken at once: what happens to the list and the bytes later changes nothing', async () => {
    const { plain, refusalOf } = harness();
    const key = new Uint8Array(bytes);
    const keys = [{ id: 'a', key }];
    const store = sealed(plain, { keys });
    key.fill(0);
    keys.pop();
    await store.write('key', 'value', { expected: null });
    expect(await refusalOf('key', sealed(plain, { keys: [{ id: 'a', key: bytes }] }))).toBe('opens: value');
  });

  const unusable: Array<[string, unknown]> = [
    ['no options', undefined],
    ['no keys', {}],
    ['an empty list', { keys: [] }],
    ['one key that is in no list', { keys: { id: 'a', key: base64 } }],
    ['the bare keys', { keys: [base64] }],
    ['null for a key', { keys: [null] }],
    ['an empty id', { keys: [{ id: '', key: base64 }] }],
    ['an id with a dot', { keys: [{ id: 'a.b', key: base64 }] }],
    ['an id with a line break', { keys: [{ id: 'a\n', key: base64 }] }],
    ['an id that is too long', { keys: [{ id: 'a'.repeat(33), key: base64 }] }],
    ['an id that is a number', { keys: [{ id: 1, key: base64 }] }],
    ['id and key mixed up', { keys: [{ id: base64url, key: 'a' }] }],
    ['an id twice', { keys: [old, { id: 'a', key: base64 }, { id: 'a', key: bytes }] }],
    ['an environment variable that is not set', { keys: [{ id: 'a', key: undefined }] }],
    ['an empty text', { keys: [{ id: 'a', key: '' }] }],
    ['a password', { keys: [{ id: 'a', key: 'correct horse battery staple' }] }],
    ['16 bytes', { keys: [{ id: 'a', key: bytes.subarray(16) }] }],
    ['33 bytes', { keys: [{ id: 'a', key: new Uint8Array(33) }] }],
    ['base64 of 31 bytes', { keys: [{ id: 'a', key: Buffer.from(bytes.subarray(1)).toString('base64') }] }],
    ['hexadecimal', { keys: [{ id: 'a', key: Buffer.from(bytes).toString('hex') }] }],
    ['a letter too many', { keys: [{ id: 'a', key: `${base64url}A` }] }],
    ['two paddings', { keys: [{ id: 'a', key: `${base64}=` }] }],
    ['a space in the middle', { keys: [{ id: 'a', key: `${base64.slice(0, 9)} ${base64.slice(9)}` }] }],
    ['spare bits that are set', { keys: [{ id: 'a', key: `${'A'.repeat(42)}B` }] }],
    ['an array of numbers', { keys: [{ id: 'a', key: [...bytes] }] }],
    ['an unusable one behind usable ones', { keys: [old, recent, { id: 'a', key: 'x' }] }],
  ];

  it.each(unusable)('are refused at once, without quoting them: %s', (_, options) => {
    const plain = memoryStore({ clock: virtualClock() });
    let refusal: unknown;
    try {
      sealed(plain, options as never);
    } catch (error) {
      refusal = error;
    }
    expect(refusal).toMatchObject({ code: 'invalid_option', phase: 'configuration' });
    const said = inspect(refusal, { depth: Infinity }) + JSON.stringify(refusal);
    for (const secret of [base64, base64url, 'correct horse', Buffer.from(bytes).toString('hex')])
      expect(said).not.toContain(secret.slice(0, 12));
  });

  it.each([undefined, null, {}, { keys: [old] }, 'directory'])('need a store to seal, not %j', (store) => {
    expect(() => sealed(store as never, { keys: [old] })).toThrow(
      expect.objectContaining({ code: 'invalid_option' }),
    );
  });

  it('cannot be read from the store', async () => {
    const { plain } = harness();
    const store = sealed(plain, { keys: [{ id: 'a', key: base64 }] });
    await store.write('key', 'value', { expected: null });
    const shown =
      inspect(store, { depth: Infinity, showHidden: true, getters: true }) + JSON.stringify(store);
    for (const secret of [base64, base64url, bytes.join(', '), 'CryptoKey'])
      expect(shown).not.toContain(secret);
  });
});
