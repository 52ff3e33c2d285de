import { describe, expect, it } from 'vitest';
import { showFigures } from '../chaos/support/figures.js';
import { bundle } from './bundle.js';

const FRAMEWORKS = ['react', 'vue', 'svelte', 'solid-js'];

/** How much a page may carry of each door: bytes, gzip. See docs/decisions/sizes.md for what they are made of. */
const doors: readonly {
  readonly door: string;
  /** What a page typically takes of it. */
  readonly use: string;
  /** Beside xstate and the framework. */
  readonly beside: number;
  /** With xstate; not given where the door has none of it. */
  readonly withXState?: number;
}[] = [
  {
    door: 'authchart',
    use: "export { createClient, x } from 'authchart';",
    beside: 27_450,
    withXState: 40_650,
  },
  {
    door: 'authchart/browser',
    use: "export { createClient, x, callbackPage } from 'authchart/browser';",
    beside: 30_150,
    withXState: 43_200,
  },
];

/** What has no business in a page. */
const strangers: readonly (readonly [string, RegExp])[] = [
  ['a module of Node', /["'`]node:/],
  ['the HTTP client of Node', /\bundici\b/],
  ['the process', /\bprocess\s*[.[]\s*\w/],
  ['CommonJS', /\brequire\s*\(|typeof require\b/],
  ['the words of a schema library in many languages', /\bzod\b|Ungültig|Entrada inválida/],
];

// A page that has the client has most of what they import: what counts is what they add.
describe.each(['react', 'vue', 'svelte', 'solid'])('the door authchart/%s', (framework) => {
  it('adds less than a kilobyte to a page with the client', async (context) => {
    const page = "export { createClient, x, callbackPage } from 'authchart/browser';";
    const [without, both] = await Promise.all([
      bundle(page, ['xstate', ...FRAMEWORKS]),
      bundle(`${page} export * from 'authchart/${framework}';`, ['xstate', ...FRAMEWORKS]),
    ]);
    const adds = both.initial - without.initial;
    showFigures(context, { door: `authchart/${framework}` }, { 'beside the client': adds });
    expect(adds).toBeGreaterThan(0);
    expect(adds).toBeLessThanOrEqual(1_000);
  });
});

describe.each(doors)('the door $door', ({ door, use, beside, withXState }) => {
  it('is as small as it is said to be', async (context) => {
    const alone = await bundle(use, ['xstate', ...FRAMEWORKS]);
    const whole = await bundle(use, FRAMEWORKS);
    showFigures(
      context,
      { door },
      {
        'beside xstate': alone.initial,
        'with xstate': whole.initial,
        'all chunks': alone.all,
        'all, with xstate': whole.all,
      },
    );
    expect(alone.initial).toBeLessThanOrEqual(beside);
    if (withXState !== undefined) expect(whole.initial).toBeLessThanOrEqual(withXState);
  });

  it('loads on demand what speaks to the token endpoint, and what few use', async () => {
    const { inputs, text } = await bundle(use, FRAMEWORKS);
    expect(inputs.filter((path) => /oauth4webapi|token-endpoint\/(?!retry-at)/.test(path))).toEqual([]);
    expect(inputs.filter((path) => /discover|exchange-code|adopt-tokens|accounts/.test(path))).toEqual([]);
    expect(inputs.filter((path) => /sealed|lease|conformance|emulator/.test(path))).toEqual([]);
    expect(text).toContain('grant_type');
  });

  it.each(strangers)('has nothing of %s', async (_, pattern) => {
    const { text } = await bundle(use, FRAMEWORKS);
    const at = text.search(pattern);
    expect(at === -1 ? '' : text.slice(Math.max(0, at - 60), at + 60)).toBe('');
  });
});

describe('the search for strangers', () => {
  it.each([
    ["export { readFile } from 'node:fs';", 'a module of Node'],
    ["export { request } from 'undici';", 'the HTTP client of Node'],
    ['export const mode = process.env.MODE;', 'the process'],
    ["export const fs = require('fs');", 'CommonJS'],
  ])('finds %s', async (code, name) => {
    const { text } = await bundle(code, ['node:fs', 'undici', 'fs']);
    const [, pattern] = strangers.find(([stranger]) => stranger === name)!;
    expect(text).toMatch(pattern);
  });
});
