import { memoryStore as memoryStoreOf } from './adapters/memory/memory-store.js';
import {
  isBrowser,
  platformClock as clock,
  platformCryptography as cryptography,
  platformTransport,
} from './adapters/platform/platform.js';
import { createClientOf } from './client/create-client.js';
import type { Client, ClientOptions } from './client/create-client.js';
import { standaloneServices } from './client/standalone.js';
import type { Store, Transport, UserAgent } from './services/ports.js';

export * from './client/public.js';

export interface PlatformClientOptions extends ClientOptions {
  /** Default: memory, which lasts as long as the page or process. */
  readonly store?: Store;
  /** Default: the global fetch. */
  readonly transport?: Transport;
  /** Default: none, so `begin` and `complete` but no `login`. */
  readonly userAgent?: UserAgent;
}

/**
 * A client for any runtime with fetch and WebCrypto. On Node, `authchart/node` presets more.
 *
 * @throws {@link AuthError} of phase `configuration`
 *
 * @example
 * ```ts
 * const client = createClient({ provider: x, clientId: 'my-client-id' });
 * const { url } = await client.begin();
 * ```
 */
export function createClient({
  store = memoryStore(),
  transport = platformTransport,
  userAgent,
  ...options
}: PlatformClientOptions): Client {
  const keepAlive = () => () => {};
  const runtime = { clock, cryptography, transport, store, browser: isBrowser(), keepAlive };
  return createClientOf({ ...runtime, userAgent: userAgent ?? null }, options);
}

/** A store that lasts as long as the page or process. */
export const memoryStore = (): Store => memoryStoreOf({ clock });

export const { authorizationRequest, exchangeCode, renewTokens, discover } = standaloneServices({
  clock,
  cryptography,
  transport: platformTransport,
  browser: isBrowser(),
});
