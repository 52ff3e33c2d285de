import type {
  AuthorizationActor,
  AuthorizationMachine,
  AuthorizationSnapshot,
} from '../machines/authorization.machine.js';
import type { SignOutReport } from '../machines/vocabulary.js';
import { AuthError } from '../services/auth-error.js';
import { resolveConfiguration } from '../services/configuration.js';
import type { ConfigurationOptions } from '../services/configuration.js';
import type { ServicePorts } from '../services/service-ports.js';
import { redact, reveal } from '../services/redacted.js';
import { createRecords } from '../services/records/records.js';
import type { Accounts } from '../services/session/accounts.js';
import type { AdoptedTokens } from '../services/session/adopt-tokens.js';
import { createVault } from '../services/session/vault.js';
import { fromChunk, serviceOf } from './chunks/chunk.js';
import type { Chunks } from './chunks/chunks.js';
import { inspectable } from './inspection/inspected.js';
import type { CallListener } from './inspection/inspected.js';
import { createJobs } from './jobs.js';
import { processName } from './process-name.js';
import type { Explanation } from './recorder/explanation.js';
import { hear } from './recorder/hear.js';
import type { PendingLog } from './recorder/hear.js';
import { lookAgain } from './look-again.js';
import { provideServices } from './provide-services.js';
import type { Runtime } from './runtime.js';
import { bindingOf, requestOf, userAgentOf, wishesOf } from './requests.js';
import type { Begun, BeginOptions, CompleteOptions, LoginOptions } from './requests.js';
import { createSessionActors, until } from './session-actors.js';
import type { Inspector } from './session-actors.js';
import { createAuthorization } from './authorization.js';
import type { Authorization } from './authorization.js';
import { createSession } from './create-session.js';
import type { Cancellable, Session, SignOutOptions } from './session.js';
import { stateOf } from './state-of.js';

export interface ClientOptions extends ConfigurationOptions {
  /**
   * Receives XState's inspection events of every actor of this client. They hold no secret in clear: each is redacted
   * before it enters the machine.
   */
  readonly inspect?: Inspector;
  /**
   * Whether this client leaves word in the store of what it did, for {@link Session.explain} and {@link Client.explain}: of
   * each session its last 50 sign-ins, renewals, failures and ends, for 30 days after the last of them; of each sign-in the
   * last 20, for a day. An entry has a time, a word, the name of this process, the code of a failure; never a token, a
   * state, an account, or what a server wrote. It costs a read and a write beside each of these, which nothing waits for.
   * Switch it off where the store charges for writes. Default: `true`.
   */
  readonly flightRecorder?: boolean;
}

/**
 * One application at one provider. A page loads some of its code when it is first needed; then calls may also reject with
 * `chunk_unavailable`, and nothing was begun.
 */
