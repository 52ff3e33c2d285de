import type { Account, Failure, SessionFacts, SignOutReport } from '../machines/vocabulary.js';
import type { Explanation } from './recorder/explanation.js';
import type { ApiRequestInit } from '../services/api/authorized-fetch.js';
import type { TransportRequest, TransportResponse } from '../services/ports.js';

export interface Cancellable {
  /** Detaches this caller with `cancelled`; work that others share, or that was sent, goes on. */
  readonly signal?: AbortSignal;
}

export interface SignOutOptions extends Cancellable {
  /**
   * `false` leaves the grant alive at the provider, for a newer session of the same account lives on it: revoking a
   * token may end all of its grant (RFC 7009 §2.1). Default: `true`.
   */
  readonly revoke?: boolean;
}

/** How a session stands, for people: `signedOut` and `expired` need a human, `stale` needs the network. */
export type SessionStatus =
  'restoring' | 'fresh' | 'due' | 'renewing' | 'stale' | 'unsaved' | 'expired' | 'signedOut' | 'error';

export interface SessionChange {
  readonly status: SessionStatus;
  readonly info: SessionFacts | null;
  readonly failure: Failure | null;
}

/** What it takes to be allowed what was refused. */
export interface StepUp {
  /** The scopes that the answer was refused for. */
  readonly missing: readonly string[];
  /**
   * For `client.begin` or `client.login`: the scopes the session has and those it lacks, for the same account. The session
   * works on until the new sign-in has taken its place.
   */
  readonly request: {
    readonly session: string;
    readonly scopes: readonly string[];
    readonly expectedAccount?: string;
  };
}

/** One signed-in account. All of it runs the chart; nothing here holds a token. */
export interface Session {
  readonly name: string;
  /** The facts this process knows; `null` once nobody is signed in. No token among them. */
  info(): SessionFacts | null;
  /**
   * A token that works now; renewed first if that is due. Callers share one renewal.
   *
   * @throws {@link AuthError} `not_signed_in`, `session_expired`, `session_revoked`, `renewal_lost`, `renewal_fuse`,
   * `client_misconfigured`, `cancelled`, `client_closed`, and those of phase `store`
   */
  accessToken(options?: Cancellable): Promise<string>;
  /**
   * The runtime's fetch with the token added, for the provider's API origins only. Renews once on 401, never on 403.
   *
   * @throws {@link AuthError} as {@link Session.accessToken}, and `origin_not_allowed`, `authorization_header_present`,
   * `provider_unreachable`, `outcome_unknown`
   */
  fetch(input: string | URL | Request, init?: ApiRequestInit): Promise<Response>;
  /**
   * The faster door, shaped like undici's `request`, where the runtime has one (Node). Does not renew on 401.
   *
   * @throws {@link AuthError} as {@link Session.fetch}, and `transport_unsupported`
   */
  request(url: string | URL, options?: TransportRequest): Promise<TransportResponse>;
  /**
   * Renews now (RFC 6749 §6).
   *
   * @returns the new facts
   * @throws {@link AuthError} as {@link Session.accessToken}, and what kept the renewal from succeeding for now
   */
  renew(options?: Cancellable): Promise<SessionFacts>;
  /**
   * Whose session it is. The provider is asked once, and the record keeps the answer.
   *
   * @throws {@link AuthError} as {@link Session.accessToken}, and `invalid_provider` where the provider has no
   * `identify`, `provider_unreachable`, `outcome_unknown`, `response_invalid`
   */
  account(options?: Cancellable): Promise<Account>;
  /**
   * What to ask for after an answer of {@link Session.fetch} that was refused for want of a scope: a 403 that names it
   * (RFC 6750 §3.1), or whose call the provider is known to want it for. `null` if the refusal was for something else.
   * The account is looked up, so that no other can take its place; where it cannot be, the request expects none.
   *
   * @throws {@link AuthError} as {@link Session.account}
   */
  stepUp(response: Response, options?: Cancellable): Promise<StepUp | null>;
  /**
   * Ends the session here, in the store and at the provider (RFC 7009). Never fails for want of a network: the report
   * says what could not be done.
   */
  signOut(options?: SignOutOptions): Promise<SignOutReport>;
  /**
   * Why this session stands as it does, and what to do: its record, and what processes wrote down of their last sign-ins,
   * renewals, failures and ends. Works also once nobody is signed in, and while the store is down.
   *
   * @throws {@link AuthError} `cancelled`, `client_closed`, `chunk_unavailable`
   *
   * @example
   * ```ts
   * const { standing, cause, next } = await session.explain();
   * console.log(standing, cause, next); // prints signedOut Nobody has signed in. Sign in with login(), or …
   * ```
   */
  explain(options?: Cancellable): Promise<Explanation>;
  /** Calls the listener now and at every change, until the returned function is called. */
  subscribe(listener: (change: SessionChange) => void): () => void;
}
