import type { ErrorCode } from '../../machines/vocabulary.js';
import type { LogWord } from '../../services/records/log-records.js';
import type { FlowFailure } from '../inspection/flow-event.js';

/**
 * How it stands now: `signedIn` needs nobody, `needsUser` only a new sign-in brings it back, `signedOut` nobody is signed
 * in, `pending` waits for its callback, `unknown` nothing can be said of it.
 */
export type ExplainedStanding = 'signedIn' | 'needsUser' | 'signedOut' | 'pending' | 'unknown';

/** What was written down of one moment. Members that say nothing of it are `null`. Times are Unix milliseconds. */
export interface ExplainedEvent {
  readonly at: number;
  /** Of one that came several times, the last time; else as `at`. */
  readonly last: number;
  readonly times: number;
  /** The process that wrote it: `process 4711-9f3a`, `tab x7f3`. */
  readonly by: string;
  readonly what: LogWord;
  /** Somebody else had done it, and this process came to see it. */
  readonly found: boolean;
  /** A sentence or two. */
  readonly says: string;
  readonly failure: FlowFailure | null;
  /** Which sign-in it was: a fingerprint of its state. */
  readonly flow: string | null;
  /** When what it brought runs out. */
  readonly expiresAt: number | null;
  readonly renewable: boolean | null;
  readonly missingScopes: readonly string[];
  /** Of a sign-out: whether the store was told, and what the provider was told. */
  readonly cleared: boolean | null;
  readonly revocations: readonly {
    readonly token: 'refresh_token' | 'access_token';
    readonly revoked: boolean;
    readonly code: ErrorCode | null;
  }[];
  /** The same refresh token had been sent before, and its answer was lost. */
  readonly earlier: { readonly at: number; readonly by: string | null } | null;
}

/** Why something is as it is. No secret, no account and no session name is in it: it may be pasted into a bug report. */
export interface Explanation {
  readonly subject: 'session' | 'signIn';
  readonly standing: ExplainedStanding;
  /** How it came to stand as it does. */
  readonly cause: string;
  /** What to do; `null`: nothing. */
  readonly next: string | null;
  /** Oldest first. A process that was killed wrote nothing of its end, and `cause` says so where it shows. */
  readonly events: readonly ExplainedEvent[];
  /** All of it for people, in lines of at most 80 characters. Times are UTC. */
  readonly text: string;
}
