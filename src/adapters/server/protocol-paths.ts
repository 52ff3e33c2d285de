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

/**
 * In the one spelling of it. `null`: servers disagree on what it says, for slashes and dots are escaped in it, or it has
 * parameters, control characters or letters that stand for others.
 */
function plain(pathname: string): string | null {
  if (/%(?:2f|5c|25|2e)|[;\\]/i.test(pathname)) return null;
  let path: string;
  try {
    path = decodeURIComponent(pathname);
  } catch {
    return null;
  }
  if (/[\p{Cc};]/u.test(path) || path !== path.normalize('NFKC')) return null;
  const parts = path
    .toLowerCase()
    .split('/')
    .map((part) => part.trim());
  if (parts.some((part) => part === '.' || part === '..')) return null;
  return `/${parts.filter((part) => part !== '').join('/')}`;
}
