import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import ts from 'typescript';

const source = fileURLToPath(new URL('../../src/', import.meta.url));

/** The file store as JavaScript that a child process can import, without types and without a build. */
export async function compileFileStore(): Promise<{ readonly url: string; remove(): Promise<void> }> {
  const directory = await mkdtemp(join(tmpdir(), 'authchart-compiled-'));
  await writeFile(join(directory, 'package.json'), '{"type":"module"}');
  for (const folder of ['adapters/file', 'services']) {
    for (const file of await readdir(join(source, folder))) {
      if (!file.endsWith('.ts')) continue;
      const target = join(directory, folder, file.replace(/\.ts$/, '.js'));
      await mkdir(dirname(target), { recursive: true });
      await writeFile(target, transpiled(await readFile(join(source, folder, file), 'utf8')));
    }
  }
  return {
    url: pathToFileURL(join(directory, 'adapters/file/file-store.js')).href,
    remove: () => rm(directory, { recursive: true }),
  };
}

function transpiled(text: string): string {
  const compilerOptions = {
    target: ts.ScriptTarget.ES2022,
    module: ts.ModuleKind.ESNext,
    verbatimModuleSyntax: true,
  };
  return ts.transpileModule(text, { compilerOptions }).outputText;
}
