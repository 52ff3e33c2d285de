import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';
import { svelteComponents } from './test/adapters/frameworks/support/svelte-components.js';

const source = (door: string) => fileURLToPath(new URL(`src/${door}.ts`, import.meta.url));

// What starts processes, compilers or package managers, lets real time pass, or goes through many orders; the inner loop
// leaves it out.
const slow = [
  'test/{examples,fences,interop,models,package,parity,processes,properties}/**/*.test.ts',
  'test/adapters/{inspect,server}/**/*.test.ts',
  'test/docs/{frameworks,inspecting,pages,readme}.test.ts',
  'test/adapters/{file-store,node-processes,postgres-*,redis-*,sealed-store}.test.ts',
  'test/adapters/inspector/{inspected-client,inspector-server}.test.ts',
  'test/adapters/{loopback-listener,node-transport,system-browser}.test.ts',
  'test/client/{explain-session,flight-recorder,renewal-faults,secrets,time}.test.ts',
  'test/emulator/{reuse,server}.test.ts',
  'test/machines/properties.test.ts',
];
// In a real Chromium, one for each file.
const browser = ['test/browser/**/*.test.ts'];
// Sixteen processes of its own, whose clocks run ten times too fast: it has the machine to itself.
const chaos = ['test/chaos/**/*.test.ts'];
// Components on a page: frameworks have builds for that, which Node would not choose.
const pages = ['test/adapters/frameworks/**/*.test.ts'];
const include = ['test/**/*.test.ts'];

export default defineConfig({
  resolve: {
    alias: [
      { find: /^authchart$/, replacement: source('index') },
      {
        find: /^authchart\/(node|browser|server|react|vue|svelte|solid|inspect|redis|postgres|testing)$/,
        replacement: source('$1'),
      },
    ],
  },
  test: {
    pool: 'forks',
    // A machine may be busy: how long a test takes says nothing.
    testTimeout: 60_000,
    expect: { poll: { timeout: 10_000 } },
    hookTimeout: 180_000,
    projects: [
      {
        extends: true,
        test: {
          name: 'fast',
          include,
          exclude: [...slow, ...pages, ...browser, ...chaos],
          // They leave nothing behind, and mostly wait for loopback.
          isolate: false,
          maxWorkers: 4,
          sequence: { groupOrder: 0 },
        },
      },
      {
        extends: true,
        plugins: [svelteComponents('client')],
        ssr: { resolve: { conditions: ['browser', 'development'] } },
        test: {
          name: 'pages',
          include: pages,
          globalSetup: ['test/adapters/frameworks/support/server-answers.ts'],
          setupFiles: ['test/adapters/frameworks/support/page.ts'],
          server: { deps: { inline: ['svelte', 'solid-js'] } },
          maxWorkers: 2,
          sequence: { groupOrder: 1 },
        },
      },
      { extends: true, test: { name: 'slow', include: slow, maxWorkers: 2, sequence: { groupOrder: 1 } } },
      {
        extends: true,
        test: { name: 'browser', include: browser, maxWorkers: 2, sequence: { groupOrder: 2 } },
      },
      { extends: true, test: { name: 'chaos', include: chaos, maxWorkers: 1, sequence: { groupOrder: 3 } } },
    ],
  },
});
