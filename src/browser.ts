import { online } from './adapters/browser/online.js';
import { popup } from './adapters/browser/popup.js';
import { redirect } from './adapters/browser/redirect.js';
import {
  isBrowser,
  platformClock as clock,
  platformCryptography as cryptography,
  platformTransport,
} from './adapters/platform/platform.js';
import { createClientOf } from './client/create-client.js';
import type { Client } from './client/create-client.js';
import { memoryStore } from './index.js';
import type { PlatformClientOptions } from './index.js';

export * from './index.js';
export { callbackPage } from './adapters/browser/callback-page.js';
export type { CallbackPageOptions, Landing } from './adapters/browser/callback-page.js';
export { popup } from './adapters/browser/popup.js';
export type { PopupOptions } from './adapters/browser/popup.js';
export { redirect } from './adapters/browser/redirect.js';

/**
 * A client for a page. Tokens are in its memory only, and gone with it. Signs in by {@link redirect} unless told otherwise; a sign-in may name
 * `redirect` or `popup`.
 *
 * @throws {@link AuthError} of phase `configuration`
 *
 * @example
 * ```ts
 * const client = createClient({ provider: x, clientId: 'my-client-id', redirectUri: 'https://app.example/callback' });
 * ```
 */
export function createClient({
  store = memoryStore(),
  transport = platformTransport,
  userAgent = redirect(),
  ...options
}: PlatformClientOptions): Client {
  const userAgents = { redirect: redirect(), popup: popup() };
  const keepAlive = () => () => {};
  const dispose = () => Promise.resolve();
  const runtime = {
    clock,
    cryptography,
    transport,
    store,
    userAgent,
    userAgents,
    online,
    keepAlive,
    dispose,
  };
  return createClientOf({ ...runtime, browser: isBrowser() }, options);
}
