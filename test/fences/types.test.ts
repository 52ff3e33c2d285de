import { describe } from 'vitest';
import { adapters, fenceTests, leafFrom, outputOf } from './planted-tree.js';
import type { Finding, Plant, Ring } from './planted-tree.js';

const page = ['window', 'document', 'localStorage', 'sessionStorage'];
const node = ['process', 'Buffer', 'require', '__dirname'];
const nodeModules = ['node:fs', 'node:fs/promises'];
const neutral = [...page, ...node];
const onNode: readonly string[] = ['file', 'node', 'redis', 'postgres', 'inspector'];
const ofTheClient: readonly string[] = [
  'server',
  'browser',
  'react',
  'vue',
  'svelte',
  'solid',
  'inspect',
  'inspector',
];
// What a project references may reference more, and the compiler follows: the other fence refuses that.
const throughTheClient: readonly string[] = ['platform', 'memory'];

/** What each ring must not even name, import as a module, or reach of ours. */
const closed: Readonly<Record<string, { names: string[]; modules: string[]; rings: Ring[] }>> = {
  'src/machines': {
    names: [...neutral, 'fetch', 'setTimeout', 'setInterval', 'URL', 'crypto', 'console', 'performance'],
    modules: nodeModules,
    rings: ['src/services', 'src/client', 'src/emulator', 'src/adapters/memory'],
  },
  'src/services': {
    names: neutral,
    modules: nodeModules,
    rings: ['src/client', 'src/emulator', 'src/adapters/platform', 'src/adapters/node'],
  },
  'src/client': {
    names: neutral,
    modules: nodeModules,
    rings: ['src/emulator', 'src/adapters/file', 'src/adapters/node', 'src/adapters/virtual'],
  },
  'src/emulator': {
    names: page,
    modules: [],
    rings: ['src/machines', 'src/services', 'src/client', 'src/adapters/node'],
  },
  ...Object.fromEntries(
    adapters.map((adapter) => [
      `src/adapters/${adapter}`,
      {
        names: onNode.includes(adapter) ? page : adapter === 'browser' ? node : neutral,
        modules: onNode.includes(adapter) ? [] : nodeModules,
        rings: [
          'src/emulator',
          ...(ofTheClient.includes(adapter) ? [] : (['src/client'] as const)),
          ...adapters
            .filter((other) => other !== adapter)
            .filter((other) => !(ofTheClient.includes(adapter) && throughTheClient.includes(other)))
            .map((other) => `src/adapters/${other}` as const),
        ],
      },
    ]),
  ),
  'src/index.ts': {
    names: neutral,
    modules: nodeModules,
    rings: ['src/emulator', 'src/adapters/file', 'src/adapters/node', 'src/adapters/virtual'],
  },
  'src/node.ts': { names: page, modules: [], rings: [] },
  'src/server.ts': { names: neutral, modules: nodeModules, rings: [] },
  'src/browser.ts': { names: node, modules: nodeModules, rings: [] },
  'src/react.ts': { names: neutral, modules: nodeModules, rings: [] },
  'src/vue.ts': { names: neutral, modules: nodeModules, rings: [] },
  'src/svelte.ts': { names: neutral, modules: nodeModules, rings: [] },
  'src/solid.ts': { names: neutral, modules: nodeModules, rings: [] },
  'src/redis.ts': { names: page, modules: [], rings: [] },
  'src/postgres.ts': { names: page, modules: [], rings: [] },
  'src/testing.ts': { names: page, modules: [], rings: [] },
  'src/inspect.ts': { names: neutral, modules: nodeModules, rings: [] },
  'src/adapters/inspector/page': {
    names: node,
    modules: nodeModules,
    rings: ['src/emulator', 'src/adapters/node'],
  },
  'src/diagram': {
    names: neutral,
    modules: nodeModules,
    rings: ['src/machines', 'src/services', 'src/client', 'src/emulator', 'src/adapters/memory'],
  },
  'src/conformance': {
    names: page,
    modules: [],
    rings: ['src/client', 'src/emulator', 'src/adapters/node', 'src/adapters/memory'],
  },
};

const plants: readonly Plant[] = Object.entries(closed).flatMap(([where, { names, modules, rings }]) => [
  ...names.map((name, at) => ({
    where,
    code: `export const planted${at}: unknown = ${name};`,
    refused: `Cannot find name '${name}'`,
  })),
  ...modules.map((name) => ({ where, code: `import '${name}';`, refused: `'${name}'` })),
  ...rings.map((ring) => ({
    where,
    code: `import '${leafFrom(where, ring)}';`,
    refused: `${ring}/leaf.ts' is not listed within the file list of project`,
  })),
]);

async function compile(root: string): Promise<Finding[]> {
  const projects = ['src', 'src/tsconfig.node.json', 'src/tsconfig.browser.json'];
  const output = await outputOf(root, 'typescript/bin/tsc', '-b', '--pretty', 'false', ...projects);
  return output
    .replaceAll(`${root}/`, '')
    .split('\n')
    .filter((line) => /error TS\d+/.test(line))
    .map((line) => {
      const [, file = '', refusal = line] = /^(.+?)\(\d+,\d+\): error (.*)$/.exec(line) ?? [];
      return { file, refusal };
    });
}

describe('the compiler', () => {
  fenceTests(compile, plants);
});
