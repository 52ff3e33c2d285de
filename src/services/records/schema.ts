import type { Failure } from '../../machines/vocabulary.js';
import { AuthError, isErrorCode } from '../auth-error.js';
import { providerAnswer } from '../clean-text.js';
import { boolean, either, list, nullable, number, object, oneOf, optional, string } from '../shape.js';
import type { Shaped } from '../shape.js';

/** Raised when a record can no longer be read by the version before it. */
export const RECORD_VERSION = 1;

export const time = number;
export const scopes = list(string);

export const tokens = object({
  accessToken: string,
  refreshToken: nullable(string),
  /** Granted. */
  scopes,
  /** Asked for at the sign-in. */
  requested: scopes,
  /** Start of the request that brought them. */
  obtainedAt: time,
  expiresAt: nullable(time),
});

export const failure = object({
  code: string,
  phase: string,
  message: string,
  retryable: boolean,
  retryAt: nullable(time),
  provider: nullable(
    object({
      error: nullable(string),
      description: nullable(string),
      status: nullable(number),
    }),
  ),
});

export const envelope = {
  authchart: oneOf(RECORD_VERSION),
  /** Fingerprint of issuer, client id and token endpoint: its secrets go nowhere else. */
  client: string,
};

/**
 * What last signed this session in or out: the flow, or a name of its own. Renewals keep it. A receipt that was left over
 * by a crash is published only over the lineage its claim has seen: nothing newer is overwritten.
 */
const lineage = string;

const account = nullable(object({ id: string, username: nullable(string) }));

/** When the store lets go of it, whatever was renewed meanwhile. */
const endsAt = optional(nullable(time));

const journal = object({
  renewalId: string,
  /** Fingerprint of the refresh token that is being spent. */
  token: string,
  /** How many requests for this token may have reached the provider, this one included. */
  attempt: number,
  startedAt: time,
  /** The process that spends it, as its log calls it. */
  by: optional(string),
});

const liveSession = object({
  ...envelope,
  kind: oneOf('session'),
  status: oneOf('live'),
  lineage,
  tokens,
  account,
  endsAt,
  journal: nullable(journal),
  /**
   * These tokens came so late that another process had sent the token they replace once more: a strict server has
   * revoked them then (RFC 9700 §4.14.2).
   */
  contested: optional(boolean),
});

/** The grant is dead and its tokens are gone; nobody sends them again. */
const endedSession = object({
  ...envelope,
  kind: oneOf('session'),
  status: oneOf('ended'),
  lineage,
  failure,
  account,
  endsAt,
});

const tombstone = object({
  ...envelope,
  kind: oneOf('session'),
  status: oneOf('signedOut'),
  lineage,
  /** Whether its grant was left alive: what a renewal in flight brings is not revoked then either. */
  grantLives: optional(boolean),
});

export const sessionRecord = either(liveSession, endedSession, tombstone);

export type Tokens = Shaped<typeof tokens>;
export type Journal = Shaped<typeof journal>;
export type SessionRecord = Shaped<typeof sessionRecord>;
export type LiveSession = Shaped<typeof liveSession>;

/** Of a stored failure only facts are believed; its words are ours again, for they end on terminals. */
export function storedFailure(stored: Shaped<typeof failure>): Failure {
  const { code, retryAt, provider } = stored;
  const said = provider && providerAnswer({ ...provider });
  return new AuthError(isErrorCode(code) ? code : 'unexpected', { retryAt, provider: said }).failure;
}
