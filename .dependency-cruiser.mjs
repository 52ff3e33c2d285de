const PORTS =
  '^src/services/(ports|auth-error|error-catalogue|redacted|encoding|transport-fault|relay-protocol|lock-queue|lease|sleep|listeners|synchronous-store|until-aborted|bytes)[.]ts$';

// Adapters of frameworks, which receive a client instead of being wired into one.
const RECEIVES_A_CLIENT = '^src/adapters/(server|browser|react|vue|svelte|solid|inspect|inspector)/';

// What each adapter's own runtime brings. An adapter that is not listed may import no package and no node: module.
const RUNTIMES = {
  file: { core: true },
  node: { core: true, packages: ['undici', 'open'] },
  redis: { core: true },
  postgres: { core: true },
  react: { packages: ['react'] },
  vue: { packages: ['vue'] },
  svelte: { packages: ['svelte'] },
  solid: { packages: ['solid-js'] },
  inspector: { core: true },
};

const DOORS = {
  index: ['platform', 'memory', 'sealed'],
  node: ['platform', 'memory', 'node', 'file', 'sealed', 'inspector'],
  browser: ['platform', 'browser'],
  server: ['server', 'platform'],
  react: ['react'],
  vue: ['vue'],
  svelte: ['svelte'],
  solid: ['solid'],
  inspect: ['inspect', 'platform'],
  redis: ['node', 'redis'],
  postgres: ['node', 'postgres'],
  testing: ['platform', 'memory', 'node', 'virtual'],
};

const packages = (...names) => names.map((name) => `(^|/)node_modules/${name}/`);
const exactly = (names) => `(${names.join('|')})`;

/** One rule per ring: everything but what it lists is refused. */
function only(name, from, allowed, comment, to = {}) {
  return { name, severity: 'error', comment, from, to: { pathNot: allowed, ...to } };
}

function typesOnly(name, from) {
  return {
    name,
    severity: 'error',
    comment: 'Machines reach this ring as types: the client hands it actors.',
    from: { path: from },
    to: { path: '^src/machines/', dependencyTypesNot: ['type-only'] },
  };
}

function runtimeOf(adapter, { core = false, packages: names = [] }) {
  const to = core ? { dependencyTypesNot: ['core'] } : {};
  const allowed = ['^src/', ...packages(...names)];
  const comment = 'An adapter imports its own runtime; list it in RUNTIMES.';
  return only(`adapter-runtime-${adapter}`, { path: `^src/adapters/${adapter}/` }, allowed, comment, to);
}

function door(name, adapters) {
  const own = [`^src/(client|machines|services)/`, '^src/index[.]ts$', `^src/adapters/${exactly(adapters)}/`];
  const alone = { testing: ['^src/(conformance|emulator)/'], inspect: ['^src/diagram/'] };
  const allowed = [...own, ...(alone[name] ?? [])];
  const comment = 'A door re-exports, and presets the adapters of its own runtime; list them in DOORS.';
  return only(`door-${name}`, { path: `^src/${name}[.]ts$` }, allowed, comment);
}

/** @type {import('dependency-cruiser').IConfiguration} */
export default {
  forbidden: [
    only(
      'machines-import-xstate-alone',
      { path: '^src/machines/' },
      ['^src/machines/', ...packages('xstate')],
      'Machines are pure: no package but xstate, no other ring.',
    ),
    only(
      'services-import-protocol-alone',
      { path: '^src/services/' },
      ['^src/(services|machines)/', ...packages('oauth4webapi')],
      'Services are functions over ports, and every package they import is in every page.',
    ),
    typesOnly('services-take-machines-as-types', '^src/services/'),
    typesOnly('adapters-take-machines-as-types', '^src/adapters/'),
    {
      name: 'adapters-import-no-other-adapter',
      severity: 'error',
      from: { path: '^src/adapters/([^/]+)/' },
      to: { path: '^src/adapters/', pathNot: '^src/adapters/$1/' },
    },
    {
      name: 'adapters-import-ports-alone',
      severity: 'error',
      comment:
        'Of our own, an adapter sees ports, errors, redaction and encodings; never the client, a door or the emulator.',
      from: { path: '^src/adapters/', pathNot: RECEIVES_A_CLIENT },
      to: { path: '^src/', pathNot: [PORTS, '^src/(adapters|machines)/'] },
    },
    {
      name: 'framework-adapters-receive-a-client',
      severity: 'error',
      comment:
        'What serves a framework is handed a client: it sees its types, beside ports, errors and redaction.',
      from: { path: RECEIVES_A_CLIENT },
      to: {
        path: '^src/',
        pathNot: [
          PORTS,
          '^src/(adapters|machines|diagram)/',
          '^src/client/(public|inspection/(flow-event|gate))[.]ts$',
        ],
      },
    },
    {
      name: 'framework-adapters-take-the-client-as-type',
      severity: 'error',
      from: { path: RECEIVES_A_CLIENT },
      to: { path: '^src/client/', dependencyTypesNot: ['type-only'] },
    },
    ...Object.entries(RUNTIMES).map(([adapter, runtime]) => runtimeOf(adapter, runtime)),
    only(
      'adapter-runtime-neutral',
      { path: '^src/adapters/', pathNot: `^src/adapters/${exactly(Object.keys(RUNTIMES))}/` },
      ['^src/'],
      'This adapter has no runtime of its own in RUNTIMES.',
    ),
    only(
      'client-wires-the-neutral',
      { path: '^src/client/' },
      ['^src/(client|machines|services)/', '^src/adapters/(platform|memory)/', ...packages('xstate')],
      'Every other adapter comes in as an option.',
    ),
    only(
      'emulator-stands-alone',
      { path: '^src/emulator/' },
      ['^src/emulator/'],
      'The emulator would prove nothing if it shared our code.',
      { dependencyTypesNot: ['core'] },
    ),
    only(
      'diagram-stands-alone',
      { path: '^src/diagram/' },
      ['^src/diagram/'],
      'It draws any machine from its definition, in a page, a script and a document.',
    ),
    only(
      'conformance-knows-the-port-alone',
      { path: '^src/conformance/' },
      ['^src/conformance/', '^src/services/ports[.]ts$'],
      'A suite that knew our stores could not judge those of others.',
      { dependencyTypesNot: ['core'] },
    ),
    ...Object.entries(DOORS).map(([name, adapters]) => door(name, adapters)),
    only(
      'door-unknown',
      { path: '^src/[^/]+[.]ts$', pathNot: `^src/${exactly(Object.keys(DOORS))}[.]ts$` },
      ['^src/(client|machines|services)/'],
      'A new door is listed in DOORS with the adapters of its runtime.',
    ),
    { name: 'no-cycles', severity: 'error', from: {}, to: { circular: true } },
    {
      name: 'no-development-packages',
      severity: 'error',
      comment: 'A user who installs the package has no devDependencies.',
      from: { path: '^src/' },
      to: { dependencyTypes: ['npm-dev'], dependencyTypesNot: ['npm-peer'] },
    },
    {
      name: 'no-undeclared-packages',
      severity: 'error',
      comment: 'An optional peer counts as a peer, and beside it as npm-no-pkg.',
      from: { path: '^src/' },
      to: { dependencyTypes: ['npm-no-pkg', 'npm-unknown'], dependencyTypesNot: ['npm-peer'] },
    },
    { name: 'no-unresolvable', severity: 'error', from: {}, to: { couldNotResolve: true } },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.base.json' },
    enhancedResolveOptions: { exportsFields: ['exports'], conditionNames: ['import', 'types', 'default'] },
  },
};
