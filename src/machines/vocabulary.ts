/** A secret in transit. Opaque here: only services can open one, and it prints as `[redacted]` everywhere. */
export interface Redacted<out T> {
  readonly [redactedContent]?: T;
  toString(): '[redacted]';
  toJSON(): '[redacted]';
}
declare const redactedContent: unique symbol;

/** Where in a sign-in something failed. */
export type Phase =
  | 'configuration'
  | 'discovery'
  | 'authorization'
  | 'callback'
  | 'exchange'
  | 'session'
  | 'renewal'
  | 'signOut'
  | 'store'
  | 'api';

/** Every code an {@link Failure} can carry. The union is closed: a `switch` over it can be exhaustive. */
export type ErrorCode =
  // configuration
  | 'invalid_client_id'
  | 'invalid_client_secret'
  | 'secret_in_browser'
  | 'invalid_redirect_uri'
  | 'invalid_scope'
  | 'offline_scope_missing'
  | 'reserved_parameter'
  | 'invalid_provider'
  | 'invalid_option'
  | 'service_not_provided'
  // discovery
  | 'discovery_failed'
  | 'issuer_mismatch'
  // authorization
  | 'redirect_uri_not_local'
  | 'port_in_use'
  | 'browser_unavailable'
  | 'popup_blocked'
  | 'authorization_left'
  | 'authorization_timeout'
  // callback
  | 'callback_malformed'
  | 'callback_not_ours'
  | 'callback_state_missing'
  | 'callback_unknown'
  | 'callback_expired'
  | 'callback_already_used'
  | 'callback_other_user_agent'
  | 'callback_other_origin'
  | 'callback_issuer_mismatch'
  | 'callback_framed'
  | 'callback_limit'
  | 'access_denied'
  | 'authorization_refused'
  // exchange
  | 'code_refused'
  | 'exchange_interrupted'
  | 'account_mismatch'
  // token endpoint, whatever the grant
  | 'client_misconfigured'
  | 'provider_unreachable'
  | 'provider_busy'
  | 'outcome_unknown'
  | 'response_invalid'
  // session and renewal
  | 'not_signed_in'
  | 'session_expired'
  | 'session_revoked'
  | 'renewal_lost'
  | 'renewal_fuse'
  // store
  | 'store_unavailable'
  | 'record_unreadable'
  | 'record_other_version'
  | 'record_foreign'
  | 'record_not_sealed'
  | 'record_key_unknown'
  | 'record_seal_broken'
  // api
  | 'origin_not_allowed'
  | 'authorization_header_present'
  | 'transport_unsupported'
  // anywhere
  | 'chunk_unavailable'
  | 'cancelled'
  | 'secret_unavailable'
  | 'client_closed'
  | 'unexpected';

/** What an OAuth server said of a fault, cleaned of control characters and cut. Shown as text, never as markup. */
export interface ProviderAnswer {
  /** The `error` member or parameter, as sent. */
  readonly error: string | null;
  /** `error_description`, `detail` or `title`. */
  readonly description: string | null;
  /** HTTP status, where there was one. */
  readonly status: number | null;
}

/** A fault as plain data: fit for context, events, snapshots and bug reports. Holds no secret. */
export interface Failure {
  readonly code: ErrorCode;
  readonly phase: Phase;
  /** A sentence that says what happened and one that says what to do. */
  readonly message: string;
  /** Whether trying again, with nothing changed, can succeed. A sign-in is tried again by a new one: its code works once. */
  readonly retryable: boolean;
  /** Unix milliseconds before which trying again is pointless or forbidden. */
  readonly retryAt: number | null;
  readonly provider: ProviderAnswer | null;
}

export interface Account {
  readonly id: string;
  readonly username: string | null;
}

/**
 * How a session stands at the moment a service looked at it:
 * `fresh` its access token works, `due` the next use renews it, `unsaved` its tokens are only in memory,
 * `spent` nothing but a human can bring it back.
 */
export type Standing = 'fresh' | 'due' | 'unsaved' | 'spent';

/** What may be known of a session by anybody. Times are Unix milliseconds. */
export interface SessionFacts {
  readonly session: string;
  readonly standing: Standing;
  readonly account: Account | null;
  /** What was granted (RFC 6749 §5.1), which may be less than was asked for. */
  readonly scopes: readonly string[];
  /** What was asked for and is not granted, or is no longer since a renewal. */
  readonly missingScopes: readonly string[];
  readonly obtainedAt: number;
  /** When the access token stops working; `null` if the server did not say. */
  readonly expiresAt: number | null;
  /** When `fresh` ends: a margin before `expiresAt` if the session can be renewed, else `expiresAt` itself. */
  readonly dueAt: number | null;
  readonly renewable: boolean;
  /** The store's version of the record these facts were read from; `null` while unsaved. */
  readonly version: string | null;
  /** Why nothing but a human can bring the session back, or why it is unsaved; else `null`. */
  readonly failure: Failure | null;
}

/** What `authorization.begin` asks for. */
export interface AuthorizationRequest {
  readonly scopes: readonly string[] | null;
  readonly redirectUri: string | null;
  readonly parameters: Readonly<Record<string, string>>;
  /** A value only this user agent has (its cookie, say). Callback and receipt answer to nobody else. */
  readonly boundTo: Redacted<string> | null;
  readonly expectedAccount: string | null;
  /** Unix milliseconds after which the session is gone, however often it was renewed; `null`: it has no such end. */
  readonly sessionEndsAt: number | null;
  /**
   * `none`: callbacks arrive as events. `interactive`: the client's user agent shows the page and receives them; any other
   * word: that one of its user agents.
   */
  readonly userAgent: string;
  /** `atOnce`: the page opens when its URL is ready. `onOpen`: it waits for `authorization.open`, inside the click. */
  readonly presentation: 'atOnce' | 'onOpen';
}

/** A callback URL as it came in, and the user agent that brought it. */
export interface ReceivedCallback {
  readonly url: Redacted<string>;
  readonly boundTo: Redacted<string> | null;
}

/** The one-time code of a verified callback. */
export interface Grant {
  /** Tells whether two callbacks brought the same code. */
  readonly fingerprint: string;
  /** What is sent to the token endpoint; opens once. */
  readonly secrets: Redacted<unknown>;
}

/** Told to subscribers of an actor. Facts only; a secret never travels in one. */
export type AuthorizationFact =
  | { readonly type: 'authorization.ready'; readonly redirectUri: string; readonly expiresAt: number }
  | { readonly type: 'callback.rejected'; readonly failure: Failure }
  | { readonly type: 'session.authorized'; readonly facts: SessionFacts }
  | { readonly type: 'session.renewed'; readonly facts: SessionFacts }
  | { readonly type: 'session.postponed'; readonly failure: Failure }
  | { readonly type: 'session.unsaved'; readonly failure: Failure }
  | { readonly type: 'session.expired'; readonly failure: Failure }
  | { readonly type: 'session.signedOut'; readonly report: SignOutReport | null }
  | { readonly type: 'authorization.failed'; readonly failure: Failure };

/** What became of one token at the revocation endpoint. */
export interface Revocation {
  readonly token: 'refresh_token' | 'access_token';
  readonly revoked: boolean;
  readonly failure: Failure | null;
}

export interface SignOutReport {
  /** False while the store could not be told: other processes may still use the session. */
  readonly cleared: boolean;
  readonly revocations: readonly Revocation[];
}
