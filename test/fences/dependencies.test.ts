import { describe, expect, it } from 'vitest';
import { fenceTests, leafFrom, outputOf } from './planted-tree.js';
import type { Finding, Plant, Ring } from './planted-tree.js';

const ALLOWED = undefined;

function module(where: string, name: string, refused: string | undefined): Plant {
  return { where, code: `import '${name}';`, refused };
}

function value(where: string, ring: Ring, refused: string | undefined): Plant {
  return module(where, leafFrom(where, ring), refused);
}

function type(where: string, ring: Ring, refused: string | undefined): Plant {
  return { where, code: `export type { Leaf } from '${leafFrom(where, ring)}';`, refused };
}

const frameworks = { react: 'react', vue: 'vue', svelte: 'svelte', solid: 'solid-js' } as const;

const plants: readonly Plant[] = [
  module('src/machines', 'xstate', ALLOWED),
  module('src/machines', 'oauth4webapi', 'machines-import-xstate-alone'),
  module('src/machines', 'node:timers', 'machines-import-xstate-alone'),
  type('src/machines', 'src/services', 'machines-import-xstate-alone'),
  type('src/machines', 'src/adapters/memory', 'machines-import-xstate-alone'),

  module('src/services', 'oauth4webapi', ALLOWED),
  module('src/services', 'fast-check', 'services-import-protocol-alone'),
  module('src/services', 'xstate', 'services-import-protocol-alone'),
  module('src/services', 'undici', 'services-import-protocol-alone'),
  module('src/services', 'node:crypto', 'services-import-protocol-alone'),
  module('src/services', 'node:fs/promises', 'services-import-protocol-alone'),
  type('src/services', 'src/adapters/memory', 'services-import-protocol-alone'),
  type('src/services', 'src/client', 'services-import-protocol-alone'),
  type('src/services', 'src/machines', ALLOWED),
  value('src/services', 'src/machines', 'services-take-machines-as-types'),

  module('src/adapters/memory', '../../services/ports.js', ALLOWED),
  module('src/adapters/memory', '../../services/auth-error.js', ALLOWED),
  module('src/adapters/memory', '../../services/encoding.js', ALLOWED),
  type('src/adapters/memory', 'src/machines', ALLOWED),
  value('src/adapters/memory', 'src/machines', 'adapters-take-machines-as-types'),
  type('src/adapters/memory', 'src/adapters/platform', 'adapters-import-no-other-adapter'),
  value('src/adapters/node', 'src/adapters/file', 'adapters-import-no-other-adapter'),
  type('src/adapters/node', 'src/client', 'adapters-import-ports-alone'),
  value('src/adapters/node', 'src/emulator', 'adapters-import-ports-alone'),
  value('src/adapters/node', 'src/services', 'adapters-import-ports-alone'),
  module('src/adapters/node', '../../node.js', 'adapters-import-ports-alone'),
  module('src/adapters/node', 'node:http', ALLOWED),
  module('src/adapters/node', 'undici', ALLOWED),
  module('src/adapters/node', 'oauth4webapi', 'adapter-runtime-node'),
  module('src/adapters/file', 'node:fs', ALLOWED),
  module('src/adapters/file', 'undici', 'adapter-runtime-file'),
  module('src/adapters/platform', 'node:crypto', 'adapter-runtime-neutral'),
  module('src/adapters/memory', 'undici', 'adapter-runtime-neutral'),
  module('src/adapters/new', 'node:fs', 'adapter-runtime-neutral'),

  module('src/adapters/redis', 'node:crypto', ALLOWED),
  module('src/adapters/redis', 'redis', 'adapter-runtime-redis'),
  module('src/adapters/postgres', 'pg', 'adapter-runtime-postgres'),
  module('src/adapters/browser', 'node:crypto', 'adapter-runtime-neutral'),
  module('src/adapters/browser', '../../services/synchronous-store.js', ALLOWED),
  module('src/adapters/sealed', 'node:crypto', 'adapter-runtime-neutral'),
  {
    where: 'src/adapters/server',
    code: "export type { Client } from '../../client/public.js';",
    refused: ALLOWED,
  },
  type('src/adapters/server', 'src/client', 'framework-adapters-receive-a-client'),
  module('src/adapters/server', '../../client/public.js', 'framework-adapters-take-the-client-as-type'),

  ...Object.entries(frameworks).flatMap(([framework, own]) => {
    const where = `src/adapters/${framework}`;
    const stranger = framework === 'vue' ? 'react' : 'vue';
    return [
      module(where, own, ALLOWED),
      module(where, stranger, `adapter-runtime-${framework}`),
      { where, code: "export type { Client } from '../../client/public.js';", refused: ALLOWED },
      module(where, '../../client/public.js', 'framework-adapters-take-the-client-as-type'),
      type(where, 'src/client', 'framework-adapters-receive-a-client'),
      value(where, 'src/machines', 'adapters-take-machines-as-types'),
      value(`src/${framework}.ts`, `src/adapters/${stranger}`, `door-${framework}`),
    ];
  }),

  { where: 'src/conformance', code: "export type { Store } from '../services/ports.js';", refused: ALLOWED },
  module('src/conformance', 'node:assert/strict', ALLOWED),
  value('src/conformance', 'src/services', 'conformance-knows-the-port-alone'),
  type('src/conformance', 'src/adapters/memory', 'conformance-knows-the-port-alone'),
  module('src/conformance', 'vitest', 'conformance-knows-the-port-alone'),

  module('src/adapters/inspector', 'node:http', ALLOWED),
  module('src/adapters/inspector', 'undici', 'adapter-runtime-inspector'),
  value('src/adapters/inspector', 'src/diagram', ALLOWED),
  module('src/adapters/inspect', 'node:http', 'adapter-runtime-neutral'),
  value('src/inspect.ts', 'src/adapters/node', 'door-inspect'),

  module('src/diagram', 'xstate', 'diagram-stands-alone'),
  value('src/diagram', 'src/machines', 'diagram-stands-alone'),

  value('src/client', 'src/machines', ALLOWED),
  value('src/client', 'src/adapters/platform', ALLOWED),
  value('src/client', 'src/adapters/memory', ALLOWED),
  type('src/client', 'src/adapters/node', 'client-wires-the-neutral'),
  value('src/client', 'src/emulator', 'client-wires-the-neutral'),
  module('src/client', '../index.js', 'client-wires-the-neutral'),
  module('src/client', 'oauth4webapi', 'client-wires-the-neutral'),
  module('src/client', 'node:fs', 'client-wires-the-neutral'),

  module('src/emulator', 'node:http', ALLOWED),
  module('src/emulator', 'undici', 'emulator-stands-alone'),
  type('src/emulator', 'src/machines', 'emulator-stands-alone'),
  value('src/emulator', 'src/services', 'emulator-stands-alone'),

  value('src/index.ts', 'src/adapters/node', 'door-index'),
  value('src/index.ts', 'src/emulator', 'door-index'),
  value('src/node.ts', 'src/adapters/virtual', 'door-node'),
  value('src/node.ts', 'src/emulator', 'door-node'),
  value('src/testing.ts', 'src/adapters/file', 'door-testing'),
  module('src/testing.ts', 'node:http', 'door-testing'),
  value('src/server.ts', 'src/adapters/memory', 'door-server'),
  value('src/browser.ts', 'src/adapters/node', 'door-browser'),
  value('src/redis.ts', 'src/adapters/postgres', 'door-redis'),
  value('src/postgres.ts', 'src/adapters/redis', 'door-postgres'),
  value('src', 'src/adapters/memory', 'door-unknown'),
  value('src', 'src/client', ALLOWED),

  module('src/emulator/one.ts', './other.js', 'no-cycles'),
  module('src/emulator/other.ts', './one.js', 'no-cycles'),
  { where: 'src/machines/a.ts', code: 'export type { B } from "./b.js";', refused: 'no-cycles' },
  { where: 'src/machines/b.ts', code: 'export type { A } from "./a.js";', refused: 'no-cycles' },
  module('src/adapters/node', 'fast-check', 'no-development-packages'),
  module('src/adapters/node', 'nanoid', 'no-undeclared-packages'),
  module('src/adapters/node', './missing.js', 'no-unresolvable'),
];

interface Report {
  readonly summary: {
    readonly violations: readonly {
      readonly from: string;
      readonly to: string;
      readonly rule: { readonly name: string };
      readonly cycle?: readonly { readonly name: string }[];
    }[];
    readonly ruleSetUsed: { readonly forbidden: readonly { readonly name: string }[] };
  };
}

let rules: readonly string[];

async function cruise(root: string): Promise<Finding[]> {
  const script = 'dependency-cruiser/bin/dependency-cruise.mjs';
  const { summary } = JSON.parse(await outputOf(root, script, '--output-type', 'json', 'src')) as Report;
  rules = summary.ruleSetUsed.forbidden.map(({ name }) => name);
  return summary.violations.flatMap(({ from, to, rule, cycle = [{ name: from }] }) =>
    cycle.map(({ name }) => ({ file: name, refusal: `${rule.name}: ${to}` })),
  );
}

describe('dependency-cruiser', () => {
  fenceTests(cruise, plants);

  it('has a plant for every rule', () => {
    expect(rules.toSorted()).toEqual([...new Set(plants.flatMap(({ refused }) => refused ?? []))].toSorted());
  });
});