export interface Client {
  /** The chart with this client's services, for `createActor` and the bindings of UI frameworks. */
  readonly machine: AuthorizationMachine;
  /** As configured, or the provider's; `null`: each `begin` names one. */
  readonly redirectUri: string | null;
  /** Whether the client has a secret (RFC 6749 §2.1). */
  readonly confidential: boolean;
  /**
   * Makes an authorization request and remembers what is needed to complete it, here or in another process
   * that shares the store (RFC 6749 §4.1.1, RFC 7636 §4).
   *
   * @throws {@link AuthError} of phase `configuration` or `store`, `cancelled`, `client_closed`
   */
  begin(options?: BeginOptions): Promise<Begun>;
  /**
   * Takes the whole callback URL and turns its code into a session, exactly once: the same callback again gives the
   * same outcome, wherever it arrives (RFC 6749 §4.1.2–4.1.4).
   *
   * @throws {@link AuthError} of phase `callback`, `exchange` or `store`, `cancelled`, `client_closed`
   */
  complete(callback: string | URL, options?: CompleteOptions): Promise<Session>;
  /**
   * Signs in with the client's user agent: shows the page, receives the callback, exchanges the code.
   *
   * @throws {@link AuthError} of phase `authorization`, `callback`, `exchange` or `store`, `cancelled`, `client_closed`
   */
  login(options?: LoginOptions): Promise<Session>;
  /**
   * The stored session of that name; `null` if only a human can bring one about.
   *
   * @throws {@link AuthError} of phase `store`, `cancelled`, `client_closed`
   */
  session(name?: string, options?: Cancellable): Promise<Session | null>;
  /**
   * The sessions of an owner, as they stand now; those that need a human among them. Session names are paths: `alice`
   * owns `alice/work` and `alice/private`, and nobody owns `default`. At most 100 are listed.
   *
   * @throws {@link AuthError} of phase `store`, `cancelled`, `client_closed`
   */
  accounts(owner?: string, options?: Cancellable): Promise<Accounts>;
  /**
   * Takes over tokens from another library or a database.
   *
   * @throws {@link AuthError} `invalid_option`, `invalid_scope`, of phase `store`, `cancelled`, `client_closed`
   */
  adopt(tokens: AdoptedTokens, options?: Cancellable & { readonly session?: string }): Promise<Session>;
  /**
   * Ends the session of that name, as {@link Session.signOut} does, without a look whether there is one: also while the
   * store is down, or a renewal runs.
   *
   * @throws {@link AuthError} `cancelled`, `client_closed`
   */
  signOut(name?: string, options?: SignOutOptions): Promise<SignOutReport>;
  /**
   * The session of that name and the sign-in that brings it, as a user interface shows them. The same object for the
   * same name.
   *
   * @throws {@link AuthError} `invalid_option`, `client_closed`
   */
  authorization(name?: string): Authorization;
  /**
   * What became of one sign-in, and why. Of one that nobody knows it says so.
   *
   * @param state - as `begin` gave it; never a callback URL, which holds a code
   * @throws {@link AuthError} `invalid_option` if it is no state, `cancelled`, `client_closed`
   *
   * @example
   * ```ts
   * const { url, state } = await client.begin();
   * console.log(new URL(url).origin, (await client.explain(state)).standing); // prints https://x.com pending
   * ```
   */
  explain(state: string, options?: Cancellable): Promise<Explanation>;
  /**
   * Ends every actor and idle connection; waits for requests that were sent until their results are saved. A store, and a
   * transport that was passed in, stay yours.
   */
  close(): Promise<void>;
}

const DEFAULT_SESSION = 'default';

/**
 * The client of a runtime. Doors preset the runtime: take `createClient` from `authchart` or `authchart/node`.
 *
 * @throws {@link AuthError} of phase `configuration`
 */
