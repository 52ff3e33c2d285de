import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import ts from 'typescript';

const run = promisify(execFile);
const root = fileURLToPath(new URL('../../', import.meta.url));
const dist = join(root, 'dist');
const DEADLINE = 80_000;

export const doors = {
  authchart: join(dist, 'index.d.ts'),
  'authchart/node': join(dist, 'node.d.ts'),
  'authchart/browser': join(dist, 'browser.d.ts'),
  'authchart/server': join(dist, 'server.d.ts'),
  'authchart/react': join(dist, 'react.d.ts'),
  'authchart/vue': join(dist, 'vue.d.ts'),
  'authchart/svelte': join(dist, 'svelte.d.ts'),
  'authchart/solid': join(dist, 'solid.d.ts'),
  'authchart/inspect': join(dist, 'inspect.d.ts'),
  'authchart/redis': join(dist, 'redis.d.ts'),
  'authchart/postgres': join(dist, 'postgres.d.ts'),
  'authchart/testing': join(dist, 'testing.d.ts'),
};
const doorFiles = Object.keys(doors).map((door) => door.split('/')[1] ?? 'index');

/** Brings `dist` and `build` up to date; writes nothing if they are. */
export async function build(): Promise<void> {
  const projects = ['examples', 'src/tsconfig.browser.json'];
  await run(process.execPath, [join(root, 'node_modules/typescript/bin/tsc'), '-b', ...projects], {
    cwd: root,
  });
}

const compilerOptions: ts.CompilerOptions = {
  target: ts.ScriptTarget.ES2022,
  module: ts.ModuleKind.NodeNext,
  lib: ['lib.es2023.d.ts'],
  types: ['node'],
  strict: true,
  noUncheckedIndexedAccess: true,
  exactOptionalPropertyTypes: true,
  verbatimModuleSyntax: true,
  skipLibCheck: true,
};

export function programOf(files: readonly string[], earlier?: ts.Program): ts.Program {
  return ts.createProgram([...files], compilerOptions, undefined, earlier);
}

/** `authchart/node` as a reader has it, but X is the emulator, and somebody who consents sits at the browser. */
const nodeDoor = `
import * as door from '${urlOf('node.js')}';
import { consent, xAt } from '${urlOf('testing.js')}';
export * from '${urlOf('node.js')}';
export const x = xAt(JSON.parse(process.env.EMULATOR));
const open = async (url) => void consent(url, { deliver: true });
export const createClient = (options) =>
  door.createClient({ userAgent: door.nodeUserAgent({ open, input: false, output: false }), ...options });
globalThis.visit = async (url) => (await consent(url)).callbackUrl;
`;

const files = {
  'package.json': '{ "type": "module" }',
  'globals.d.ts': 'declare function visit(url: string): Promise<string>;',
  'node_modules/authchart/package.json': JSON.stringify({
    name: 'authchart',
    type: 'module',
    exports: Object.fromEntries(
      doorFiles.map((door) => [door === 'index' ? '.' : `./${door}`, `./${door}.js`]),
    ),
  }),
  ...Object.fromEntries(
    doorFiles.flatMap((door) => [
      [`node_modules/authchart/${door}.js`, `export * from '${urlOf(`${door}.js`)}';`],
      [`node_modules/authchart/${door}.d.ts`, `export * from '${join(dist, door)}.js';`],
    ]),
  ),
  'node_modules/authchart/node.js': nodeDoor,
};

export interface ReaderProject {
  /** What the compiler has against each program that it refuses. */
  readonly complaints: Readonly<Record<string, readonly string[]>>;
  /** Runs a program in an empty directory to its natural end, and gives what it printed. */
  run(name: string, options: RunOptions): Promise<string>;
  remove(): Promise<void>;
}

export interface RunOptions {
  readonly endpoints: { readonly issuer: string };
  /** The free port that stands for 8976. */
  readonly port: number;
  /** What a reader is asked to set. */
  readonly environment: Readonly<Record<string, string>>;
}

/**
 * The project of somebody who has installed authchart and pasted each of `sources` into a file of its own, which bears
 * the name of its key and may import the others.
 */
export async function openReaderProject(
  sources: Readonly<Record<string, string>>,
  earlier?: ts.Program,
): Promise<ReaderProject> {
  await mkdir(join(root, '.cache'), { recursive: true });
  const folder = await mkdtemp(join(root, '.cache', 'reader-'));
  const modules = Object.fromEntries(Object.entries(sources).map(([name, code]) => [`${name}.ts`, code]));
  await write(folder, { ...files, ...modules });

  const paths = Object.keys(modules).map((file) => join(folder, file));
  const program = programOf([...paths, join(folder, 'globals.d.ts')], earlier);
  const emitted: Record<string, string> = {};
  for (const path of paths) {
    program.emit(
      program.getSourceFile(path),
      (file, text) => (emitted[file.slice(folder.length + 1)] = text),
    );
  }
  return {
    complaints: Object.fromEntries(
      Object.keys(sources)
        .map((name) => [name, complaintsOf(program, join(folder, `${name}.ts`))] as const)
        .filter(([, complaints]) => complaints.length > 0),
    ),
    async run(name, { endpoints, port, environment }) {
      const place = await mkdtemp(join(folder, 'run-'));
      const moved = Object.entries(emitted).map(([file, text]) => [
        file,
        text
          .replaceAll('https://api.x.com', endpoints.issuer)
          .replaceAll('127.0.0.1:8976', `127.0.0.1:${port}`)
          .replaceAll('listen(8976', `listen(${port}`),
      ]);
      await write(place, Object.fromEntries(moved));
      const { stdout, stderr } = await run(process.execPath, [join(place, `${name}.js`)], {
        cwd: place,
        timeout: DEADLINE,
        killSignal: 'SIGKILL',
        env: {
          PATH: process.env.PATH,
          NO_COLOR: '1',
          EMULATOR: JSON.stringify(endpoints),
          ...environment,
        },
      });
      return stdout + stderr;
    },
    remove: () => rm(folder, { recursive: true, force: true }),
  };
}

function complaintsOf(program: ts.Program, path: string): string[] {
  const source = program.getSourceFile(path)!;
  return ts.getPreEmitDiagnostics(program, source).map(({ messageText, start = 0 }) => {
    const line = source.getLineAndCharacterOfPosition(start).line + 1;
    return `line ${line}: ${ts.flattenDiagnosticMessageText(messageText, '\n')}`;
  });
}

async function write(folder: string, contents: Readonly<Record<string, string>>): Promise<void> {
  for (const [file, text] of Object.entries(contents)) {
    const path = join(folder, file);
    await mkdir(dirname(path), { recursive: true });
    await writeFile(path, text);
  }
}

function urlOf(file: string): string {
  return pathToFileURL(join(dist, file)).href;
}
