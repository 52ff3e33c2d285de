import { createServer } from 'vite';
import type { TestProject } from 'vitest/node';
import type { Answers } from '../server/answers.js';
import { svelteComponents } from './svelte-components.js';

declare module 'vitest' {
  interface ProvidedContext {
    readonly answers: Answers;
  }
}

/**
 * Renders on a server: in the process that starts those of the tests, for they have a document, and the builds that
 * frameworks have for pages.
 */
export default async function serverAnswers(project: TestProject): Promise<void> {
  const server = await createServer({
    configFile: false,
    root: project.config.root,
    appType: 'custom',
    logLevel: 'error',
    cacheDir: '.cache/vite',
    server: { middlewareMode: true, hmr: false, ws: false, watch: null },
    optimizeDeps: { noDiscovery: true },
    resolve: { alias: project.vite.config.resolve.alias },
    plugins: [svelteComponents('server')],
  });
  try {
    const file = '/test/adapters/frameworks/server/answers.ts';
    const { answers } = (await server.ssrLoadModule(file)) as typeof import('../server/answers.js');
    project.provide('answers', await answers());
  } finally {
    await server.close();
  }
}
