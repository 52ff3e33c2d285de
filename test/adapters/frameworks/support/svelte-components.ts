import { compile } from 'svelte/compiler';
import type { Plugin } from 'vite';

/** Compiles `.svelte` files, for a server or for a page. */
export const svelteComponents = (generate: 'server' | 'client'): Plugin => ({
  name: 'svelte-components',
  transform(code, id) {
    if (!id.endsWith('.svelte')) return null;
    const { js } = compile(code, { filename: id, generate, dev: true, runes: true });
    return { code: js.code, map: null };
  },
});
