import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { compile } from 'svelte/compiler';
import ts from 'typescript';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { compileScript, compileTemplate, parse } from 'vue/compiler-sfc';
import { codeBlocks } from './code-blocks.js';
import type { CodeBlock } from './code-blocks.js';

const root = fileURLToPath(new URL('../../', import.meta.url));
const CLIENT = 'The client';

const compilerOptions: ts.CompilerOptions = {
  target: ts.ScriptTarget.ES2022,
  module: ts.ModuleKind.ESNext,
  moduleResolution: ts.ModuleResolutionKind.Bundler,
  lib: ['lib.es2023.d.ts', 'lib.dom.d.ts', 'lib.dom.iterable.d.ts'],
  types: [],
  strict: true,
  noUncheckedIndexedAccess: true,
  exactOptionalPropertyTypes: true,
  verbatimModuleSyntax: true,
  skipLibCheck: true,
  noEmit: true,
  paths: { 'authchart/*': [join(root, 'src/*.ts')] },
};
const react: ts.CompilerOptions = { ...compilerOptions, jsx: ts.JsxEmit.ReactJSX };
const react18: ts.CompilerOptions = {
  ...react,
  paths: {
    ...react.paths,
    react: [join(root, 'node_modules/@types/react-18/index.d.ts')],
    'react/*': [join(root, 'node_modules/@types/react-18/*.d.ts')],
  },
};
const solid: ts.CompilerOptions = {
  ...compilerOptions,
  jsx: ts.JsxEmit.Preserve,
  jsxImportSource: 'solid-js',
};

let folder: string;
let blocks: readonly CodeBlock[];

beforeAll(async () => {
  blocks = codeBlocks(await readFile(join(root, 'docs/frameworks.md'), 'utf8'));
  await mkdir(join(root, '.cache'), { recursive: true });
  folder = await mkdtemp(join(root, '.cache', 'frameworks-'));
  await write('auth.ts', blocks.find(({ name }) => name === CLIENT)?.code ?? '');
});
afterAll(() => rm(folder, { recursive: true, force: true }));

async function write(file: string, code: string): Promise<string> {
  await writeFile(join(folder, file), code);
  return join(folder, file);
}

/** What strict TypeScript has against files, and the adapter they use. */
function complaints(options: ts.CompilerOptions, files: readonly string[], adapter: string): string[] {
  const program = ts.createProgram([...files], options);
  const judged = [...files, join(root, `src/adapters/${adapter}/${adapter}-authorization.ts`)];
  return judged
    .flatMap((file) => ts.getPreEmitDiagnostics(program, program.getSourceFile(file)))
    .map(
      ({ messageText, file }) => `${file?.fileName}: ${ts.flattenDiagnosticMessageText(messageText, '\n')}`,
    );
}

const inLanguage = (language: string) => blocks.filter((block) => block.language === language);

async function tsx(of: (code: string) => boolean): Promise<string[]> {
  const chosen = inLanguage('tsx').filter(({ code }) => of(code));
  expect(chosen.length).toBeGreaterThan(0);
  const names = chosen.map(({ name, code }) => write(`${name.replaceAll(/\W+/g, '-')}.tsx`, code));
  return [...(await Promise.all(names)), join(folder, 'auth.ts')];
}

const isSolid = (code: string) => code.includes("'authchart/solid'");

describe('docs/frameworks.md', { timeout: 90_000 }, () => {
  it('has no block that is not checked here', () => {
    const languages = blocks.map(({ language }) => language);
    expect(languages.filter((language) => !['tsx', 'vue', 'svelte'].includes(language))).toEqual(['ts']);
  });

  it.each([
    ['React 19', react],
    ['React 18', react18],
  ])('holds components that strict TypeScript accepts with the types of %s', async (_, options) => {
    const files = await tsx((code) => !isSolid(code));
    expect(complaints(options, files, 'react')).toEqual([]);
  });

  it('holds components that it accepts with the types of Solid', async () => {
    expect(complaints(solid, await tsx(isSolid), 'solid')).toEqual([]);
  });

  it('holds a component that the compiler of Vue accepts', async () => {
    const [block, ...others] = inLanguage('vue');
    expect(others).toEqual([]);
    const { descriptor, errors } = parse(block?.code ?? '');
    const template = { source: descriptor.template?.content ?? '', filename: 'Account.vue', id: 'account' };
    expect([...errors, ...compileTemplate(template).errors]).toEqual([]);
    const { content } = compileScript(descriptor, { id: 'account' });
    expect(complaints(compilerOptions, [await write('vue.ts', content)], 'vue')).toEqual([]);
  });

  it('holds a component that the compiler of Svelte accepts, for a page and for a server', async () => {
    const [block, ...others] = inLanguage('svelte');
    expect(others).toEqual([]);
    const code = block?.code ?? '';
    for (const generate of ['client', 'server'] as const) {
      expect(compile(code, { generate, runes: true }).warnings).toEqual([]);
    }
    const script = /<script lang="ts">(.*)<\/script>/s.exec(code)?.[1] ?? '';
    expect(complaints(compilerOptions, [await write('svelte.ts', script)], 'svelte')).toEqual([]);
  });
});
