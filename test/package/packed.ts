import { execFile } from 'node:child_process';
import { cp, mkdir, readFile, symlink, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const run = promisify(execFile);
const repository = fileURLToPath(new URL('../..', import.meta.url));
const derived = ['node_modules', 'dist', 'build', 'coverage', '.git', '.cache'];

export interface Packed {
  readonly tarball: string;
  /** Paths inside the package. */
  readonly files: readonly string[];
  /** Import specifiers of every door in `exports`. */
  readonly doors: readonly string[];
  /** A project of somebody else that has installed the tarball. */
  readonly consumer: string;
}

/** Packs a clean copy of the tree, as `npm publish` would, and installs it in an empty project; all in the folder `root`. */
export async function pack(root: string): Promise<Packed> {
  const source = join(root, 'source');
  await cp(repository, source, { recursive: true, filter: (path) => !derived.includes(basename(path)) });
  // The root's, and those of its workspace.
  for (const installed of ['node_modules', 'test/xstate-4/node_modules'])
    await symlink(join(repository, installed), join(source, installed));
  const [report] = JSON.parse(
    await npm(source, 'pack', '--json', '--silent', '--pack-destination', root),
  ) as PackReport[];
  const tarball = join(root, report?.filename ?? '');
  return {
    tarball,
    files: report?.files.map(({ path }) => path) ?? [],
    doors: await doorsOf(source),
    consumer: await install(root, tarball),
  };
}

interface PackReport {
  readonly filename: string;
  readonly files: readonly { readonly path: string }[];
}

async function doorsOf(source: string): Promise<string[]> {
  const { exports } = JSON.parse(await readFile(join(source, 'package.json'), 'utf8')) as { exports: object };
  return Object.keys(exports)
    .filter((key) => key !== './package.json')
    .map((key) => `authchart${key.slice(1)}`);
}

async function install(root: string, tarball: string): Promise<string> {
  const consumer = join(root, 'consumer');
  await mkdir(consumer);
  await writeFile(join(consumer, 'package.json'), JSON.stringify({ private: true, type: 'module' }));
  const peers = ['xstate', 'react', '@types/react', 'vue', 'svelte', 'solid-js'];
  const installed = await Promise.all(peers.map(async (peer) => `${peer}@${await versionHere(peer)}`));
  await npm(consumer, 'install', tarball, ...installed, '--prefer-offline', '--ignore-scripts', '--no-audit');
  return consumer;
}

/** Of our lock file: what is newest today is no affair of the package's. */
async function versionHere(name: string): Promise<string> {
  const text = await readFile(join(repository, 'node_modules', name, 'package.json'), 'utf8');
  return (JSON.parse(text) as { version: string }).version;
}

async function npm(cwd: string, ...args: readonly string[]): Promise<string> {
  return (await run('npm', args, { cwd, maxBuffer: 2 ** 26 })).stdout;
}

/** Runs a script, and gives its output. */
export async function node(cwd: string, script: string, ...args: readonly string[]): Promise<string> {
  return (await run(process.execPath, [script, ...args], { cwd, maxBuffer: 2 ** 26 })).stdout;
}

/** What a tool says if it is not content; otherwise nothing. */
export async function complaint(cwd: string, script: string, ...args: readonly string[]): Promise<string> {
  return node(cwd, join(repository, 'node_modules', script), ...args).then(
    () => '',
    (refused: { stdout: string; stderr: string }) => refused.stdout + refused.stderr,
  );
}
