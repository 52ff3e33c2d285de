import { isBrowser, platformClock as clock, platformTransport } from './adapters/platform/platform.js';
import { originOfPages } from './adapters/server/relay-origin.js';
import { relayOf } from './adapters/server/relay.js';
import type { Relay } from './adapters/server/relay.js';
import { resolveConfiguration } from './services/configuration.js';
import type { Transport } from './services/ports.js';
import type { Provider } from './services/provider/provider.js';

export { createAuthHandler } from './adapters/server/auth-handler.js';
export type { AuthHandler } from './adapters/server/auth-handler.js';
export type { AuthHandlerOptions, FailureHook } from './adapters/server/desk.js';
export type { SessionName } from './adapters/server/identity.js';
export type { LoginOptions } from './adapters/server/sign-in.js';
export type { Relay } from './adapters/server/relay.js';

export interface RelayOptions {
  readonly provider: Provider;
  /** Of the page's client; no other is served. */
  readonly clientId: string;
  /** Of a confidential app: the relay adds it by HTTP Basic, and the page never has it. */
  readonly clientSecret?: string | undefined;
  /** Of the pages that are served, such as `https://app.example`. */
  readonly origin: string;
  /** Default: the runtime's fetch. `nodeTransport()` of `authchart/node` obeys HTTP_PROXY, and tells what was never sent. */
  readonly transport?: Transport | undefined;
}

/**
 * Lets pages of one origin reach a provider that answers no page (no CORS, as X): one address, which takes POST from
 * `relayTransport()` of `authchart/browser`, and forwards to the provider's token endpoint, revocation endpoint and API
 * origins alone. It keeps nothing, logs nothing and follows no redirect; bodies have at most 8 MiB each way, and a
 * request takes 25 seconds at most.
 *
 * The page holds the tokens all the same. Where a browser should never see one, use {@link createAuthHandler}
 * (OAuth 2.0 for Browser-Based Applications §6).
 *
 * @throws {@link AuthError} `invalid_provider`, `invalid_client_id`, `invalid_client_secret`, `secret_in_browser`,
 * `invalid_option`
 *
 * @example
 * ```ts
 * const serve = relay({ provider: x, clientId: 'my-client-id', origin: 'https://app.example' });
 *
 * export const POST = (request: Request) => serve(request); // at the path that relayTransport() names
 * ```
 */
export function relay({ origin, transport = platformTransport, ...options }: RelayOptions): Relay {
  const { provider, clientId, clientSecret } = resolveConfiguration(options, { browser: isBrowser() });
  return relayOf({ provider, clientId, clientSecret, origin: originOfPages(origin) }, { clock, transport });
}
