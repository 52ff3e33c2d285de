import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import ts from 'typescript';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { codeBlocks } from './code-blocks.js';

const root = fileURLToPath(new URL('../../', import.meta.url));
let folder: string;
beforeAll(async () => {
  await mkdir(join(root, '.cache'), { recursive: true });
  folder = await mkdtemp(join(root, '.cache', 'pages-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const options: ts.CompilerOptions = {
  target: ts.ScriptTarget.ES2022,
  module: ts.ModuleKind.ESNext,
  moduleResolution: ts.ModuleResolutionKind.Bundler,
  lib: ['lib.es2023.d.ts', 'lib.dom.d.ts', 'lib.dom.iterable.d.ts'],
  types: ['node'],
  jsx: ts.JsxEmit.ReactJSX,
  strict: true,
  noUncheckedIndexedAccess: true,
  exactOptionalPropertyTypes: true,
  verbatimModuleSyntax: true,
  skipLibCheck: true,
  noEmit: true,
  paths: { authchart: [join(root, 'src/index.ts')], 'authchart/*': [join(root, 'src/*.ts')] },
};

/** What strict TypeScript has against a page. */
async function complaints(name: string, code: string): Promise<string[]> {
  const file = join(folder, `${name}.tsx`);
  await writeFile(file, `${code}\nexport {};`);
  const program = ts.createProgram([file], options);
  return program
    .getSemanticDiagnostics(program.getSourceFile(file))
    .map(({ messageText }) => ts.flattenDiagnosticMessageText(messageText, '\n'));
}

const blocksOf = async (document: string) =>
  codeBlocks(await readFile(join(root, document), 'utf8')).filter(({ language }) => /^tsx?$/.test(language));

it('the blocks of the README that are for pages are one page, which strict TypeScript accepts', async () => {
  const blocks = (await blocksOf('README.md')).filter(({ name }) => name.startsWith('In the browser'));
  expect(blocks.map(({ language }) => language)).toEqual(['ts', 'ts', 'tsx']);
  // The reader has one button or the other.
  const [page = '', popup = '', component = ''] = blocks.map(({ code }) => code);
  expect(await complaints('readme', [page, `{${popup}}`, component].join('\n'))).toEqual([]);
}, 60_000);

it('so are those of docs/browser.md, each for itself', async () => {
  const blocks = await blocksOf('docs/browser.md');
  expect(blocks.length).toBeGreaterThan(3);
  for (const [index, { code }] of blocks.entries())
    expect(await complaints(`browser-${index}`, code)).toEqual([]);
}, 120_000);

it('a block with a mistake would be told', async () => {
  expect(
    await complaints('mistake', "import { sharedStor } from 'authchart/browser'; sharedStor();"),
  ).toHaveLength(1);
}, 60_000);
