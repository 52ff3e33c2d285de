import type {
  AuthorizationRequest,
  Failure,
  Grant,
  ReceivedCallback,
  Redacted,
  SessionFacts,
} from './vocabulary.js';

export type AuthorizationEvent =
  /** Starts a sign-in, or a step-up to more scopes while the old session works. */
  | { readonly type: 'authorization.begin'; readonly request?: Partial<AuthorizationRequest> }
  /** The user clicked: opens the page that waits in `prepared`. Send it synchronously in the click. */
  | { readonly type: 'authorization.open' }
  | { readonly type: 'authorization.cancel' }
  | { readonly type: 'callback.received'; readonly callback: ReceivedCallback }
  | { readonly type: 'session.restore' }
  /** Takes over tokens from elsewhere. */
  | { readonly type: 'session.adopt'; readonly tokens: Redacted<unknown> }
  | { readonly type: 'session.renew' }
  /** `revoke: false` leaves the grant alive at the provider. */
  | { readonly type: 'session.signOut'; readonly revoke?: boolean }
  /** Another tab or process wrote the session's record. */
  | { readonly type: 'session.changed' }
  /** Tries again what failed. */
  | { readonly type: 'flow.retry' }
  /** Leaves a failure behind and looks at what is stored. */
  | { readonly type: 'flow.reset' }
  | UserAgentEvent
  | DeadlineEvent;

export type UserAgentEvent =
  | { readonly type: 'userAgent.listening'; readonly redirectUri: string }
  | { readonly type: 'callback.received'; readonly callback: ReceivedCallback };

export type DeadlineEvent =
  | { readonly type: 'deadline.armed'; readonly at: number }
  | { readonly type: 'deadline.passed'; readonly failure: Failure };

/** A deadline is an absolute time, so that it survives sleep, clock changes and restored snapshots. */
export interface DeadlineInput {
  /** Unix milliseconds; `null` lets the service choose by purpose, or never pass where there is none. */
  readonly at: number | null;
  readonly purpose: 'authorization' | 'due' | 'retry';
  /** How often the same thing was tried before: backoff grows with it. */
  readonly attempt: number;
}

export interface PrepareInput {
  readonly session: string;
  readonly request: AuthorizationRequest;
  readonly redirectUri: string;
  readonly expiresAt: number | null;
}

/** An authorization request whose pending record is already saved. */
export interface PreparedAuthorization {
  /** SHA-256 of the state: the key of the flow's record. */
  readonly flow: string;
  readonly url: Redacted<string>;
  readonly redirectUri: string;
  readonly expiresAt: number;
}

export interface VerifyInput {
  readonly callback: ReceivedCallback;
  /** The flow that waits here; `null` if the callback came to an actor that began none. */
  readonly flow: string | null;
  /** How many callbacks were rejected before this one. */
  readonly rejected: number;
}

export type Verdict =
  | { readonly outcome: 'accepted'; readonly flow: string; readonly session: string; readonly grant: Grant }
  /** The provider said no to a flow of ours: that flow has ended. */
  | { readonly outcome: 'refused'; readonly failure: Failure }
  /** Nothing of ours: unknown, expired, foreign. Whatever waits goes on waiting. */
  | { readonly outcome: 'rejected'; readonly failure: Failure }
  /** One false callback too many. */
  | { readonly outcome: 'exhausted'; readonly failure: Failure };

export interface AuthorizationInput {
  /** Name of the session: one account of one client. */
  readonly session: string;
  /** Renews ahead of time while the actor runs, instead of at the next use. */
  readonly keepWarm?: boolean;
}

export interface AuthorizationContext {
  session: string;
  keepWarm: boolean;
  request: AuthorizationRequest | null;
  /** What follows once the pending flow has been given up. */
  afterwards: 'restore' | 'begin' | 'signOut' | 'fail';
  redirectUri: string | null;
  deadline: number | null;
  flow: string | null;
  url: Redacted<string> | null;
  callbacks: readonly ReceivedCallback[];
  rejected: number;
  grant: Grant | null;
  adopted: Redacted<unknown> | null;
  facts: SessionFacts | null;
  failure: Failure | null;
  /** Renewals that failed in a row: backoff grows with it. */
  attempts: number;
  /** Renewals in a row whose token was due again at once: the fuse of keepWarm. */
  fruitless: number;
  /** Whether a sign-out also ends the grant at the provider. */
  revoking: boolean;
}
