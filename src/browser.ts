import { online } from './adapters/browser/online.js';
import { popup } from './adapters/browser/popup.js';
import { redirect } from './adapters/browser/redirect.js';
import { sharedStore as sharedStoreOf } from './adapters/browser/shared-store.js';
import type { SharedStoreOptions } from './adapters/browser/shared-store.js';
import { webStore as webStoreOf } from './adapters/browser/web-store.js';
import {
  isBrowser,
  platformClock as clock,
  platformCryptography as cryptography,
  platformTransport,
} from './adapters/platform/platform.js';
import { whenNeeded } from './client/chunks/when-needed.js';
import { createClientOf } from './client/create-client.js';
import type { Client } from './client/create-client.js';
import { AuthError } from './services/auth-error.js';
import type { PlatformClientOptions } from './index.js';
import type { Store } from './services/ports.js';

export * from './index.js';
export { callbackPage } from './adapters/browser/callback-page.js';
export type { CallbackPageOptions, Landing } from './adapters/browser/callback-page.js';
export { popup } from './adapters/browser/popup.js';
export type { PopupOptions } from './adapters/browser/popup.js';
export { redirect } from './adapters/browser/redirect.js';
export type { SharedStoreOptions } from './adapters/browser/shared-store.js';
export { relayTransport } from './adapters/browser/relay-transport.js';

/**
 * A client for a page, with {@link webStore} unless told otherwise: tokens are in memory only, and gone with the page. Signs in by {@link redirect} unless told otherwise; a sign-in may name
 * `redirect` or `popup`.
 *
 * @throws {@link AuthError} of phase `configuration`
 *
 * @example
 * ```ts
 * const client = createClient({
 *   provider: x,
 *   clientId: 'my-client-id',
 *   redirectUri: 'https://app.example/callback',
 *   transport: relayTransport('/auth/relay'),
 * });
 * ```
 */
export function createClient({
  store = webStore(),
  transport,
  userAgent = redirect(),
  ...options
}: PlatformClientOptions): Client {
  // Found out now, and not when the first code is lost to a request that no browser lets through.
  if (!transport && options.provider?.crossOrigin === false) {
    throw new AuthError('invalid_option', {
      detail: `${options.provider.name} answers no page of another origin (CORS). Mount relay() of authchart/server, and give the client "transport: relayTransport('/auth/relay')".`,
    });
  }
  const userAgents = { redirect: redirect(), popup: popup() };
  const keepAlive = () => () => {};
  const dispose = () => Promise.resolve();
  const runtime = {
    clock,
    cryptography,
    transport: transport ?? platformTransport,
    store,
    userAgent,
    userAgents,
    online,
    keepAlive,
    dispose,
  };
  return createClientOf({ ...runtime, browser: isBrowser() }, options, whenNeeded());
}

/**
 * The store of a page by default: tokens are in memory only, and end with the page (OAuth 2.0 for Browser-Based
 * Applications §8). Pending flows are in the `sessionStorage` of the tab, so that a sign-in survives the way to the
 * provider and back; the verifier leaves it when the callback is claimed. Other tabs know nothing of this one, so each signs in
 * for itself.
 *
 * A tab that the person duplicates between the two halves of a sign-in has a copy of its pending flow, and so has a window
 * that the application opens itself without `noopener`. A callback that were opened in both would be sent by both, and a
 * strict provider ends the session then.
 *
 * @throws {@link AuthError} from its methods: `store_unavailable` where site data are blocked or full,
 *   `record_unreadable`
 *
 * @example
 * ```ts
 * const client = createClient({ provider: x, clientId: 'YOUR_CLIENT_ID', store: webStore() });
 * ```
 */
export const webStore = (): Store => webStoreOf({ clock });

/**
 * Sessions and pending flows in IndexedDB, for all tabs of this origin: people stay signed in when they close the page, tabs
 * renew once between them, and who signs out in one is signed out in all.
 *
 * **An explicit choice, for it puts the refresh token on disk, in clear.** Every script of the origin can read it there at any
 * time: one injected by XSS, one of a dependency or a tag manager; so can browser extensions with access to the site, and
 * whoever can read the person's disk or its backups, also for a while after signing out. The default, {@link webStore},
 * keeps tokens in memory; a server that holds them (`authchart/server`) keeps them from scripts altogether.
 * Take this one if the provider rotates refresh tokens or lets them end soon, and the page has a strict
 * Content-Security-Policy (OAuth 2.0 for Browser-Based Applications §8).
 *
 * @throws {@link AuthError} `invalid_option`; from its methods: `store_unavailable` where site data are blocked, full, or
 *   did not answer within 5 seconds, `record_unreadable`, `record_other_version`
 *
 * @example
 * ```ts
 * const client = createClient({ provider: x, clientId: 'YOUR_CLIENT_ID', store: sharedStore() });
 * ```
 */
export const sharedStore = (options: SharedStoreOptions = {}): Store => sharedStoreOf({ ...options, clock });
