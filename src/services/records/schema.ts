import * as z from 'zod/mini';
import type { Failure } from '../../machines/vocabulary.js';
import { AuthError, isErrorCode } from '../auth-error.js';
import { providerAnswer } from '../clean-text.js';

/** Raised when a record can no longer be read by the version before it. */
export const RECORD_VERSION = 1;

const time = z.number();
const scopes = z.readonly(z.array(z.string()));

const tokens = z.object({
  accessToken: z.string(),
  refreshToken: z.nullable(z.string()),
  /** Granted. */
  scopes,
  /** Asked for at the sign-in. */
  requested: scopes,
  /** Start of the request that brought them. */
  obtainedAt: time,
  expiresAt: z.nullable(time),
});

const failure = z.object({
  code: z.string(),
  phase: z.string(),
  message: z.string(),
  retryable: z.boolean(),
  retryAt: z.nullable(time),
  provider: z.nullable(
    z.object({
      error: z.nullable(z.string()),
      description: z.nullable(z.string()),
      status: z.nullable(z.number()),
    }),
  ),
});

const envelope = {
  authchart: z.literal(RECORD_VERSION),
  /** Fingerprint of issuer, client id and token endpoint: its secrets go nowhere else. */
  client: z.string(),
};

/**
 * What last signed this session in or out: the flow, or a name of its own. Renewals keep it. A receipt that was left over
 * by a crash is published only over the lineage its claim has seen: nothing newer is overwritten.
 */
const lineage = z.string();

const account = z.nullable(z.object({ id: z.string(), username: z.nullable(z.string()) }));

/** When the store lets go of it, whatever was renewed meanwhile. */
const endsAt = z.optional(z.nullable(time));

const journal = z.object({
  renewalId: z.string(),
  /** Fingerprint of the refresh token that is being spent. */
  token: z.string(),
  /** How many requests for this token may have reached the provider, this one included. */
  attempt: z.number(),
  startedAt: time,
});

const liveSession = z.object({
  ...envelope,
  kind: z.literal('session'),
  status: z.literal('live'),
  lineage,
  tokens,
  account,
  endsAt,
  journal: z.nullable(journal),
  /**
   * These tokens came so late that another process had sent the token they replace once more: a strict server has
   * revoked them then (RFC 9700 §4.14.2).
   */
  contested: z.optional(z.boolean()),
});

/** The grant is dead and its tokens are gone; nobody sends them again. */
const endedSession = z.object({
  ...envelope,
  kind: z.literal('session'),
  status: z.literal('ended'),
  lineage,
  failure,
  account,
  endsAt,
});

const tombstone = z.object({
  ...envelope,
  kind: z.literal('session'),
  status: z.literal('signedOut'),
  lineage,
  /** Whether its grant was left alive: what a renewal in flight brings is not revoked then either. */
  grantLives: z.optional(z.boolean()),
});

export const sessionRecord = z.discriminatedUnion('status', [liveSession, endedSession, tombstone]);

const flow = { ...envelope, kind: z.literal('flow'), session: z.string() };

const pendingFlow = z.object({
  ...flow,
  status: z.literal('pending'),
  verifier: z.string(),
  redirectUri: z.string(),
  scopes,
  /** Fingerprint of the value that only the beginning user agent has. */
  boundTo: z.nullable(z.string()),
  expectedAccount: z.nullable(z.string()),
  sessionEndsAt: z.nullable(time),
  expiresAt: time,
});

const settling = {
  ...flow,
  redirectUri: z.string(),
  boundTo: z.nullable(z.string()),
  expectedAccount: z.nullable(z.string()),
  sessionEndsAt: z.nullable(time),
  /** Fingerprint of the code that was claimed; `null` if the flow ended without one. */
  code: z.nullable(z.string()),
};

/** The lineage of the session at the claim; `null` if there was no record. */
const seen = z.nullable(z.string());
const claimedFlow = z.object({ ...settling, status: z.literal('claimed'), claimId: z.string(), seen });
/** The receipt. Tokens are in it until they have been copied to the session record. */
const completedFlow = z.object({
  ...settling,
  status: z.literal('completed'),
  tokens: z.nullable(tokens),
  seen,
  completedAt: time,
});
const failedFlow = z.object({ ...settling, status: z.literal('failed'), failure });

/** What is left of a pending flow whose time has run out: that there was one, but not its verifier. */
export const begunRecord = z.object({ ...envelope, kind: z.literal('begun') });

/** The names of an owner's sessions. Written before the session is, so that it misses none. */
export const indexRecord = z.object({
  ...envelope,
  kind: z.literal('index'),
  names: z.readonly(z.array(z.string())),
  /** False once a name did not fit in. */
  complete: z.boolean(),
});

export const flowRecord = z.discriminatedUnion('status', [
  pendingFlow,
  claimedFlow,
  completedFlow,
  failedFlow,
]);

export type Tokens = z.infer<typeof tokens>;
export type Journal = z.infer<typeof journal>;
export type SessionRecord = z.infer<typeof sessionRecord>;
export type LiveSession = z.infer<typeof liveSession>;
export type IndexRecord = z.infer<typeof indexRecord>;
export type FlowRecord = z.infer<typeof flowRecord>;
export type PendingFlow = z.infer<typeof pendingFlow>;
export type ClaimedFlow = z.infer<typeof claimedFlow>;
export type SettledFlow = Exclude<FlowRecord, PendingFlow>;

/** What every settled record of a flow keeps of the pending one; the verifier is not among it. */
export function settle(record: FlowRecord) {
  const { authchart, client, kind, session, redirectUri, boundTo, expectedAccount, sessionEndsAt } = record;
  const code = record.status === 'pending' ? null : record.code;
  return { authchart, client, kind, session, redirectUri, boundTo, expectedAccount, sessionEndsAt, code };
}

/** Of a stored failure only facts are believed; its words are ours again, for they end on terminals. */
export function storedFailure(stored: z.infer<typeof failure>): Failure {
  const { code, retryAt, provider } = stored;
  const said = provider && providerAnswer({ ...provider });
  return new AuthError(isErrorCode(code) ? code : 'unexpected', { retryAt, provider: said }).failure;
}
