import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import ts from 'typescript';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { codeBlocks } from './code-blocks.js';

const root = fileURLToPath(new URL('../../', import.meta.url));
const workspace = join(root, 'test/xstate-4/node_modules/@xstate/inspect');
let folder: string;
beforeAll(async () => {
  await mkdir(join(root, '.cache'), { recursive: true });
  folder = await mkdtemp(join(root, '.cache', 'inspecting-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const options: ts.CompilerOptions = {
  target: ts.ScriptTarget.ES2022,
  module: ts.ModuleKind.ESNext,
  moduleResolution: ts.ModuleResolutionKind.Bundler,
  lib: ['lib.es2023.d.ts', 'lib.dom.d.ts', 'lib.dom.iterable.d.ts'],
  types: ['node'],
  strict: true,
  noUncheckedIndexedAccess: true,
  verbatimModuleSyntax: true,
  skipLibCheck: true,
  noEmit: true,
  paths: {
    authchart: [join(root, 'src/index.ts')],
    'authchart/*': [join(root, 'src/*.ts')],
    '@xstate/inspect': [join(workspace, 'lib/index.d.ts')],
    '@xstate/inspect/*': [join(workspace, '*')],
  },
};

/** What strict TypeScript has against each file, in their order. */
async function complaints(codes: readonly string[]): Promise<string[][]> {
  const files = codes.map((_, index) => join(folder, `block-${index}.ts`));
  await Promise.all(files.map((file, index) => writeFile(file, `${codes[index]}\nexport {};`)));
  const program = ts.createProgram(files, options);
  return files.map((file) =>
    program
      .getSemanticDiagnostics(program.getSourceFile(file))
      .map(({ messageText }) => ts.flattenDiagnosticMessageText(messageText, '\n')),
  );
}

it('strict TypeScript accepts the blocks of docs/inspecting.md, with the types of both packages', async () => {
  const blocks = codeBlocks(await readFile(join(root, 'docs/inspecting.md'), 'utf8'));
  const codes = blocks.filter(({ language }) => language === 'ts').map(({ code }) => code);
  expect(codes.length).toBeGreaterThan(3);
  const mistake = "import { statelyInspector } from 'authchart/inspect'; statelyInspector({});";
  const all = await complaints([...codes, mistake]);
  expect(all.slice(0, -1).flat()).toEqual([]);
  expect(all.at(-1)).toHaveLength(1);
}, 90_000);
