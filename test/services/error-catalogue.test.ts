import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { AuthError } from '../../src/services/auth-error.js';
import { catalogue } from '../../src/services/error-catalogue.js';
import type { ErrorCode } from '../../src/machines/vocabulary.js';

const root = fileURLToPath(new URL('../../', import.meta.url));
const read = (file: string) => readFileSync(root + file, 'utf8');

/** The sources below a folder, each without what only names codes. */
function sources(folder: string, without: readonly string[]): string[] {
  return readdirSync(root + folder, { recursive: true, encoding: 'utf8' })
    .map((file) => `${folder}/${file}`)
    .filter((file) => file.endsWith('.ts') && !without.includes(file))
    .map(read);
}

const vocabulary = read('src/machines/vocabulary.ts');
const union = /export type ErrorCode =([^;]+);/.exec(vocabulary)?.[1] ?? '';
const codes = [...union.matchAll(/'(\w+)'/g)].map(([, code]) => code as ErrorCode);

describe('every error code', () => {
  it('is in the catalogue, and nothing else is', () => {
    expect(codes.length).toBeGreaterThan(40);
    expect(Object.keys(catalogue).toSorted()).toEqual(codes.toSorted());
  });

  it('says what happened and what to do, in whole sentences', () => {
    for (const code of codes) {
      const { meaning, advice } = catalogue[code];
      for (const words of [meaning, advice]) expect(words, `words of ${code}`).toMatch(/^[A-Z][^]+\.$/);
      expect(new AuthError(code).message).toBe(`${meaning} ${advice}`);
    }
  });

  it('has a section in docs/errors.md', () => {
    const sections = [...read('docs/errors.md').matchAll(/^## `(\w+)`$/gm)].map(([, code]) => code);
    expect(sections).toEqual(Object.keys(catalogue));
  });

  it('is thrown somewhere', () => {
    // Whoever only compares with a code does not throw it.
    const texts = sources('src', ['src/services/error-catalogue.ts', 'src/machines/vocabulary.ts']).map(
      (text) => text.replaceAll(/[!=]== '\w+'/g, ''),
    );
    expect(codes.filter((code) => !texts.some((text) => text.includes(`'${code}'`)))).toEqual([]);
  });

  it('is provoked by a test', () => {
    const texts = sources('test', ['test/services/error-catalogue.test.ts']);
    expect(codes.filter((code) => !texts.some((text) => text.includes(`'${code}'`)))).toEqual([]);
  });
});
