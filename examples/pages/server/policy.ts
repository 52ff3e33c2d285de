import type { PageName } from './build-page.js';

// What a framework turns into HTML by itself, it names a policy for. React, Solid as it is built here, and a page without
// a framework never do.
const trustedTypes: Readonly<Partial<Record<PageName, string>>> = {
  vue: 'vue',
  svelte: 'svelte-trusted-html',
};

/** As strict as a policy can be: no inline script or style, nothing of other origins, and no text that becomes markup. */
export function policyOf(page: PageName, frameAncestors: readonly string[]): string {
  return [
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    "connect-src 'self'",
    'img-src data:',
    "base-uri 'none'",
    "form-action 'none'",
    `frame-ancestors ${frameAncestors.length > 0 ? frameAncestors.join(' ') : "'none'"}`,
    "require-trusted-types-for 'script'",
    `trusted-types ${trustedTypes[page] ?? "'none'"}`,
  ].join('; ');
}
