import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';

const source = (door: string) => fileURLToPath(new URL(`src/${door}.ts`, import.meta.url));

// What starts processes, compilers or package managers, lets real time pass, or goes through many orders; the inner loop
// leaves it out.
const slow = [
  'test/{chaos,examples,fences,interop,models,package,processes,properties}/**/*.test.ts',
  'test/adapters/server/**/*.test.ts',
  'test/docs/readme.test.ts',
  'test/adapters/{file-store,node-processes,postgres-*,redis-*,sealed-store}.test.ts',
];
const include = ['test/**/*.test.ts'];

export default defineConfig({
  resolve: {
    alias: [
      { find: /^authchart$/, replacement: source('index') },
      { find: /^authchart\/(node|server|redis|postgres|testing)$/, replacement: source('$1') },
    ],
  },
  test: {
    pool: 'forks',
    testTimeout: 20_000,
    expect: { poll: { timeout: 10_000 } },
    hookTimeout: 60_000,
    projects: [
      { extends: true, test: { name: 'fast', include, exclude: slow } },
      { extends: true, test: { name: 'slow', include: slow } },
    ],
  },
});
