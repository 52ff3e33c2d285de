import { resolve } from 'node:path';
import { build } from 'vite';
import type { Plugin } from 'vite';

/** One page, written again and again: with no framework, with each of four, and with XState's own bindings. */
export const pages = ['plain', 'react', 'vue', 'svelte', 'solid', 'xstate-react'] as const;
export type PageName = (typeof pages)[number];

// React needs none: esbuild knows its JSX.
const plugins: Readonly<Partial<Record<PageName, () => Promise<Plugin | Plugin[]>>>> = {
  vue: async () => (await import('@vitejs/plugin-vue')).default(),
  svelte: async () => (await import('@sveltejs/vite-plugin-svelte')).svelte({ configFile: false }),
  // Solid's usual output sets innerHTML, which Trusted Types refuse. This one goes through the page's own renderer.
  solid: async () =>
    (await import('vite-plugin-solid')).default({
      solid: { generate: 'universal', moduleName: resolve('examples/pages/solid/renderer.ts') },
    }),
};

/** Builds a page as its tools would; gives the directory it is in. To be called in the root of this repository. */
export async function buildPage(page: PageName, outDir = resolve('build/pages', page)): Promise<string> {
  await build({
    configFile: false,
    root: resolve('examples/pages', page),
    logLevel: 'error',
    plugins: [plugins[page]?.()],
    resolve: {
      // Stands for `npm install authchart`.
      alias: [{ find: /^authchart\/(\w+)$/, replacement: resolve('src', '$1.ts') }],
      // Two copies of these would know nothing of each other.
      dedupe: ['xstate', 'react', 'react-dom', 'solid-js', 'svelte', 'vue'],
    },
    define: {
      // Only where React is under development does StrictMode do everything twice; here it is to be seen.
      'process.env.NODE_ENV': JSON.stringify(page.includes('react') ? 'development' : 'production'),
      __VUE_OPTIONS_API__: 'false',
      __VUE_PROD_DEVTOOLS__: 'false',
    },
    build: {
      outDir,
      emptyOutDir: true,
      target: 'es2022',
      // To be read, and quickly there.
      minify: false,
      reportCompressedSize: false,
      modulePreload: { polyfill: false },
      // A data: URL would want a hole in the policy.
      assetsInlineLimit: 0,
    },
  });
  return outDir;
}
