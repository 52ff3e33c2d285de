import type { AuthorizationActor, AuthorizationSnapshot } from '../machines/authorization.machine.js';
import type { Account, SessionFacts, SignOutReport } from '../machines/vocabulary.js';
import { authorizedFetch, reach } from '../services/api/authorized-fetch.js';
import type { Asked } from '../services/api/missing-scopes.js';
import { apiUrl } from '../services/api/api-url.js';
import { AuthError } from '../services/auth-error.js';
import { policy } from '../services/policy.js';
import type { TransportRequest, TransportResponse } from '../services/ports.js';
import type { ServicePorts } from '../services/service-ports.js';
import { usableTokens } from '../services/session/restore-session.js';
import type { CallListener } from './inspection/inspected.js';
import { fromChunk } from './chunks/chunk.js';
import type { Chunks } from './chunks/chunks.js';
import { lookAgain, settled } from './look-again.js';
import type { Explanation } from './recorder/explanation.js';
import { until } from './session-actors.js';
import type { SessionActors } from './session-actors.js';
import type { Cancellable, Session, SessionChange, SessionStatus, StepUp } from './session.js';

/** As much of an answer as is told of it. */
type Answered = Pick<Response, 'status' | 'headers'>;

interface SessionPorts {
  readonly services: ServicePorts;
  readonly actors: SessionActors;
  readonly chunks: Chunks;
  /** Who hears of calls with the session's token. */
  readonly calls: ReadonlySet<CallListener>;
  explain(name: string, signal?: AbortSignal): Promise<Explanation>;
  /** @throws {@link AuthError} `client_closed` */
  assertOpen(): void;
}

