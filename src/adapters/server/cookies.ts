import type { Site } from './site.js';

/**
 * Cookies of one handler. `__Host-` binds them to this very host (no domain, path `/`, https only), so that neither a
 * sibling domain nor somebody on the wire can plant one (RFC 6265bis §4.1.3). On http, which is for development on
 * loopback, browsers disagree about the prefix and `Secure`, so both are left out.
 */
export interface Cookies {
  readonly session: string;
  /** A cookie per sign-in, found again by what tells its callback from others. */
  flow(tag: string): string;
  isFlow(name: string): boolean;
  set(name: string, value: string, maxAge: number | null): string;
  clear(name: string): string;
}

export function cookiesOf({ secure, paths }: Site): Cookies {
  const prefix = secure ? '__Host-authchart' : 'authchart';
  // Handlers of several providers may share a host; each has a folder of its own.
  const folders = paths.callback.split('/').slice(1, -1);
  const handler = folders.map((folder) => `.${folder.replaceAll(/[^\w-]/g, '_')}`).join('');
  const flows = `${prefix}-flow${handler}.`;
  // Strict would not be sent on the way back from the provider, nor to the page that the callback leads to.
  const attributes = `; Path=/; HttpOnly; SameSite=Lax${secure ? '; Secure' : ''}`;
  const set = (name: string, value: string, maxAge: number | null) =>
    `${name}=${value}${attributes}${maxAge === null ? '' : `; Max-Age=${maxAge}`}`;
  return {
    session: `${prefix}-session${handler}`,
    flow: (tag) => flows + tag,
    isFlow: (name) => name.startsWith(flows) && !name.slice(flows.length).includes('.'),
    set,
    clear: (name) => set(name, '', 0),
  };
}

/** Name and value of each cookie a browser sent, in its order: the oldest first (RFC 6265 §5.4). */
export function sentCookies(request: Request): ReadonlyArray<readonly [name: string, value: string]> {
  return (request.headers.get('cookie') ?? '').split(';').map((pair) => {
    // Only what browsers put between cookies. Any other space, U+00A0 say, is part of a name that lacks the prefix's
    // protection, which a sibling domain can set.
    const [name = '', ...value] = pair.replace(/^[ \t]+/, '').split('=');
    return [name, value.join('=')] as const;
  });
}

/** The one cookie of that name. A browser has one; a second was put there by somebody else, so neither counts. */
export function onlyCookie(request: Request, wanted: string): string | null {
  const values = sentCookies(request).flatMap(([name, value]) => (name === wanted ? [value] : []));
  return values.length === 1 ? (values[0] ?? null) : null;
}
