import assert from 'node:assert/strict';
import { put } from './store-under-test.js';
import type { Case } from './store-under-test.js';

const KIBIBYTE = 1024;

const paths = [
  '',
  '.',
  '..',
  '../..',
  '/',
  '//',
  '/etc/passwd',
  'a/b',
  'a\\b',
  'CON',
  'nul.txt',
  '~',
  '$HOME',
];
const quotes = [
  "'",
  '"',
  '`',
  ';',
  "'; DROP TABLE authchart; --",
  '{key}',
  '{a}b',
  '\r\nSET a b\r\n',
  '\u001b[31m',
];
const patterns = [
  '*',
  '?',
  '[a]',
  '%2e',
  ' ',
  'a b',
  'a:b',
  'lock',
  'lock:a',
  'entry:a',
  '0',
  'a',
  'A',
  '\0',
  'a\0b',
];
const names = ['__proto__', 'constructor', 'toString', 'k'.repeat(300), 'k'.repeat(10_000)];
const characters = [
  'é',
  'e\u0301',
  'ﬀ',
  'ff',
  '\u202e',
  '\ufeff',
  '\ud800',
  '\ud801',
  '\udc00',
  '\ufffd',
  '\u{1f511}',
];

const hostileKeys = [...paths, ...quotes, ...patterns, ...names, ...characters];

const escapes = ['', '\0', 'a\0b', '"', '\\', '\\u0000', 'null', '{}', '\r\n', '\u2028\u2029', '\u001b[31m'];
const oddText = [
  '\ud800',
  '\udc00\ud800',
  'a\ud83d',
  '\udd11b',
  '\u{1f511}',
  'é',
  'e\u0301',
  '\ufeff',
  '\ufffd',
];

const oddValues = [...escapes, ...oddText];

export const keysAndValues: readonly Case[] = [
  ...[4, 64, 256].map((kibibytes) => ({
    name: `gives back a value of ${kibibytes} KiB`,
    check: async ({ store, reopen }: Parameters<Case['check']>[0]) => {
      const value = 'ä7~/'.repeat((kibibytes * KIBIBYTE) / 4);
      await put(store, 'key', value);
      assert.ok((await (await reopen()).read('key'))?.value === value);
    },
  })),
  {
    name: 'gives back every string as it was: empty, with NUL, with lone surrogates',
    async check({ store }) {
      for (const value of oddValues) {
        await put(store, 'key', value);
        assert.equal((await store.read('key'))?.value, value);
      }
    },
  },
  {
    name: 'keeps hostile keys apart, lone surrogates and cases among them',
    async check({ store }) {
      for (const [at, key] of hostileKeys.entries()) await put(store, key, String(at));
      for (const [at, key] of hostileKeys.entries()) assert.equal((await store.read(key))?.value, String(at));
      for (const key of hostileKeys) assert.equal(await store.remove(key), true);
      for (const key of hostileKeys) assert.equal(await store.read(key), undefined);
    },
  },
];
