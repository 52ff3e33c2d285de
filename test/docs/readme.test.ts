import { readFile } from 'node:fs/promises';
import { confidentialApp, publicApp, startEmulator } from 'authchart/testing';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { freePort } from '../support/free-port.js';
import { NO_POSTGRES, startOwnPostgres } from '../support/postgres-server.js';
import type { PostgresServer } from '../support/postgres-server.js';
import { needsRedis, startRedis } from '../support/redis-server.js';
import type { RedisServer } from '../support/redis-server.js';
import { codeBlocks, exampleBlocks } from './code-blocks.js';
import type { CodeBlock } from './code-blocks.js';
import { examples } from './examples.js';
import { build, doors, openReaderProject, programOf } from './reader-project.js';
import type { ReaderProject } from './reader-project.js';

interface Expectation {
  /** What the block takes over from those before it, by name of the block. */
  readonly uses?: Readonly<Record<string, string>>;
  /** What a reader does with it next; behind the block, where it moves no line of it. */
  readonly after?: string;
  readonly prints: string;
  /** The server it speaks to. */
  readonly needs?: 'redis' | 'postgres';
}

const account = `{
  data: { id: '1790000000000000003', name: 'Ada Lovelace', username: 'ada' }
}
`;
const FIRST = 'Twenty lines to a working sign-in';

