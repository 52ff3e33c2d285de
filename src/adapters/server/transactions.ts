import { onlyCookie, sentCookies } from './cookies.js';
import type { Cookies } from './cookies.js';
import { digest } from './digest.js';

/** What a browser keeps of a sign-in it began, in a cookie of its own. */
export interface Transaction {
  /** 256 bits that only this browser has (RFC 9700 §2.1). */
  readonly secret: string;
  readonly returnTo: string;
}

/** A browser may have so many sign-ins under way: tabs, and what was given up. */
const MOST = 5;

/** The state itself is not in the cookie; 128 bits of its digest find the cookie of a callback. */
const tagOf = async (state: string) => (await digest(state)).slice(0, 22);

/** The `Set-Cookie` headers that remember a sign-in, and forget the oldest where there are too many. */
export async function remember(
  request: Request,
  cookies: Cookies,
  { state, expiresAt }: { readonly state: string; readonly expiresAt: number },
  { secret, returnTo }: Transaction,
): Promise<string[]> {
  const under = sentCookies(request).flatMap(([name]) => (cookies.isFlow(name) ? [name] : []));
  const tooMany = [...new Set(under)].slice(0, -(MOST - 1));
  const maxAge = Math.max(1, Math.ceil((expiresAt - Date.now()) / 1000));
  const value = `${secret}.${encodeURIComponent(returnTo)}`;
  return [
    ...tooMany.map((name) => cookies.clear(name)),
    cookies.set(cookies.flow(await tagOf(state)), value, maxAge),
  ];
}

/** The sign-in of this browser that a callback belongs to, or `null`. */
export async function recall(request: Request, cookies: Cookies, state: string): Promise<Transaction | null> {
  const value = onlyCookie(request, cookies.flow(await tagOf(state)));
  const [, secret, encoded] = /^([\w-]{43})\.([\w\-.!~*'()%]*)$/.exec(value ?? '') ?? [];
  if (secret === undefined || encoded === undefined) return null;
  try {
    return { secret, returnTo: decodeURIComponent(encoded) };
  } catch {
    return { secret, returnTo: '' };
  }
}

export async function forget(cookies: Cookies, state: string): Promise<string> {
  return cookies.clear(cookies.flow(await tagOf(state)));
}
