import type { Client, Session } from '../../client/public.js';
import type { Failure } from '../../machines/vocabulary.js';
import { AuthError } from '../../services/auth-error.js';
import { offerCallback } from './callback-messages.js';
import { takeReturn } from './page-storage.js';

/** What brought the person to this page. */
export type Landing =
  /** No callback: an ordinary page. */
  | { readonly outcome: 'elsewhere' }
  /** This is the window of a popup: the page that opened it has the callback, and this one is being closed. */
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
 * it does, at once, is to take the code out of the address, the history and the referrer; the page the sign-in began on
 * takes its place.
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
  const url = location.href;
  if (!isCallback(redirectUri, url)) return { outcome: 'elsewhere' };
  const returnTo = takeReturn();
  // Whole, for a <base> of the document would lead a path elsewhere.
  history.replaceState(null, '', location.origin + (returnTo ?? location.pathname));
  // A tab that was redirected completes for itself. Any other is a window that somebody may be waiting for.
  if (returnTo === null && (await offerCallback(url))) {
    window.close();
    return { outcome: 'handedOver' };
  }
  try {
    return { outcome: 'signedIn', session: await client.authorization(session).complete(url) };
  } catch (error) {
    if (error instanceof AuthError) return { outcome: 'failed', failure: error.failure };
    throw error;
  }
}

/** RFC 6749 §4.1.2: what a callback carries, at the address it was asked to come to. */
function isCallback(redirectUri: string | undefined, url: string): boolean {
  const { origin, pathname, searchParams } = new URL(url);
  if (!searchParams.has('state') || !(searchParams.has('code') || searchParams.has('error'))) return false;
  if (redirectUri === undefined) return true;
  const registered = new URL(redirectUri);
  return registered.origin === origin && registered.pathname === pathname;
}
