import type { Client, Session } from '../../client/public.js';
import type { Failure } from '../../machines/vocabulary.js';
import { AuthError } from '../../services/auth-error.js';
import { offerCallback } from './callback-messages.js';
import { takeReturn } from './page-storage.js';

/** What brought the person to this page. */
export type Landing =
  /** No callback: an ordinary page. */
  | { readonly outcome: 'elsewhere' }
  /** This is the window of a popup: the page that opened it has the callback, and this one is being closed, if it can be. */
  | { readonly outcome: 'handedOver' }
  | { readonly outcome: 'signedIn'; readonly session: Session }
  | { readonly outcome: 'failed'; readonly failure: Failure };

export interface CallbackPageOptions {
  /** The redirect URI that sign-ins of this page name, if not the client's. */
  readonly redirectUri?: string;
  /** The session whose {@link Authorization} shows what becomes of the callback. Default: `default`. */
  readonly session?: string;
}

const landings = new WeakMap<Client, Promise<Landing>>();

/**
 * Takes the callback if this page is at the client's redirect URI, and completes the sign-in, once: called again, by
 * StrictMode or a module that was loaded anew, it gives the same. Call it before anything else runs, for the first thing
 * it does, at once, is to take the code out of the address; the page the sign-in began on takes its place. What a browser
 * keeps of how the page was loaded no script can change: let that address be served with `Referrer-Policy: no-referrer`
 * and `frame-ancestors 'none'`, and without scripts of others. Never rejects.
 *
 * @example
 * ```ts
 * const landing = await callbackPage(client);
 * if (landing.outcome === 'failed') console.log(landing.failure.message);
 * ```
 */
export function callbackPage(client: Client, options: CallbackPageOptions = {}): Promise<Landing> {
  const present = landings.get(client);
  if (present) return present;
  const landing = land(client, options);
  landings.set(client, landing);
  return landing;
}

async function land(
  client: Client,
  { session, redirectUri = client.redirectUri ?? undefined }: CallbackPageOptions,
): Promise<Landing> {
  // A server that renders the page has no address.
  if (!('document' in globalThis)) return { outcome: 'elsewhere' };
  const url = location.href;
  if (!isCallback(redirectUri, url)) return { outcome: 'elsewhere' };
  const returnTo = takeReturn(new URL(url).searchParams.get('state') ?? '');
  if (!clean(returnTo ?? location.pathname))
    return failed(new AuthError('unexpected', { phase: 'callback' }));
  // Another page may have framed this one to sign somebody in who has not asked for it (RFC 9700 §4.16).
  if (window.top !== window) return failed(new AuthError('callback_framed'));
  // A tab that was redirected completes for itself. Any other is a window that somebody may be waiting for.
  if (returnTo === null && (await offerCallback(url))) {
    window.close();
    return { outcome: 'handedOver' };
  }
  try {
    return { outcome: 'signedIn', session: await client.authorization(session).complete(url) };
  } catch (error) {
    return failed(error instanceof AuthError ? error : new AuthError('unexpected', { phase: 'callback' }));
  }
}

const failed = ({ failure }: AuthError): Landing => ({ outcome: 'failed', failure });

/** Browsers refuse addresses of other origins, and some too many in a row; what they throw then quotes the address. */
function clean(path: string): boolean {
  try {
    // Whole: a path that begins with two slashes, or a <base> of the document, would lead elsewhere.
    history.replaceState(null, '', location.origin + path);
    return true;
  } catch {
    return false;
  }
}

/**
 * RFC 6749 §4.1.2: what a callback carries, at the address it was asked to come to. There a part of it is enough, also
 * in the fragment: it is refused in the words of a callback, and out of the address.
 */
function isCallback(redirectUri: string | undefined, url: string): boolean {
  const { origin, pathname, searchParams, hash } = new URL(url);
  if (redirectUri === undefined)
    return searchParams.has('state') && (searchParams.has('code') || searchParams.has('error'));
  const fragment = new URLSearchParams(hash.slice(1));
  if (!['code', 'state', 'error'].some((name) => searchParams.has(name) || fragment.has(name))) return false;
  const registered = new URL(redirectUri);
  return registered.origin === origin && registered.pathname === pathname;
}
