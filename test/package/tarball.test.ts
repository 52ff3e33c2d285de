import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { complaint, node, pack, type Packed } from './packed.js';

const compilerOptions = {
  strict: true,
  exactOptionalPropertyTypes: true,
  noUncheckedIndexedAccess: true,
  skipLibCheck: true,
  noEmit: true,
  target: 'es2023',
  lib: ['es2023', 'dom'],
  types: [],
};

/** What each door is there for. */
const factories: Readonly<Record<string, string>> = {
  authchart: 'createClient',
  'authchart/node': 'createClient',
  'authchart/browser': 'createClient',
  'authchart/inspect': 'inspectFlow',
  'authchart/redis': 'redisStore',
  'authchart/postgres': 'postgresStore',
  'authchart/server': 'createAuthHandler',
  'authchart/react': 'useAuthorization',
  'authchart/vue': 'useAuthorization',
  'authchart/svelte': 'useAuthorization',
  'authchart/solid': 'useAuthorization',
  'authchart/testing': 'createTestClient',
};

// The second call shows that the declarations were found: nothing is refused on `any`.
function consumerOf(door: string): string {
  const factory = factories[door];
  if (factory === 'useAuthorization') return componentOf(door);
  if (!factory?.endsWith('Client')) return `import '${door}';`;
  return `
    import { ${factory} as createClient } from '${door}';
    import { x } from 'authchart';
    const client = createClient({
      provider: x,
      clientId: 'client',
      redirectUri: 'http://127.0.0.1:8976/callback',
      scopes: ['users.read'],
    });
    await client.close();
    // @ts-expect-error
    createClient({ provider: x, clientId: 1 });
  `;
}

function componentOf(door: string): string {
  return `
    import { useAuthorization, useSession } from '${door}';
    export function component() {
      const { status, signIn } = useAuthorization();
      signIn({ scopes: ['users.read'] });
      // @ts-expect-error
      signIn({ scopes: 'users.read' });
      // @ts-expect-error
      useSession().token;
      return status;
    }
  `;
}

describe('the package', () => {
  let root: string;
  let packed: Packed;
  beforeAll(async () => {
    root = await mkdtemp(join(tmpdir(), 'authchart-package-'));
    packed = await pack(root);
  }, 300_000);
  afterAll(() => rm(root, { recursive: true, force: true }));

  it('holds what was built of each source, its papers, and nothing else', async () => {
    const sources = await readdir('src', { recursive: true });
    const built = sources
      .filter((path) => path.endsWith('.ts'))
      .map((path) => `dist/${path.slice(0, -'.ts'.length)}`)
      .flatMap((path) => [`${path}.js`, `${path}.d.ts`]);
    const papers = ['CHANGELOG.md', 'LICENSE', 'README.md', 'package.json'];
    expect(packed.files.toSorted()).toEqual([...papers, ...built].toSorted());
  });

  it('offers every door to plain JavaScript', async () => {
    const script = `
      const [factories, ...doors] = process.argv.slice(2);
      const offered = {};
      for (const door of doors) offered[door] = Object.keys(await import(door)).find((name) => name === JSON.parse(factories)[door]);
      console.log(JSON.stringify(offered));
    `;
    await writeFile(join(packed.consumer, 'doors.mjs'), script);
    const told = await node(packed.consumer, 'doors.mjs', JSON.stringify(factories), ...packed.doors);
    expect(JSON.parse(told)).toEqual(factories);
  });

  it.each(['nodenext', 'bundler'])(
    'compiles in a strict consumer that resolves as %s does',
    async (resolution) => {
      const files = packed.doors.map((door) => `${door.replace('/', '-')}.ts`);
      const modules = {
        module: resolution === 'bundler' ? 'esnext' : 'nodenext',
        moduleResolution: resolution,
      };
      await Promise.all([
        ...packed.doors.map((door, at) =>
          writeFile(join(packed.consumer, files[at] ?? ''), consumerOf(door)),
        ),
        writeFile(
          join(packed.consumer, `tsconfig.${resolution}.json`),
          JSON.stringify({ compilerOptions: { ...compilerOptions, ...modules }, files }),
        ),
      ]);
      const project = `tsconfig.${resolution}.json`;
      expect(await complaint(packed.consumer, 'typescript/bin/tsc', '-p', project)).toBe('');
    },
  );

  it('passes publint', async () => {
    expect(await complaint(root, 'publint/src/cli.js', 'run', packed.tarball, '--strict')).toBe('');
  });

  it('has types that resolve for every kind of ESM consumer', async () => {
    const cli = '@arethetypeswrong/cli/dist/index.js';
    expect(await complaint(root, cli, packed.tarball, '--profile', 'esm-only', '--no-color')).toBe('');
  });
});
