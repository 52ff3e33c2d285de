import * as v from 'valibot';
import type { Failure } from '../../machines/vocabulary.js';
import { AuthError, isErrorCode } from '../auth-error.js';
import { providerAnswer } from '../clean-text.js';

/** Raised when a record can no longer be read by the version before it. */
export const RECORD_VERSION = 1;

/** JSON has no infinity, but reads 1e999 as one. */
export const number = v.pipe(v.number(), v.finite());
const time = number;
const strings = v.pipe(
  v.array(v.string()),
  v.transform((list): readonly string[] => Object.freeze(list)),
);
const scopes = strings;

const tokens = v.object({
  accessToken: v.string(),
  refreshToken: v.nullable(v.string()),
  /** Granted. */
  scopes,
  /** Asked for at the sign-in. */
  requested: scopes,
  /** Start of the request that brought them. */
  obtainedAt: time,
  expiresAt: v.nullable(time),
});

const failure = v.object({
  code: v.string(),
  phase: v.string(),
  message: v.string(),
  retryable: v.boolean(),
  retryAt: v.nullable(time),
  provider: v.nullable(
    v.object({
      error: v.nullable(v.string()),
      description: v.nullable(v.string()),
      status: v.nullable(number),
    }),
  ),
});

const envelope = {
  authchart: v.literal(RECORD_VERSION),
  /** Fingerprint of issuer, client id and token endpoint: its secrets go nowhere else. */
  client: v.string(),
};

/**
 * What last signed this session in or out: the flow, or a name of its own. Renewals keep it. A receipt that was left over
 * by a crash is published only over the lineage its claim has seen: nothing newer is overwritten.
 */
const lineage = v.string();

const account = v.nullable(v.object({ id: v.string(), username: v.nullable(v.string()) }));

/** When the store lets go of it, whatever was renewed meanwhile. */
const endsAt = v.optional(v.nullable(time));

const journal = v.object({
  renewalId: v.string(),
  /** Fingerprint of the refresh token that is being spent. */
  token: v.string(),
  /** How many requests for this token may have reached the provider, this one included. */
  attempt: number,
  startedAt: time,
});

const liveSession = v.object({
  ...envelope,
  kind: v.literal('session'),
  status: v.literal('live'),
  lineage,
  tokens,
  account,
  endsAt,
  journal: v.nullable(journal),
  /**
   * These tokens came so late that another process had sent the token they replace once more: a strict server has
   * revoked them then (RFC 9700 §4.14.2).
   */
  contested: v.optional(v.boolean()),
});

/** The grant is dead and its tokens are gone; nobody sends them again. */
const endedSession = v.object({
  ...envelope,
  kind: v.literal('session'),
  status: v.literal('ended'),
  lineage,
  failure,
  account,
  endsAt,
});

const tombstone = v.object({
  ...envelope,
  kind: v.literal('session'),
  status: v.literal('signedOut'),
  lineage,
  /** Whether its grant was left alive: what a renewal in flight brings is not revoked then either. */
  grantLives: v.optional(v.boolean()),
});

export const sessionRecord = v.variant('status', [liveSession, endedSession, tombstone]);

const flow = { ...envelope, kind: v.literal('flow'), session: v.string() };

const pendingFlow = v.object({
  ...flow,
  status: v.literal('pending'),
  verifier: v.string(),
  redirectUri: v.string(),
  scopes,
  /** Fingerprint of the value that only the beginning user agent has. */
  boundTo: v.nullable(v.string()),
  expectedAccount: v.nullable(v.string()),
  sessionEndsAt: v.nullable(time),
  expiresAt: time,
});

const settling = {
  ...flow,
  redirectUri: v.string(),
  boundTo: v.nullable(v.string()),
  expectedAccount: v.nullable(v.string()),
  sessionEndsAt: v.nullable(time),
  /** Fingerprint of the code that was claimed; `null` if the flow ended without one. */
  code: v.nullable(v.string()),
};

/** The lineage of the session at the claim; `null` if there was no record. */
const seen = v.nullable(v.string());
const claimedFlow = v.object({ ...settling, status: v.literal('claimed'), claimId: v.string(), seen });
/** The receipt. Tokens are in it until they have been copied to the session record. */
const completedFlow = v.object({
  ...settling,
  status: v.literal('completed'),
  tokens: v.nullable(tokens),
  seen,
  completedAt: time,
});
const failedFlow = v.object({ ...settling, status: v.literal('failed'), failure });

/** What is left of a pending flow whose time has run out: that there was one, but not its verifier. */
export const begunRecord = v.object({ ...envelope, kind: v.literal('begun') });

/** The names of an owner's sessions. Written before the session is, so that it misses none. */
export const indexRecord = v.object({
  ...envelope,
  kind: v.literal('index'),
  names: strings,
  /** False once a name did not fit in. */
  complete: v.boolean(),
});

export const flowRecord = v.variant('status', [pendingFlow, claimedFlow, completedFlow, failedFlow]);

export type Tokens = v.InferOutput<typeof tokens>;
export type Journal = v.InferOutput<typeof journal>;
export type SessionRecord = v.InferOutput<typeof sessionRecord>;
export type LiveSession = v.InferOutput<typeof liveSession>;
export type IndexRecord = v.InferOutput<typeof indexRecord>;
export type FlowRecord = v.InferOutput<typeof flowRecord>;
export type PendingFlow = v.InferOutput<typeof pendingFlow>;
export type ClaimedFlow = v.InferOutput<typeof claimedFlow>;
export type SettledFlow = Exclude<FlowRecord, PendingFlow>;

/** What every settled record of a flow keeps of the pending one; the verifier is not among it. */
export function settle(record: FlowRecord) {
  const { authchart, client, kind, session, redirectUri, boundTo, expectedAccount, sessionEndsAt } = record;
  const code = record.status === 'pending' ? null : record.code;
  return { authchart, client, kind, session, redirectUri, boundTo, expectedAccount, sessionEndsAt, code };
}

/** Of a stored failure only facts are believed; its words are ours again, for they end on terminals. */
export function storedFailure(stored: v.InferOutput<typeof failure>): Failure {
  const { code, retryAt, provider } = stored;
  const said = provider && providerAnswer({ ...provider });
  return new AuthError(isErrorCode(code) ? code : 'unexpected', { retryAt, provider: said }).failure;
}
