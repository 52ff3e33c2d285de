import { online } from './adapters/browser/online.js';
import { popup } from './adapters/browser/popup.js';
import { redirect } from './adapters/browser/redirect.js';
import {
  isBrowser,
  platformClock as clock,
  platformCryptography as cryptography,
  platformTransport,
} from './adapters/platform/platform.js';
import { whenNeeded } from './client/chunks/when-needed.js';
import { createClientOf } from './client/create-client.js';
import type { Client } from './client/create-client.js';
import { memoryStore } from './index.js';
import { AuthError } from './services/auth-error.js';
import type { PlatformClientOptions } from './index.js';

export * from './index.js';
export { callbackPage } from './adapters/browser/callback-page.js';
export type { CallbackPageOptions, Landing } from './adapters/browser/callback-page.js';
export { popup } from './adapters/browser/popup.js';
export type { PopupOptions } from './adapters/browser/popup.js';
export { redirect } from './adapters/browser/redirect.js';
export { relayTransport } from './adapters/browser/relay-transport.js';

/**
 * A client for a page. Tokens are in its memory only, and gone with it. Signs in by {@link redirect} unless told otherwise; a sign-in may name
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
  store = memoryStore(),
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