export function createSession(
  name: string,
  { services, actors, chunks, calls, explain, assertOpen }: SessionPorts,
): Session {
  const { vault, clock, transport, configuration } = services;

  /** From memory, if the store was looked at a moment ago: a sign-out elsewhere must show soon. */
  function tokenAtHand(): string | null {
    const held = vault.get(name);
    if (!held || clock.elapsed() - held.checkedAt >= policy.recheck) return null;
    const due = held.facts.renewable && held.facts.dueAt !== null && clock.now() >= held.facts.dueAt;
    return due ? null : (usableTokens(services, name)?.accessToken ?? null);
  }

  async function accessToken({ signal }: Cancellable = {}): Promise<string> {
    assertOpen();
    if (signal?.aborted) throw new AuthError('cancelled', { phase: 'session' });
    return tokenAtHand() ?? (await actors.borrow(name, (actor) => tokenOf(actor, signal)));
  }

  async function tokenOf(actor: AuthorizationActor, signal: AbortSignal | undefined): Promise<string> {
    let snapshot = await broughtUp(await known(actor, signal), actor, signal);
    for (let again = 0; ; again++) {
      // Read once: what is judged is what is handed out, for a token can run out between two readings.
      const tokens = snapshot.hasTag('signedIn') ? usableTokens(services, name) : null;
      if (tokens) return tokens.accessToken;
      if (again === policy.renewalsInVain || !ranOutOnItsWay(snapshot)) throw failureOf(snapshot);
      snapshot = await broughtUp(snapshot, actor, signal);
    }
  }

  /** Renews if that is due, and waits out what keeps it from succeeding. */
  async function broughtUp(
    known: AuthorizationSnapshot,
    actor: AuthorizationActor,
    signal: AbortSignal | undefined,
  ): Promise<AuthorizationSnapshot> {
    let snapshot = known;
    // A deadline may lag by a slice, after sleep say: the clock is read at use.
    if (snapshot.matches({ authorized: 'fresh' }) && tokenAtHand() === null) {
      actor.send({ type: snapshot.context.facts?.renewable ? 'session.renew' : 'session.restore' });
      snapshot = await settled(actor, signal);
    } else snapshot = await renewedIfDue(snapshot, actor, signal);
    while (snapshot.matches({ authorized: 'stale' }) && !usableTokens(services, name)) {
      const left = await until(
        actor,
        (now) => !now.hasTag('busy') && !now.matches({ authorized: 'stale' }),
        signal,
      );
      // What another process wrote meanwhile may be due as well.
      snapshot = await renewedIfDue(left, actor, signal);
    }
    return snapshot;
  }

  /** A machine that slept, or a long queue for the lock, uses up a token that was good when it came. */
  function ranOutOnItsWay(snapshot: AuthorizationSnapshot): boolean {
    const { tokens } = vault.get(name) ?? {};
    if (!snapshot.hasTag('signedIn') || !tokens?.refreshToken) return false;
    return tokens.expiresAt !== null && tokens.expiresAt > tokens.obtainedAt;
  }

  async function renewedIfDue(
    snapshot: AuthorizationSnapshot,
    actor: AuthorizationActor,
    signal: AbortSignal | undefined,
  ): Promise<AuthorizationSnapshot> {
    if (!snapshot.matches({ authorized: 'due' })) return snapshot;
    actor.send({ type: 'session.renew' });
    return settled(actor, signal);
  }

  function failureOf(snapshot: AuthorizationSnapshot): AuthError {
    demandSignedIn(snapshot);
    const { failure } = snapshot.context;
    // Without a failure: renewed, and the new token has run out already. Asking again could go on for ever.
    return failure ? AuthError.from(failure) : new AuthError('renewal_fuse');
  }

  /** Reads the record if nobody has, or not lately. */
  async function known(
    actor: AuthorizationActor,
    signal: AbortSignal | undefined,
  ): Promise<AuthorizationSnapshot> {
    const snapshot = await settled(actor, signal);
    const held = vault.get(name);
    const lately = held && clock.elapsed() - held.checkedAt < policy.recheck;
    return lately && snapshot.hasTag('signedIn') ? snapshot : lookAgain(services, actor, name, signal);
  }

  async function renew({ signal }: Cancellable = {}): Promise<SessionFacts> {
    assertOpen();
    return actors.borrow(name, async (actor) => {
      const shared = actor.getSnapshot().matches({ authorized: 'renewing' });
      const before = await known(actor, signal);
      demandSignedIn(before);
      if (!before.context.facts?.renewable) {
        throw new AuthError('session_expired', {
          detail: 'This session has no refresh token to renew it with.',
        });
      }
      if (!shared) {
        const postponed = before.matches({ authorized: { stale: 'postponed' } });
        actor.send({ type: postponed ? 'flow.retry' : 'session.renew' });
      }
      const after = await settled(actor, signal);
      demandSignedIn(after);
      const { failure, facts } = after.context;
      if (after.matches({ authorized: 'stale' }) && failure) throw AuthError.from(failure);
      return facts!;
    });
  }

  // What was asked is not told by the answer.
  const asked = new WeakMap<Response, Asked>();

  const accountOf = fromChunk(chunks.accounts, (code) => code.accountOf);

  async function account(options?: Cancellable): Promise<Account> {
    const found = await accountOf(services, name, await accessToken(options));
    await actors.borrow(name, async (actor) => {
      // Whoever watches the session is told.
      if (actor.getSnapshot().context.facts?.account === null) actor.send({ type: 'session.restore' });
    });
    return found;
  }

  async function stepUp(response: Response, options?: Cancellable): Promise<StepUp | null> {
    const { missingScopes } = chunks.accounts.loaded ?? (await chunks.accounts.load());
    const { scopes = [] } = vault.get(name)?.facts ?? {};
    const missing = missingScopes(response, asked.get(response), scopes, configuration.provider);
    if (missing.length === 0) return null;
    const request = { session: name, scopes: [...scopes, ...missing] };
    if (configuration.provider.identify === null) return { missing, request };
    try {
      // Another account must not take this one's place (RFC 9700 §4.5).
      return { missing, request: { ...request, expectedAccount: (await account(options)).id } };
    } catch (error) {
      // The very scope that is missing may be what the lookup needs. Of any other fault nothing follows for the account.
      const status = error instanceof AuthError ? error.provider?.status : null;
      if (status !== 401 && status !== 403) throw error;
      return { missing, request };
    }
  }

  /** `undefined` while nobody watches. */
  function observed() {
    if (calls.size === 0) return undefined;
    return (method: string, origin: string) => {
      const heard = [...calls].map((listener) => listener({ session: name, method, origin }));
      return (answer: Answered | null) => heard.forEach((tell) => tell(answer));
    };
  }

  function send(url: string | URL, options: TransportRequest = {}): Promise<TransportResponse> {
    const { request } = transport;
    if (!request) throw new AuthError('transport_unsupported');
    const { href } = apiUrl(configuration.provider, String(url));
    if (Object.keys(options.headers ?? {}).some((header) => header.toLowerCase() === 'authorization')) {
      throw new AuthError('authorization_header_present');
    }
    const signal = options.signal ?? new AbortController().signal;
    return accessToken({ signal }).then((token) => {
      const headers = { ...options.headers, authorization: `Bearer ${token}` };
      const told = observed()?.(options.method ?? 'GET', new URL(href).origin);
      const answer = reach(() => request.call(transport, href, { ...options, headers }), signal);
      if (told)
        answer.then(
          ({ statusCode }) => told({ status: statusCode, headers: new Headers() }),
          () => told(null),
        );
      return answer;
    });
  }

  return {
    name,
    accessToken,
    renew,
    account,
    stepUp,
    info: () => vault.get(name)?.facts ?? null,
    async fetch(input, init) {
      const response = await authorizedFetch(
        {
          provider: configuration.provider,
          clock,
          transport,
          observe: observed(),
          accessToken: (signal) => accessToken({ signal }),
          async renewed(refused, signal) {
            const { renewable } = vault.get(name)?.facts ?? {};
            const current = usableTokens(services, name)?.accessToken;
            if (current !== undefined && current !== refused) return current;
            if (!renewable) return null;
            // It works no more, whatever its lifetime says: what waited for its end waits no longer.
            vault.refused.set(name, refused);
            await renew({ signal });
            return accessToken({ signal });
          },
        },
        input,
        init,
      );
      const request = input instanceof Request ? input : null;
      const url = request?.url ?? String(input);
      asked.set(response, { method: init?.method ?? request?.method ?? 'GET', url });
      return response;
    },
    request: async (url, options) => send(url, options),
    async explain({ signal } = {}) {
      assertOpen();
      return explain(name, signal);
    },
    async signOut({ signal, revoke = true } = {}) {
      assertOpen();
      return actors.borrow(name, async (actor) => {
        let report: SignOutReport | null = null;
        const heard = actor.on('session.signedOut', (fact) => (report = fact.report));
        try {
          actor.send({ type: 'session.signOut', revoke });
          const after = await settled(actor, signal);
          if (after.context.failure && !report) throw AuthError.from(after.context.failure);
          // Nobody said what was done, so nothing is claimed.
          return report ?? { cleared: false, revocations: [] };
        } finally {
          heard.unsubscribe();
        }
      });
    },
    subscribe(listener) {
      assertOpen();
      const { actor, release } = actors.hold(name);
      if (actor.getSnapshot().matches('idle')) actor.send({ type: 'session.restore' });
      let last = changeOf(actor.getSnapshot());
      const subscription = actor.subscribe((snapshot) => {
        const change = changeOf(snapshot);
        if (change.status === last.status && change.info === last.info) return;
        last = change;
        listener(change);
      });
      // After subscribing: a listener that throws here throws to its caller, and holds nothing.
      try {
        listener(last);
      } catch (error) {
        subscription.unsubscribe();
        release();
        throw error;
      }
      return () => {
        subscription.unsubscribe();
        release();
      };
    },
  };
}

function demandSignedIn(snapshot: AuthorizationSnapshot): void {
  if (snapshot.hasTag('signedIn')) return;
  const { failure } = snapshot.context;
  throw failure ? AuthError.from(failure) : new AuthError('not_signed_in');
}

function changeOf(snapshot: AuthorizationSnapshot): SessionChange {
  const { facts, failure } = snapshot.context;
  return { status: statusOf(snapshot), info: facts, failure };
}

function statusOf(snapshot: AuthorizationSnapshot): SessionStatus {
  for (const status of ['fresh', 'due', 'renewing', 'stale', 'unsaved'] as const) {
    if (snapshot.matches({ authorized: status })) return status;
  }
  if (snapshot.matches('expired')) return 'expired';
  if (snapshot.matches('error')) return 'error';
  return snapshot.hasTag('busy') ? 'restoring' : 'signedOut';
}
