import type { Failure } from '../../machines/vocabulary.js';
import { base64, sha256 } from './digest.js';
import { wordsOf } from './failure-words.js';

const style = `
:root { color-scheme: light dark; --ground: #f6f7f9; --ink: #14181d; --quiet: #566070; --line: #d5dae1; --focus: #1a6fd4 }
@media (prefers-color-scheme: dark) {
  :root { --ground: #0e1114; --ink: #eceff3; --quiet: #9aa5b3; --line: #343c46; --focus: #6db1ff }
}
* { box-sizing: border-box }
body {
  margin: 0; min-height: 100vh; min-height: 100dvh; display: grid; place-content: center; padding: 2rem 1.5rem;
  font: 1rem/1.5 system-ui, -apple-system, "Segoe UI", Roboto, sans-serif; color: var(--ink); background: var(--ground)
}
main { max-width: 26rem; text-align: center }
h1 { margin: 0; font-size: 1.5rem; line-height: 1.25; letter-spacing: -.01em; text-wrap: balance }
p { margin: .75rem 0 0; color: var(--quiet); text-wrap: balance }
nav { display: flex; flex-wrap: wrap; justify-content: center; gap: .75rem; margin: 2rem 0 }
a {
  flex: 1 1 11rem; padding: .6875rem 1.25rem; border: 1px solid var(--line); border-radius: 2rem; color: inherit; font-weight: 600;
  text-decoration: none
}
a.first { border-color: var(--ink); background: var(--ink); color: var(--ground) }
a:hover { border-color: var(--quiet) }
:focus-visible { outline: 2px solid var(--focus); outline-offset: 3px }
small { color: var(--quiet) }
code { font-family: ui-monospace, SFMono-Regular, Menlo, Consolas, monospace }
`;

/** A page of our own words: of the request it repeats nothing, for who sent that is not known. */
export async function failurePage(
  failure: Failure,
  links: { readonly login: string; readonly home: string },
): Promise<Response> {
  const { status, title, text, again } = wordsOf(failure);
  const login = again ? `<a class="first" href="${escaped(links.login)}">Try again</a>\n` : '';
  const page = `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${title}</title>
<style>${style}</style>
<main>
<h1>${title}</h1>
<p>${text}</p>
<nav>
${login}<a href="${escaped(links.home)}">Start page</a>
</nav>
<small>Error code: <code>${failure.code}</code></small>
</main>
</html>
`;
  const source = `'sha256-${base64(await sha256(style))}'`;
  const headers = {
    'content-type': 'text/html; charset=utf-8',
    'content-security-policy': `default-src 'none'; style-src ${source}; base-uri 'none'; form-action 'none'; frame-ancestors 'none'`,
  };
  return new Response(page, { status, headers });
}

function escaped(path: string): string {
  return path.replaceAll('&', '&amp;').replaceAll('"', '&quot;').replaceAll('<', '&lt;');
}
