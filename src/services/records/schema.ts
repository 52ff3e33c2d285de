import * as z from 'zod/mini';
import type { Failure } from '../../machines/vocabulary.js';

/** Raised when a record can no longer be read by the version before it. */
export const RECORD_VERSION = 1;

const time = z.number();
const scopes = z.readonly(z.array(z.string()));

const tokens = z.object({
  accessToken: z.string(),
  refreshToken: z.nullable(z.string()),
  scopes,
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

/** The flows whose receipts were published here, newest last: a late copy of an old receipt must not come back. */
const origins = z.readonly(z.array(z.string()));

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
  origins,
  tokens,
  account: z.nullable(z.object({ id: z.string(), username: z.nullable(z.string()) })),
  journal: z.nullable(journal),
});

/** The grant is dead and its tokens are gone; nobody sends them again. */
const endedSession = z.object({
  ...envelope,
  kind: z.literal('session'),
  status: z.literal('ended'),
  origins,
  failure,
});

const tombstone = z.object({
  ...envelope,
  kind: z.literal('session'),
  status: z.literal('signedOut'),
  origins,
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
  expiresAt: time,
});

const settling = {
  ...flow,
  redirectUri: z.string(),
  boundTo: z.nullable(z.string()),
  expectedAccount: z.nullable(z.string()),
  /** Fingerprint of the code that was claimed; `null` if the flow ended without one. */
  code: z.nullable(z.string()),
};

const claimedFlow = z.object({ ...settling, status: z.literal('claimed'), claimId: z.string() });
/** The receipt. Tokens are in it until they have been copied to the session record. */
const completedFlow = z.object({ ...settling, status: z.literal('completed'), tokens: z.nullable(tokens) });
const failedFlow = z.object({ ...settling, status: z.literal('failed'), failure });

/** What is left of a pending flow whose time has run out: that there was one, but not its verifier. */
export const begunRecord = z.object({ ...envelope, kind: z.literal('begun') });

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
export type FlowRecord = z.infer<typeof flowRecord>;
export type PendingFlow = z.infer<typeof pendingFlow>;
export type ClaimedFlow = z.infer<typeof claimedFlow>;
export type SettledFlow = Exclude<FlowRecord, PendingFlow>;

/** What every settled record of a flow keeps of the pending one; the verifier is not among it. */
export function settle(record: FlowRecord) {
  const { authchart, client, kind, session, redirectUri, boundTo, expectedAccount } = record;
  const code = record.status === 'pending' ? null : record.code;
  return { authchart, client, kind, session, redirectUri, boundTo, expectedAccount, code };
}

/** Failures are stored as data; their union is closed, so a code from a newer version stays what it is. */
export function storedFailure(stored: z.infer<typeof failure>): Failure {
  return stored as Failure;
}
