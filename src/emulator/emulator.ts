import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type EmulatorClock, createClock } from './clock.js';
import { type EmulatorEndpoints, endpointsOf } from './endpoints.js';
import { createListener } from './http.js';
import type { EmulatorRequest } from './message.js';
import { Recorder } from './record.js';
import { addRedirectUri, confidentialApp, defaultUser, publicApp, registerApp } from './registration.js';
import type { EmulatorCounters } from './routes.js';
import { type EmulatorApp, type EmulatorUser, type ReusePolicy, type State, findApp } from './state.js';
import type { RecordedTokenRequest } from './token-record.js';

export { type ConsentDecision, type ConsentOutcome, consent } from './person.js';
export { confidentialApp, defaultUser, publicApp } from './registration.js';
export { emulatorSecret } from './secrets.js';
export type { EmulatorClock } from './clock.js';
export type { EmulatorEndpoints } from './endpoints.js';
export type { EmulatorRequest as RecordedRequest } from './message.js';
export type { EmulatorCounters } from './routes.js';
export type { EmulatorApp, EmulatorUser, ReusePolicy } from './state.js';
export type { RecordedTokenRequest } from './token-record.js';

export interface EmulatorOptions {
  /** Default: {@link publicApp} and {@link confidentialApp}. */
  apps?: readonly EmulatorApp[];
  /** At least one; the first is signed in in the browser, the others can be picked on the consent page. Default: {@link defaultUser}. */
  users?: readonly EmulatorUser[];
  /** Default: 0, a free port. */
  port?: number;
  /**
   * Milliseconds since the epoch: a moment at which the clock starts and then stands still, or a clock of its own, one that runs
   * twenty times as fast say. Default: the real clock.
   */
  now?: number | (() => number);
  /** Seconds. Default: 30. */
  codeTtl?: number;
  /** Seconds. Default: 7200. */
  accessTokenTtl?: number;
  /** Seconds, counted anew at every rotation. Default: 180 days. */
  refreshTokenTtl?: number;
  /** What a refresh token brings that is sent again after it was spent; `grace` in seconds. Default: `refuse`. */
  reuse?: ReusePolicy;
  /**
   * Origins whose pages token endpoint, revocation endpoint and `/2/users/me` answer (CORS). Default: none, as at X.
   */
  allowedOrigins?: readonly string[];
}

export interface Emulator {
  /** `http://127.0.0.1:PORT` */
  readonly origin: string;
  readonly endpoints: EmulatorEndpoints;
  readonly apps: readonly EmulatorApp[];
  readonly users: readonly EmulatorUser[];
  readonly clock: EmulatorClock;
  /** Live: the same object counts on. */
  readonly counters: EmulatorCounters;
  /** The newest 1000, oldest first, whatever their path. They hold secrets as they were sent: do not log them. */
  readonly requests: readonly EmulatorRequest[];
  /** Every code and refresh token that reached the token endpoint, oldest first. Holds no secret, and is not cut. */
  readonly tokenRequests: readonly RecordedTokenRequest[];
  /**
   * Registers one more redirect URI, for a listener that has just picked its port. The limit of 10 does not apply.
   *
   * @throws TypeError when no app has this client id, or the URI is not absolute or has a fragment.
   */
  registerRedirectUri(clientId: string, uri: string): void;
  /** Stops listening and ends every connection. May be called again. */
  close(): Promise<void>;
}

/**
 * Starts an authorization server on 127.0.0.1 that behaves as X's does: consent page, codes of 30 seconds, PKCE,
 * rotation, X's error bodies, `GET /2/users/me` with its rate limit. It keeps the process alive until it is closed.
 *
 * @throws TypeError or RangeError when an app or the list of users is one that X would not have.
 * @throws the error of `listen` (`code: 'EADDRINUSE'`) when the port is taken.
 * @example
 * const emulator = await startEmulator({ now: 0 })
 * const { callbackUrl } = await consent(authorizationUrl)
 * emulator.clock.advance(30_000) // the code in callbackUrl is dead now
 * await emulator.close()
 */
export async function startEmulator(options: EmulatorOptions = {}): Promise<Emulator> {
  const server = createServer();
  const draft = createState(options);
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(options.port ?? 0, '127.0.0.1', resolve);
  });
  const state = { ...draft, origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}` };
  const recorder = new Recorder();
  server.on('request', createListener(state, recorder));

  const closed = new Promise<void>((resolve) => server.once('close', resolve));
  return {
    origin: state.origin,
    endpoints: endpointsOf(state.origin),
    apps: state.apps,
    users: state.users,
    clock: state.clock,
    counters: recorder.counters,
    requests: recorder.requests,
    tokenRequests: state.tokenRequests,
    registerRedirectUri: (clientId, uri) => addRedirectUri(findApp(state, clientId), uri),
    close() {
      server.close();
      server.closeAllConnections();
      return closed;
    },
  };
}

function createState(options: EmulatorOptions): Omit<State, 'origin'> {
  const { apps = [publicApp, confidentialApp], users = [defaultUser] } = options;
  if (users.length === 0) throw new TypeError('An emulator needs at least one user.');
  return {
    clock: createClock(options.now),
    lifetimes: {
      code: options.codeTtl ?? 30,
      accessToken: options.accessTokenTtl ?? 7200,
      refreshToken: options.refreshTokenTtl ?? 180 * 24 * 60 * 60,
    },
    reuse: options.reuse ?? 'refuse',
    allowedOrigins: options.allowedOrigins ?? [],
    apps: apps.map(registerApp),
    users: [...users],
    consents: new Map(),
    codes: new Map(),
    tokens: new Map(),
    tokenRequests: [],
    rateWindows: new Map(),
  };
}
