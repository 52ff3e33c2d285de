import { sharedStore as sharedStoreOf } from './adapters/browser/shared-store.js';
import type { SharedStoreOptions } from './adapters/browser/shared-store.js';
import { webStore as webStoreOf } from './adapters/browser/web-store.js';
import { platformClock as clock } from './adapters/platform/platform.js';
import type { Store } from './services/ports.js';

export type { SharedStoreOptions } from './adapters/browser/shared-store.js';

/**
 * The store of a page by default: tokens are in memory only, and end with the page (OAuth 2.0 for Browser-Based
 * Applications §8). Pending flows are in the `sessionStorage` of the tab, so that a sign-in survives the way to the
 * provider and back; the verifier leaves it when the callback is claimed. Other tabs know nothing of this one, so each signs in
 * for itself.
 *
 * A tab that the person duplicates between the two halves of a sign-in has a copy of its pending flow.
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