export function createClientOf(runtime: Runtime, options: ClientOptions, chunks: Chunks): Client {
  const configuration = resolveConfiguration(options, runtime);
  const { clock, cryptography, transport, store, userAgent, userAgents, keepAlive } = runtime;
  if (typeof store?.read !== 'function' || typeof store.write !== 'function') {
    throw new AuthError('invalid_option', {
      detail: 'The option "store" is not a store; try fileStore(directory).',
    });
  }
  const records = createRecords(store, configuration, { cryptography, clock });
  const revokeToken = fromChunk(chunks.tokens, (code) => code.revokeToken);
  const endFlow = fromChunk(chunks.tokens, (code) => code.endFlow);
  const listAccounts = fromChunk(chunks.accounts, (code) => code.listAccounts);
  const vault = createVault();
  const recording = isRecording(options.flightRecorder);
  const by = processName(runtime);
  const ports = { clock, cryptography, transport, configuration, records, vault, revokeToken, endFlow };
  const services = recording ? { ...ports, by } : ports;
  const jobs = createJobs();
  const machine = provideServices(
    services,
    { ...(userAgent && { interactive: userAgent }), ...userAgents },
    { jobs, pace: runtime.pace },
    chunks,
  );
  const actors = createSessionActors({
    machine,
    keepWarm: configuration.keepWarm,
    inspect: options.inspect,
    keepAlive,
  });

  const log: PendingLog = { placing: new Set(), rings: new Map(), writing: new Set(), track: jobs.track };
  const record = fromChunk(chunks.recorder, (code) => code.record);
  const explainFlow = fromChunk(chunks.explain, (code) => code.explainFlow);
  const explainSession = fromChunk(chunks.explain, (code) => code.explainSession);
  if (recording) {
    actors.each((actor) =>
      hear(actor, clock, (heard) => {
        const placing = jobs.track(record(services, by(), log, heard).catch(() => undefined));
        log.placing.add(placing);
        void placing.then(() => log.placing.delete(placing));
      }),
    );
  }

  const unwatch = runtime.online?.(() => actors.retryPostponed());
  if (unwatch) jobs.hold(unwatch);

  function assertOpen(): void {
    if (jobs.closing.aborted) throw new AuthError('client_closed');
  }
  const calls = new Set<CallListener>();
  const explain = (name: string, signal?: AbortSignal) => explainSession(services, log, name, signal);
  const ofSessions = { services, actors, chunks, calls, explain, assertOpen };
  const sessionOf = (name: string) => createSession(name, ofSessions);

  const authorizations = new Map<string, Authorization>();
  function authorizationOf(name: string): Authorization {
    assertOpen();
    const present = authorizations.get(name);
    if (present) return present;
    const created = createAuthorization(sessionOf(name), {
      assertOpen,
      hold: () => actors.hold(name),
      start: () => actors.start(name),
      adopt: actors.adopt,
      leave: (actor) => void jobs.track(stopAtRest(actor)),
      watch: (listener) => records.watchSession(name, listener),
      wishesOf,
      awaits(actor, callback) {
        const { url, callbacks } = actor.getSnapshot().context;
        const own = [url, ...callbacks.map((received) => received.url)].map(stateOf);
        return own.includes(stateOf(redact(callback)));
      },
      receive: (actor, url) =>
        actor.send({ type: 'callback.received', callback: { url: redact(url), boundTo: null } }),
      untilSignedIn: (actor) => untilSignedIn(actor, undefined),
    });
    authorizations.set(name, created);
    return created;
  }

  /** Runs one sign-in in an actor of its own, and lets it go on if it still has something to finish. */
  async function inActor<Result>(
    session: string,
    use: (actor: AuthorizationActor) => Promise<Result>,
  ): Promise<Result> {
    assertOpen();
    const awake = keepAlive();
    const actor = actors.start(sessionName(session));
    try {
      return await use(actor);
    } finally {
      if (actor.getSnapshot().hasTag('signedIn')) actors.adopt(actor);
      else void jobs.track(stopAtRest(actor));
      awake();
    }
  }

  async function untilSignedIn(actor: AuthorizationActor, signal: AbortSignal | undefined): Promise<Session> {
    const snapshot = await until(actor, isDecided, signal);
    if (!snapshot.hasTag('signedIn')) throw failureOf(snapshot);
    return sessionOf(snapshot.context.session);
  }

  const client: Client = {
    machine,
    redirectUri: configuration.redirectUri,
    confidential: configuration.clientSecret !== null,
    begin: async ({ session = DEFAULT_SESSION, signal, ...options } = {}) =>
      inActor(session, async (actor) => {
        actor.send({ type: 'authorization.begin', request: requestOf(options, 'none') });
        const ready = await until(actor, (now) => now.hasTag('awaitingUser') || isDecided(now), signal);
        const { url: secret, deadline } = ready.context;
        if (!secret || deadline === null) throw failureOf(ready);
        const url = reveal(secret);
        // The pending record is saved; what waits here is of no use to the process that completes.
        actor.stop();
        return { url, state: new URL(url).searchParams.get('state') ?? '', expiresAt: deadline };
      }),
    complete: async (callback, options = {}) =>
      inActor(DEFAULT_SESSION, async (actor) => {
        const { signal } = options;
        if (signal?.aborted) throw new AuthError('cancelled', { phase: 'callback' });
        const url = redact(String(callback));
        actor.send({ type: 'callback.received', callback: { url, boundTo: bindingOf(options) } });
        return untilSignedIn(actor, signal);
      }),
    login: async ({ session = DEFAULT_SESSION, signal, userAgent, ...options } = {}) =>
      inActor(session, async (actor) => {
        actor.send({ type: 'authorization.begin', request: requestOf(options, userAgentOf(userAgent)) });
        return untilSignedIn(actor, signal);
      }),
    session: async (name = DEFAULT_SESSION, { signal } = {}) => {
      assertOpen();
      return actors.borrow(sessionName(name), async (actor) => {
        const snapshot = await lookAgain(services, actor, name, signal);
        if (snapshot.matches('error')) throw failureOf(snapshot);
        return snapshot.hasTag('signedIn') ? sessionOf(name) : null;
      });
    },
    signOut: async (name = DEFAULT_SESSION, options) => sessionOf(sessionName(name)).signOut(options),
    async accounts(...given) {
      assertOpen();
      const [owner = '', { signal } = {}] = given;
      // `accounts(user?.id)` of nobody must not list what belongs to nobody.
      if (given.length > 0 && typeof given[0] !== 'string') {
        throw new AuthError('invalid_option', { detail: 'The owner of accounts is a string.' });
      }
      if (signal?.aborted) throw new AuthError('cancelled', { phase: 'session' });
      return listAccounts(services, owner);
    },
    adopt: async (tokens, { session = DEFAULT_SESSION, signal } = {}) =>
      inActor(session, async (actor) => {
        actor.send({ type: 'session.adopt', tokens: redact<unknown>({ ...tokens }) });
        return untilSignedIn(actor, signal);
      }),
    authorization: (name = DEFAULT_SESSION) => authorizationOf(sessionName(name)),
    async explain(state, { signal } = {}) {
      assertOpen();
      return explainFlow(services, log, state, signal);
    },
    async close() {
      runtime.pace?.end();
      const closed = jobs.close();
      actors.stopAll();
      await saveWhatIsUnsaved(services, chunks);
      await closed;
      await runtime.dispose();
    },
  };
  inspectable.add(client, { clock, eachActor: actors.each, calls });
  return client;
}

