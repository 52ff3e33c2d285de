import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { build } from 'esbuild';
import type { BuildOptions, Metafile, Plugin } from 'esbuild';

const source = (door: string) => fileURLToPath(new URL(`../../src/${door}.ts`, import.meta.url));

export interface Bundle {
  /** Bytes, gzip, of what a page must have before it can call anything. */
  readonly initial: number;
  /** Bytes, gzip, of that and of everything that is loaded on demand. */
  readonly all: number;
  /** The files that are in what a page must have. */
  readonly inputs: readonly string[];
  /** All of it, to search it. */
  readonly text: string;
}

/** What a page with this code downloads. */
export async function bundle(code: string, external: readonly string[] = []): Promise<Bundle> {
  const [initial, split] = await Promise.all([
    run(code, { external: [...external], plugins: [doors, leaveOnDemand] }),
    run(code, { external: [...external], plugins: [doors], splitting: true, outdir: 'build' }),
  ]);
  const files = split.outputFiles.filter(({ path }) => isReached(split.metafile, path));
  return {
    initial: sizeOf(initial.outputFiles),
    all: sizeOf(files),
    inputs: Object.values(initial.metafile.outputs).flatMap(({ inputs }) =>
      Object.keys(inputs).filter((path) => (inputs[path]?.bytesInOutput ?? 0) > 0),
    ),
    text: files.map(({ text }) => text).join('\n'),
  };
}

function run(contents: string, options: BuildOptions) {
  return build({
    stdin: { contents, resolveDir: fileURLToPath(new URL('../..', import.meta.url)), loader: 'js' },
    tsconfigRaw: {},
    target: 'es2023',
    platform: 'browser',
    format: 'esm',
    bundle: true,
    minify: true,
    legalComments: 'none',
    metafile: true,
    logLevel: 'silent',
    ...options,
    write: false as const,
  }) as Promise<{ outputFiles: { path: string; text: string; contents: Uint8Array }[]; metafile: Metafile }>;
}

const doors: Plugin = {
  name: 'doors',
  setup({ onResolve }) {
    onResolve({ filter: /^authchart($|\/)/ }, ({ path }) => ({
      path: source(path.split('/')[1] ?? 'index'),
      sideEffects: false,
    }));
  },
};

// esbuild cuts what entry and chunks share into files of its own; other bundlers leave it with the entry, which needs it.
const leaveOnDemand: Plugin = {
  name: 'leave-on-demand',
  setup({ onResolve }) {
    onResolve({ filter: /./ }, ({ kind, path }) =>
      kind === 'dynamic-import' ? { path, external: true } : undefined,
    );
  },
};

/** An `import()` in code that was shaken off still makes a file, which nobody fetches. */
function isReached({ outputs }: Metafile, path: string): boolean {
  const reached = new Set<string>();
  const visit = (name: string) => {
    if (reached.has(name)) return;
    reached.add(name);
    for (const { path: next, external } of outputs[name]?.imports ?? []) if (!external) visit(next);
  };
  visit(Object.keys(outputs).find((name) => outputs[name]?.entryPoint === '<stdin>')!);
  return [...reached].some((name) => path.endsWith(name));
}

function sizeOf(files: readonly { readonly contents: Uint8Array }[]): number {
  return files.reduce((sum, { contents }) => sum + gzipSync(contents, { level: 9 }).length, 0);
}
