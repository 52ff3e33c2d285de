import { fileStore as fileStoreOf } from './adapters/file/file-store.js';
import { memoryStore as memoryStoreOf } from './adapters/memory/memory-store.js';
import { keepAlive, nodeClock as clock } from './adapters/node/node-clock.js';
import { nodeTransport } from './adapters/node/node-transport.js';
import { nodeUserAgent } from './adapters/node/node-user-agent.js';
import { platformCryptography as cryptography } from './adapters/platform/platform.js';
import { createClientOf } from './client/create-client.js';
import type { BeginOptions, Client, ClientOptions } from './client/create-client.js';
import type { Session } from './client/session.js';
import { standaloneServices } from './client/standalone.js';
import type { Store, Transport, UserAgent } from './services/ports.js';

export * from './client/public.js';
export { nodeTransport } from './adapters/node/node-transport.js';
export type { NodeTransportOptions } from './adapters/node/node-transport.js';
export { nodeUserAgent } from './adapters/node/node-user-agent.js';
export type { NodeUserAgentOptions } from './adapters/node/node-user-agent.js';

export interface NodeClientOptions extends ClientOptions {
  /** Default: memory. {@link fileStore} survives restarts and is shared by processes. */
  readonly store?: Store;
  /** Default: {@link nodeTransport}, which obeys HTTP_PROXY, HTTPS_PROXY and NO_PROXY. */
  readonly transport?: Transport;
  /** Default: {@link nodeUserAgent}, the person's browser and a loopback listener. */
  readonly userAgent?: UserAgent;
}

/**
 * A client for Node.
 *
 * @throws {@link AuthError} of phase `configuration`
 *
 * @example
 * ```ts
 * const client = createClient({ provider: x, clientId: 'my-client-id', redirectUri: 'http://127.0.0.1:8976/callback' });
 * ```
 */
export function createClient({
  store = memoryStore(),
  transport = nodeTransport(),
  userAgent = nodeUserAgent(),
  ...options
}: NodeClientOptions): Client {
  return createClientOf(
    { clock, cryptography, transport, store, userAgent, browser: false, keepAlive },
    options,
  );
}

/**
 * Signs in with the person's browser, or another user agent the client was given.
 *
 * @throws {@link AuthError} as {@link Client.login}
 */
export const login = (client: Client, options?: BeginOptions): Promise<Session> => client.login(options);

/** A store that lasts as long as the process. */
export const memoryStore = (): Store => memoryStoreOf({ clock });

/**
 * A store in a directory, shared by the processes of one machine. Files are readable by their owner only (0600).
 *
 * @throws {@link AuthError} from its methods: `store_unavailable`, `record_unreadable`, `record_other_version`
 */
export const fileStore = (directory: string): Store => fileStoreOf({ directory, clock });

export const { authorizationRequest, exchangeCode, renewTokens, discover } = standaloneServices({
  clock,
  cryptography,
  transport: nodeTransport(),
  browser: false,
});
