import { mkdtemp, mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import ts from 'typescript';

const root = fileURLToPath(new URL('../../', import.meta.url));

/**
 * The adapters of one runtime as JavaScript that a child process can import, without types and without a build.
 * They lie inside the project, so that their packages resolve.
 */
export async function compileAdapters(
  runtime = 'node',
): Promise<{ url(file: string): string; remove(): Promise<void> }> {
  await mkdir(join(root, '.cache'), { recursive: true });
  const directory = await mkdtemp(join(root, '.cache', 'adapters-'));
  for (const folder of [`adapters/${runtime}`, 'services']) {
    for (const file of await readdir(join(root, 'src', folder))) {
      if (!file.endsWith('.ts')) continue;
      const source = await readFile(join(root, 'src', folder, file), 'utf8');
      const target = join(directory, folder, file.replace(/\.ts$/, '.js'));
      await mkdir(dirname(target), { recursive: true });
      await writeFile(target, transpiled(source));
    }
  }
  return {
    url: (file) => pathToFileURL(join(directory, 'adapters', runtime, file)).href,
    remove: () => rm(directory, { recursive: true, force: true }),
  };
}

function transpiled(source: string): string {
  const compilerOptions = {
    target: ts.ScriptTarget.ES2022,
    module: ts.ModuleKind.ESNext,
    verbatimModuleSyntax: true,
  };
  return ts.transpileModule(source, { compilerOptions }).outputText;
}