/** Every block of TypeScript in the README, in its order. */
const readme: Readonly<Record<string, Expectation>> = {
  [FIRST]: { prints: account },
  'Begin here, complete there': { prints: "[ 'tweet.read', 'users.read' ]\n" },
  'Many processes': { prints: 'null\n', needs: 'redis' },
  'Many processes (2)': { prints: 'null\n', needs: 'postgres' },
  'On a server': {
    after: `
      const home = 'http://127.0.0.1:8976/';
      const navigate = async (url: string, cookie = '') => app(new Request(url, { headers: { cookie } }));
      console.log(await (await navigate(home)).text());
      const login = await navigate(home + 'auth/login');
      const callback = await visit(login.headers.get('location')!);
      const done = await navigate(callback, login.headers.getSetCookie()[0]!.split(';')[0]!);
      const cookie = done.headers.getSetCookie().at(-1)!.split(';')[0]!;
      console.log(await (await navigate(home, cookie)).json());
      const overHttp = await fetch(home + 'auth/session', { headers: { cookie } });
      console.log((await overHttp.text()).startsWith('{"signedIn":true,'));
      server.close();`,
    prints: `Not signed in: go to /auth/login\n${account}true\n`,
  },
  'On a server (2)': {
    uses: { 'On a server': 'auth, nodeListener' },
    after: "console.log((await app.inject('/auth/session')).body);",
    prints: `Not signed in: go to /auth/login\n${account}true\n{"signedIn":false}\n`,
  },
  'Use the session': {
    uses: { [FIRST]: 'session' },
    prints: `${account}73\nrestoring\nfresh\nrenewing\nfresh\ntrue\ntrue 200\n`,
  },
  'See the flow': {
    prints: expect.stringMatching(/^authchart inspector: http:\/\/127\.0\.0\.1:\d+\/[\w-]{22}\/\n$/),
  },
  'Why am I signed out?': {
    uses: { [FIRST]: 'client' },
    prints: expect.stringMatching(
      /^\{[^]*\}\nsignedIn\nIt is signed in\. [^]*UTC\.\nSession: signed in\n\nCause [^]* process \d+-[0-9a-f]{4}  Signed in\./,
    ),
  },
  'Several accounts, and tokens you already have': {
    uses: { [FIRST]: 'client' },
    prints: `${account}work true\n`,
  },
  'Several accounts, and tokens you already have (2)': {
    uses: { [FIRST]: 'client, session' },
    prints: `${account}default fresh 3\n`,
  },
  'Encryption at rest': { prints: 'null\n' },
  'The services alone': { prints: 'bearer 7200 tweet.read users.read\n' },
  'Another provider': { prints: 'exact\n' },
  'The machine with your own services': { prints: "[ 'tweet.read', 'users.read' ]\n" },
  'Test against the emulator': { prints: 'fresh 1\n401\n' },
  'A store of your own': { prints: expect.stringMatching(/^# pass [1-9]\d[^]*^# fail 0$/m) },
};

let markdown: string;
let documented: readonly CodeBlock[];
let examplesFound: readonly CodeBlock[];
let project: ReaderProject;
let redis: RedisServer | null;
let postgres: PostgresServer | null;

beforeAll(async () => {
  await build();
  [redis, postgres] = await Promise.all([startRedis(), startOwnPostgres()]);
  markdown = await readFile(new URL('../../README.md', import.meta.url), 'utf8');
  // Those for pages are another test's.
  documented = codeBlocks(markdown).filter(
    ({ language, name }) => language === 'ts' && !name.startsWith('In the browser'),
  );
  const program = programOf(Object.values(doors));
  examplesFound = exampleBlocks(program, doors);
  const sources = [...documented.map(readmeSource), ...examplesFound.map(exampleSource)];
  project = await openReaderProject(Object.fromEntries(sources), program);
});
afterAll(() => Promise.all([project?.remove(), redis?.stop(), postgres?.stop()]));

// Imports are hoisted: behind the block they leave its lines where they were.
function readmeSource({ name, code }: CodeBlock): [string, string] {
  const imports = Object.entries(readme[name]?.uses ?? {}).map(
    ([from, names]) => `import { ${names} } from './${slug(from)}.js';`,
  );
  const wanted = Object.values(readme).flatMap(({ uses }) => uses?.[name]?.split(', ') ?? []);
  const after = readme[name]?.after ?? '';
  const exported = `export { ${[...new Set(wanted)].join(', ')} };`;
  return [slug(name), [code, ...imports, after, exported].join('\n')];
}

function exampleSource({ name, code }: CodeBlock): [string, string] {
  const { before = '', after = '' } = examples[name] ?? {};
  return [slug(name), [before, code, after, 'export {};'].join('\n')];
}

function slug(name: string): string {
  return name.toLowerCase().replaceAll(/[^a-z0-9]+/g, '-');
}

async function run(name: string): Promise<string> {
  const port = await freePort();
  const redirect_uris = ['https://localhost/', `http://127.0.0.1:${port}/callback`];
  const apps = ['YOUR_CLIENT_ID', 'my-client-id'].map((id) => ({
    ...publicApp,
    client_id: id,
    redirect_uris,
  }));
  const web = {
    ...confidentialApp,
    client_id: 'YOUR_WEB_CLIENT_ID',
    client_secret: 'YOUR_CLIENT_SECRET',
    redirect_uris: [`http://127.0.0.1:${port}/auth/callback`],
  };
  const emulator = await startEmulator({ apps: [...apps, web] });
  onTestFinished(() => emulator.close());
  const environment = {
    SEALING_KEY: Buffer.alloc(32, 'key').toString('base64'),
    REDIS_URL: redis?.url ?? '',
    DATABASE_URL: postgres?.url ?? '',
  };
  return project.run(slug(name), { endpoints: emulator.endpoints, port, environment });
}

describe('the README', () => {
  it('has no program that is not run here', () => {
    expect(documented.map(({ name }) => name)).toEqual(Object.keys(readme));
  });

  it('holds programs that strict TypeScript accepts as they stand', () => {
    const names = documented.map(({ name }) => slug(name));
    expect(Object.entries(project.complaints).filter(([name]) => names.includes(name))).toEqual([]);
  });

  it.for(Object.entries(readme))(
    'runs "%s" to its end',
    { timeout: 90_000 },
    async ([name, { prints, needs }], context) => {
      if (needs === 'redis') needsRedis(redis, context);
      if (needs === 'postgres') context.skip(postgres === null, NO_POSTGRES);
      expect(await run(name)).toEqual(prints);
    },
  );

  it('names commands, options and packages that exist', async () => {
    const manifest = JSON.parse(await readFile(new URL('../../package.json', import.meta.url), 'utf8')) as {
      name: string;
      scripts: Record<string, string>;
      peerDependencies: Record<string, string>;
    };
    const usages: Readonly<Record<string, string>> = {
      start: (await import('../../examples/sign-in/settings.js')).usage,
      inspect: (await import('../../examples/inspect/settings.js')).usage,
    };
    const shell = codeBlocks(markdown).filter(({ language }) => language === 'sh');
    const commands = shell.flatMap(({ code }) => code.trim().split(/\n| && /));
    const texts = [...commands, ...[...markdown.matchAll(/`(npm [^`\n]+)`/g)].map(([, text]) => text ?? '')];
    expect(texts.length).toBeGreaterThan(3);
    const unknown = texts.filter((command) => {
      const [, verb = '', rest = ''] = /^npm (\S+) ?(.*)$/.exec(command) ?? [];
      if (verb === 'ci' || verb === 'pack') return rest !== '';
      if (verb === 'install') {
        const peers = Object.keys(manifest.peerDependencies);
        return !rest.split(' ').every((name) => name === manifest.name || peers.includes(name));
      }
      const [script = '', options = ''] = (verb === 'run' ? rest : `${verb} ${rest}`).split(/ (?:-- )?(.*)/);
      const named = options.match(/--[\w-]+/g) ?? [];
      return (
        !(script in manifest.scripts) || named.some((option) => !usages[script]?.includes(` ${option} `))
      );
    });
    expect(unknown).toEqual([]);
  });
});

describe('docstrings of what the doors export', () => {
  it('have no example that is not checked here', () => {
    expect(examplesFound.map(({ name }) => name).toSorted()).toEqual(Object.keys(examples).toSorted());
  });

  it('hold examples that strict TypeScript accepts', () => {
    const names = examplesFound.map(({ name }) => slug(name));
    expect(Object.entries(project.complaints).filter(([name]) => names.includes(name))).toEqual([]);
  });

  const runnable = Object.entries(examples).filter(([, { prints }]) => prints !== undefined);
  it.each(runnable)('are true for "%s"', async (name, { prints }) => {
    expect(await run(name)).toBe(prints);
  });
});
