import { readFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { adapters, fenceTests, outputOf } from './planted-tree.js';
import type { Finding, Plant } from './planted-tree.js';

const restricted: Readonly<Record<string, string>> = {
  Date: 'new Date()',
  performance: 'performance.now()',
  setTimeout: 'setTimeout(() => {}, 1)',
  setInterval: 'setInterval(() => {}, 1)',
  setImmediate: 'setImmediate(() => {})',
  crypto: 'crypto.getRandomValues(new Uint8Array(1))',
  fetch: 'fetch("https://example.com")',
  XMLHttpRequest: 'new XMLHttpRequest()',
  WebSocket: 'new WebSocket("wss://example.com")',
  EventSource: 'new EventSource("https://example.com")',
  indexedDB: 'indexedDB.databases()',
  caches: 'caches.keys()',
  console: 'console.log("")',
  globalThis: 'globalThis.name',
  self: 'self.name',
  global: 'global.name',
  'Math.random': 'Math.random()',
  'AbortSignal.timeout': 'AbortSignal.timeout(1)',
};

const throughPorts = ['src', 'src/machines', 'src/services', 'src/client'];
const everywhere = [...throughPorts, ...adapters.map((adapter) => `src/adapters/${adapter}`), 'src/emulator'];

const plants: readonly Plant[] = [
  ...throughPorts.flatMap((where) =>
    Object.entries(restricted).map(([name, use]) => ({
      where,
      code: `export const planted: unknown = ${use};`,
      refused: `eslint(no-restricted-${name.includes('.') ? 'properties' : 'globals'}): ${name}`,
    })),
  ),
  ...everywhere.map((where) => ({ where, code: 'console.warn("");', refused: 'eslint(no-console)' })),
  ...[
    ['export const planted: any = 1;', 'typescript(no-explicit-any)'],
    ['// @ts-ignore\nexport const planted = 1;', 'typescript(ban-ts-comment)'],
    ['export const planted = (a: unknown) => a == 1;', 'eslint(eqeqeq)'],
    ['import { join } from "path";\nexport { join };', 'unicorn(prefer-node-protocol)'],
    ['// eslint-disable-next-line no-console\nexport const planted = 1;', 'Unused'],
    [`export const planted = [\n${'  1,\n'.repeat(400)}];`, 'eslint(max-lines)'],
  ].map(([code = '', refused]) => ({ where: 'src/emulator', code, refused })),
  ...[
    ['it.only("", () => {});', 'vitest(no-focused-tests)'],
    ['it.skip("", () => {});', 'vitest(no-disabled-tests)'],
    ['it.todo("");', 'vitest(warn-todo)'],
    ...['skipIf', 'runIf', 'fails'].flatMap((name) =>
      ['it', 'test', 'describe'].map((object) => [
        `${object}.${name};`,
        `eslint(no-restricted-properties): ${object}.${name}`,
      ]),
    ),
  ].map(([code = '', refused]) => ({
    where: 'test',
    code: `${code}\nimport { describe, it, test } from "vitest";\nexport { describe, it, test };`,
    refused,
  })),
  ...[
    ['src/services', 'export const planted = (clock: { setTimeout(): void }): void => clock.setTimeout();'],
    ['src/services', 'export const planted = (fetch: () => void): void => fetch();'],
    ['src/adapters/platform', 'export const planted: unknown = [Date.now(), fetch, Math.random()];'],
  ].map(([where = '', code = '']) => ({ where, code, refused: undefined })),
];

async function lint(root: string): Promise<Finding[]> {
  const output = await outputOf(root, 'oxlint/bin/oxlint', '--format=json', 'src', 'test');
  const { diagnostics } = JSON.parse(output) as {
    diagnostics: { filename: string; code?: string; message: string }[];
  };
  return diagnostics.map(({ filename, code, message }) => {
    const [, name] = /'([\w.]+)'/.exec(message) ?? [];
    return { file: filename, refusal: [code, name ?? message].filter(Boolean).join(': ') };
  });
}

interface Override {
  readonly files: readonly string[];
  readonly rules: {
    readonly 'no-restricted-globals'?: readonly [string, ...{ readonly name: string }[]];
    readonly 'no-restricted-properties'?: readonly [
      string,
      ...{ readonly object: string; readonly property: string }[],
    ];
  };
}

describe('oxlint', () => {
  fenceTests(lint, plants);

  it('has a plant for every global and property that must come through a port', async () => {
    const { overrides } = JSON.parse(await readFile('.oxlintrc.json', 'utf8')) as { overrides: Override[] };
    const rules = overrides.find(({ files }) => files.includes('src/services/**'))?.rules;
    const [, ...globals] = rules?.['no-restricted-globals'] ?? [];
    const [, ...properties] = rules?.['no-restricted-properties'] ?? [];
    expect(Object.keys(restricted)).toEqual([
      ...globals.map(({ name }) => name),
      ...properties.map(({ object, property }) => `${object}.${property}`),
    ]);
  });
});
