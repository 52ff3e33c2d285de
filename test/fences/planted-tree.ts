import { execFile } from 'node:child_process';
import { appendFile, cp, mkdir, mkdtemp, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { beforeAll, expect, it } from 'vitest';

const repository = fileURLToPath(new URL('../..', import.meta.url));
const configuration = ['package.json', 'tsconfig.base.json', '.oxlintrc.json', '.dependency-cruiser.mjs'];

export const adapters = [
  'platform',
  'memory',
  'file',
  'node',
  'virtual',
  'sealed',
  'redis',
  'postgres',
  'server',
  'browser',
  'react',
  'vue',
  'svelte',
  'solid',
  'inspect',
  'inspector',
] as const;
export const rings = [
  'src/machines',
  'src/services',
  'src/client',
  'src/conformance',
  'src/emulator',
  'src/diagram',
  ...adapters.map((adapter) => `src/adapters/${adapter}` as const),
];
export type Ring = (typeof rings)[number];

/** What a fence says of a file: the fence's own name for the rule, then its words. */
export interface Finding {
  readonly file: string;
  readonly refusal: string;
}

/** Code to plant in a folder, as a file of its own, or at the end of the file it names. */
export interface Plant {
  readonly where: string;
  readonly code: string;
  /** What a fence must say of it; `undefined`: the fence must let it through. */
  readonly refused: string | undefined;
}

type Fence = (root: string) => Promise<readonly Finding[]>;

interface Inspection {
  readonly untouched: readonly string[];
  readonly of: ReadonlyMap<Plant, readonly string[]>;
}

/** The tests of a fence: it looks twice at a copy of the tree, as it is and with all the plants in it. */
export function fenceTests(fence: Fence, plants: readonly Plant[]): void {
  let inspection: Inspection;
  beforeAll(async () => {
    inspection = await inspect(fence, plants);
  }, 300_000);

  it('lets the untouched tree through', () => {
    expect(inspection.untouched).toEqual([]);
  });

  for (const plant of plants) {
    it(titleOf(plant), () => {
      const said = inspection.of.get(plant);
      if (plant.refused === undefined) expect(said).toEqual([]);
      else expect(said).toContainEqual(expect.stringContaining(plant.refused));
    });
  }
}

function titleOf({ where, code, refused }: Plant): string {
  const [line] = code.split('\n');
  return refused === undefined
    ? `lets \`${line}\` through in ${where}`
    : `refuses \`${line}\` in ${where}: ${refused}`;
}

async function inspect(fence: Fence, plants: readonly Plant[]): Promise<Inspection> {
  const root = await mkdtemp(join(tmpdir(), 'authchart-fences-'));
  try {
    await copyTree(root);
    const untouched = await fence(root);
    const files = new Map(plants.map((plant, at) => [plant, fileOf(plant, at)]));
    for (const [{ code }, file] of files) await write(join(root, file), code);
    const findings = await fence(root);
    const said = (file: string) => findings.filter((finding) => finding.file === file).map(words);
    return {
      untouched: untouched.map(words),
      of: new Map([...files].map(([plant, file]) => [plant, said(file)])),
    };
  } finally {
    await rm(root, { recursive: true, force: true });
  }
}

function fileOf({ where }: Plant, at: number): string {
  return where.endsWith('.ts') ? where : `${where}/planted-${at}.ts`;
}

function words({ file, refusal }: Finding): string {
  return `${file}: ${refusal}`;
}

const LEAF = 'export type Leaf = string;\nexport const leaf: Leaf = "leaf";';

async function copyTree(root: string): Promise<void> {
  await Promise.all([
    symlink(join(repository, 'node_modules'), join(root, 'node_modules')),
    cp(join(repository, 'src'), join(root, 'src'), { recursive: true }),
    ...configuration.map((name) => cp(join(repository, name), join(root, name))),
  ]);
  await Promise.all(rings.map((ring) => write(join(root, ring, 'leaf.ts'), LEAF)));
}

async function write(file: string, code: string): Promise<void> {
  await mkdir(dirname(file), { recursive: true });
  await appendFile(file, `${code}\n`);
}

/** How a file of `where` imports a file of the ring that itself imports nothing. */
export function leafFrom(where: string, ring: Ring): string {
  const folder = where.endsWith('.ts') ? dirname(where) : where;
  const path = relative(folder, `${ring}/leaf.js`);
  return path.startsWith('.') ? path : `./${path}`;
}

/** The standard output of a tool from node_modules, whatever its exit code: a fence that refuses has one. */
export async function outputOf(root: string, script: string, ...args: readonly string[]): Promise<string> {
  return new Promise((resolve, reject) => {
    execFile(
      process.execPath,
      [join(root, 'node_modules', script), ...args],
      { cwd: root, maxBuffer: 2 ** 26 },
      (error, stdout, stderr) => (error && stderr !== '' ? reject(new Error(stderr)) : resolve(stdout)),
    );
  });
}