/** The last chance of tokens that are only in memory: what they replaced is spent. */
async function saveWhatIsUnsaved(services: ServicePorts, { tokens }: Chunks): Promise<void> {
  const { signal } = new AbortController();
  const saveUnsaved = serviceOf(tokens, (code) => code.saveUnsaved);
  const unsaved = services.vault.unsaved().map((session) => saveUnsaved(services)({ session }, signal));
  await Promise.allSettled(unsaved);
}

/** A sign-in has come to its end, good or bad. */
const isDecided = (snapshot: AuthorizationSnapshot) =>
  !snapshot.hasTag('busy') && (snapshot.hasTag('signedIn') || snapshot.hasTag('atRest'));

function failureOf(snapshot: AuthorizationSnapshot): AuthError {
  const { failure } = snapshot.context;
  return failure ? AuthError.from(failure) : new AuthError('cancelled', { phase: 'authorization' });
}

/** A caller that went away ends the wait for a human, but not an exchange that may have been sent. */
async function stopAtRest(actor: AuthorizationActor): Promise<void> {
  const { status } = actor.getSnapshot();
  if (status !== 'active') return;
  if (actor.getSnapshot().matches('awaitingAuthorization')) actor.send({ type: 'authorization.cancel' });
  await until(actor, isDecided, undefined).catch(() => undefined);
  actor.stop();
}

function isRecording(flightRecorder: unknown = true): boolean {
  if (typeof flightRecorder === 'boolean') return flightRecorder;
  throw new AuthError('invalid_option', { detail: 'The option "flightRecorder" is not a boolean.' });
}

function sessionName(name: unknown): string {
  if (typeof name === 'string' && name !== '' && name.length <= 200) return name;
  throw new AuthError('invalid_option', { detail: 'A session name is a string of 1 to 200 characters.' });
}
