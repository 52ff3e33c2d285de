import type { Provider } from '../../client/public.js';

/**
 * Whether a URL of an API origin is, however it is spelt, one of the protocol's endpoints, or stands in the folder of one
 * (X: `/2/oauth2/`), where its siblings are. Rules of the endpoints would else be got round by an `Authorization` header.
 */
export function isOfTheProtocol(url: URL, { endpoints }: Provider): boolean {
  const path = plain(url.pathname);
  if (path === null) return true;
  return Object.values(endpoints).some((endpoint) => {
    if (endpoint === null || new URL(endpoint).origin !== url.origin) return false;
    const own = plain(new URL(endpoint).pathname) ?? '/';
    const folder = own.slice(0, own.lastIndexOf('/'));
    return `${path}/`.startsWith(`${own}/`) || (folder !== '' && `${path}/`.startsWith(`${folder}/`));
  });
}

/** As the most lenient server might read it: escapes, dots, double slashes and case taken away. `null`: nobody can. */
function plain(pathname: string): string | null {
  let path = pathname;
  try {
    for (let before = ''; before !== path;) {
      before = path;
      path = decodeURIComponent(path);
    }
  } catch {
    return null;
  }
  const parts: string[] = [];
  for (const part of path.toLowerCase().split(/[/\\]+/)) {
    // Some servers take what stands behind a semicolon for parameters.
    const [name = ''] = part.split(';');
    if (name === '..') parts.pop();
    else if (name !== '' && name !== '.') parts.push(name.trim());
  }
  return `/${parts.join('/')}`;
}
