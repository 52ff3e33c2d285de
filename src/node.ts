import { fileStore as fileStoreOf } from './adapters/file/file-store.js';
import { createInspection } from './adapters/inspector/inspection.js';
import type { Inspection, InspectorPage } from './adapters/inspector/inspection.js';
import { memoryStore as memoryStoreOf } from './adapters/memory/memory-store.js';
import { keepAlive, nodeClock as clock } from './adapters/node/node-clock.js';
import { nodeProcessName } from './adapters/node/process-name.js';
import { nodeTransport } from './adapters/node/node-transport.js';
import { nodeUserAgent } from './adapters/node/node-user-agent.js';
import { platformCryptography as cryptography } from './adapters/platform/platform.js';
import { atOnce, standaloneAtOnce } from './client/chunks/at-once.js';
import { createClientOf } from './client/create-client.js';
import type { Client, ClientOptions } from './client/create-client.js';
import { inspectFlow } from './client/inspection/inspect-flow.js';
import { stepwise } from './client/inspection/stepwise.js';
import type { LoginOptions } from './client/requests.js';
import type { Session } from './client/session.js';
import { standaloneServices } from './client/standalone.js';
import { leases as leasesOf } from './services/lease.js';
import { AuthError } from './services/auth-error.js';
import type { Standalone } from './client/standalone.js';
import type { Store, Transport, UserAgent } from './services/ports.js';

export * from './client/public.js';
export type { InspectorPage } from './adapters/inspector/inspection.js';
export { nodeListener } from './adapters/node/node-listener.js';
export type { NodeListener } from './adapters/node/node-listener.js';
export { webRequest } from './adapters/node/web-request.js';
export type { NodeRequest } from './adapters/node/web-request.js';
export { nodeTransport } from './adapters/node/node-transport.js';
export type { NodeTransportOptions } from './adapters/node/node-transport.js';
export { nodeUserAgent } from './adapters/node/node-user-agent.js';
export type { NodeUserAgentOptions } from './adapters/node/node-user-agent.js';
export { sealed } from './adapters/sealed/sealed-store.js';
export type { SealedOptions, SealingKey } from './adapters/sealed/sealed-store.js';

export interface NodeClientOptions extends Omit<ClientOptions, 'inspect'> {
  /** Default: memory. {@link fileStore} survives restarts and is shared by processes. */
  readonly store?: Store;
  /** Default: {@link nodeTransport}, which obeys HTTP_PROXY, HTTPS_PROXY and NO_PROXY. */
  readonly transport?: Transport;
  /** Default: {@link nodeUserAgent}, the person's browser and a loopback listener. */
  readonly userAgent?: UserAgent;
  /**
   * `true` shows this client in a page on this machine, until the client is closed; `'guided'` lets each step wait there for
   * somebody who presses Next, and stops the client's clock meanwhile. For development. No secret is shown.
   * A function or an observer receives XState's inspection events, as {@link ClientOptions.inspect}.
   */
  readonly inspect?: ClientOptions['inspect'] | boolean | 'guided';
  /** Is told where that page is. Default: a line on stderr. */
  readonly showInspector?: (page: InspectorPage) => void;
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
export function createClient({ inspect, showInspector, ...options }: NodeClientOptions): Client {
  if (typeof inspect === 'object' || typeof inspect === 'function')
    return clientIn({ clock }, { ...options, inspect });
  if (!inspect) return clientIn({ clock }, options);
  if (inspect !== true && inspect !== 'guided')
    throw new AuthError('invalid_option', {
      detail: 'The option "inspect" is true, \'guided\', or a function.',
    });
  const inspection = createInspection({ guided: inspect === 'guided', clock, show: showInspector });
  const client = clientIn(inspection, options);
  inspection.begin((sink) => inspectFlow(client, sink));
  return client;
}

function clientIn(
  { clock, gate, close }: Pick<Inspection, 'clock'> & Partial<Inspection>,
  {
    store = memoryStoreOf({ clock }),
    transport,
    userAgent = nodeUserAgent(),
    ...options
  }: ClientOptions & Pick<NodeClientOptions, 'store' | 'transport' | 'userAgent'>,
): Client {
  const own = nodeTransport();
  // A transport that was passed in may serve other clients too.
  const dispose = async () => void (await Promise.all([own.close(), close?.()]));
  const runtime = {
    clock,
    pace: gate && stepwise(gate),
    cryptography,
    transport: transport ?? own,
    store,
    userAgent,
    browser: false,
  };
  return createClientOf({ ...runtime, process: nodeProcessName, keepAlive, dispose }, options, atOnce);
}

/**
 * Signs in with the person's browser, or another user agent the client was given.
 *
 * @throws {@link AuthError} as {@link Client.login}
 */
export const login = (client: Client, options?: LoginOptions): Promise<Session> => client.login(options);

/** A store that lasts as long as the process. */
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

/**
 * A store in a directory, shared by the processes of one machine. Files are readable by their owner only (0600), and not
 * encrypted: see {@link sealed}.
 *
 * @throws {@link AuthError} from its methods: `store_unavailable`, `record_unreadable`, `record_other_version`
 */
export const fileStore = (directory: string): Store => fileStoreOf({ directory, clock });

const standalone = standaloneServices(
  { clock, cryptography, transport: nodeTransport(), browser: false },
  standaloneAtOnce,
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
export const authorizationRequest: Standalone['authorizationRequest'] = standalone.authorizationRequest;

/**
 * Checks a whole callback URL and exchanges its code (RFC 6749 §4.1.3, RFC 7636 §4.5): state, address, issuer, error,
 * code, and only then one request. `expires_at` is in Unix seconds, `expires_in` in seconds.
 *
 * @throws {@link AuthError} of phase `configuration`, `callback` or `exchange`
 */
export const exchangeCode: Standalone['exchangeCode'] = standalone.exchangeCode;

/**
 * Spends a refresh token (RFC 6749 §6). `session.renew` sees to it that nobody spends it twice; this does not.
 *
 * @throws {@link AuthError} of phase `configuration` or `renewal`
 */
export const renewTokens: Standalone['renewTokens'] = standalone.renewTokens;

/**
 * A provider from the metadata its issuer publishes (RFC 8414), with what metadata cannot say given as overrides.
 *
 * @throws {@link AuthError} `issuer_mismatch`, `discovery_failed`, `invalid_provider`
 */
export const discover: Standalone['discover'] = standalone.discover;
