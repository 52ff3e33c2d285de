import { memoryStore as memoryStoreOf } from './adapters/memory/memory-store.js';
import {
  isBrowser,
  platformClock as clock,
  platformCryptography as cryptography,
  platformTransport,
} from './adapters/platform/platform.js';
import { standaloneWhenNeeded, whenNeeded } from './client/chunks/when-needed.js';
import { createClientOf } from './client/create-client.js';
import type { Client, ClientOptions } from './client/create-client.js';
import { standaloneServices } from './client/standalone.js';
import { leases as leasesOf } from './services/lease.js';
import type { Standalone } from './client/standalone.js';
import type { Store, Transport, UserAgent } from './services/ports.js';

export * from './client/public.js';
export { sealed } from './adapters/sealed/sealed-store.js';
export type { SealedOptions, SealingKey } from './adapters/sealed/sealed-store.js';

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
  const dispose = () => Promise.resolve();
  const runtime = { clock, cryptography, transport, store, browser: isBrowser(), keepAlive, dispose };
  return createClientOf({ ...runtime, userAgent: userAgent ?? null }, options, whenNeeded());
}

/** A store that lasts as long as the page or process. */
export const memoryStore = (): Store => memoryStoreOf({ clock });

/**
 * Locks for a store of your own that processes share, over its compare-and-set: a lease is an entry with a time to live,
 * and no connection is held while one is.
 *
 * @param entries - where locks live, apart from records: under a prefix of their own, say
 *
 * @example
 * ```ts
 * const store: Store = { ...entriesOf('record'), lock: leases(entriesOf('lock')) };
 * ```
 */
export const leases = (entries: Pick<Store, 'read' | 'write' | 'remove'>): Store['lock'] =>
  leasesOf(entries, { clock, randomBytes: (length) => cryptography.randomBytes(length) });

// Made at each call, for a bundle without them to hold nothing of them.
const standalone = () =>
  standaloneServices(
    { clock, cryptography, transport: platformTransport, browser: isBrowser() },
    standaloneWhenNeeded(),
  );

/**
 * An authorization URL with the verifier and state that belong to it (RFC 6749 §4.1.1, RFC 7636 §4). Nothing is
 * remembered: keep both for the user agent that opens the URL, and give them to {@link exchangeCode}.
 *
 * @throws {@link AuthError} of phase `configuration`
 *
 * @example
 * ```ts
 * const { url, codeVerifier, state } = await authorizationRequest({ provider: x, clientId: 'YOUR_CLIENT_ID' });
 * ```
 */
export const authorizationRequest: Standalone['authorizationRequest'] = (...given) =>
  standalone().authorizationRequest(...given);

/**
 * Checks a whole callback URL and exchanges its code (RFC 6749 §4.1.3, RFC 7636 §4.5): state, address, issuer, error,
 * code, and only then one request. `expires_at` is in Unix seconds, `expires_in` in seconds.
 *
 * @throws {@link AuthError} of phase `configuration`, `callback` or `exchange`, `chunk_unavailable`
 */
export const exchangeCode: Standalone['exchangeCode'] = (...given) => standalone().exchangeCode(...given);

/**
 * Spends a refresh token (RFC 6749 §6). `session.renew` sees to it that nobody spends it twice; this does not.
 *
 * @throws {@link AuthError} of phase `configuration` or `renewal`, `chunk_unavailable`
 */
export const renewTokens: Standalone['renewTokens'] = (...given) => standalone().renewTokens(...given);

/**
 * A provider from the metadata its issuer publishes (RFC 8414), with what metadata cannot say given as overrides.
 *
 * @throws {@link AuthError} `issuer_mismatch`, `discovery_failed`, `invalid_provider`, `chunk_unavailable`
 */
export const discover: Standalone['discover'] = (...given) => standalone().discover(...given);
