import type { Account, Failure, SessionFacts, Standing } from '../../machines/vocabulary.js';
import { AuthError } from '../auth-error.js';
import { policy } from '../policy.js';
import { storedFailure } from '../records/schema.js';
import type { LiveSession, SessionRecord, Tokens } from '../records/schema.js';
import type { GrantedTokens } from '../token-endpoint/granted-tokens.js';
import type { Provider } from '../provider/provider.js';

const MILLISECONDS = 1_000;

/** The tokens of an answer, with absolute times. Lifetimes count from the start of the request (RFC 6749 §5.1). */
export function tokensOf(
  grant: GrantedTokens,
  provider: Provider,
  before: Pick<Tokens, 'refreshToken' | 'scopes' | 'requested'>,
): Tokens {
  const lifetime = grant.expiresIn ?? provider.assumedTokenLifetime;
  return {
    accessToken: grant.accessToken,
    // RFC 6749 §6: an answer without a refresh token leaves the old one valid.
    refreshToken: grant.refreshToken ?? before.refreshToken,
    // RFC 6749 §5.1: an answer without scopes grants what was asked for.
    scopes: grant.scopes ?? before.scopes,
    requested: before.requested,
    obtainedAt: grant.requestedAt,
    expiresAt: lifetime === null ? null : grant.requestedAt + lifetime * MILLISECONDS,
  };
}

function dueAtOf({ obtainedAt, expiresAt, refreshToken }: Tokens): number | null {
  if (expiresAt === null || refreshToken === null) return expiresAt;
  return expiresAt - Math.min(policy.margin, (expiresAt - obtainedAt) / 10);
}

function standingOf(tokens: Tokens, dueAt: number | null, now: number): Standing {
  if (dueAt === null || now < dueAt) return 'fresh';
  return tokens.refreshToken === null ? 'spent' : 'due';
}

/** What may be told of a session that lives. */
export function factsOf(
  session: string,
  { tokens, account }: Pick<LiveSession, 'tokens' | 'account'>,
  version: string | null,
  now: number,
): SessionFacts {
  const dueAt = dueAtOf(tokens);
  const standing = version === null ? 'unsaved' : standingOf(tokens, dueAt, now);
  return {
    session,
    standing,
    account,
    scopes: tokens.scopes,
    missingScopes: tokens.requested.filter((scope) => !tokens.scopes.includes(scope)),
    obtainedAt: tokens.obtainedAt,
    expiresAt: tokens.expiresAt,
    dueAt,
    renewable: tokens.refreshToken !== null,
    version,
    failure: standing === 'spent' ? new AuthError('session_expired').failure : null,
  };
}

/** What may be told of a stored session; `null` if nobody is signed in. */
export function factsOfRecord(
  session: string,
  record: SessionRecord,
  version: string,
  now: number,
): SessionFacts | null {
  if (record.status === 'live') return factsOf(session, record, version, now);
  if (record.status === 'signedOut') return null;
  return factsOfNothing(session, storedFailure(record.failure), version, now, record.account);
}

/** What may be told of a session that only a human can bring back. */
export function factsOfNothing(
  session: string,
  failure: Failure,
  version: string | null,
  now: number,
  account: Account | null = null,
): SessionFacts {
  return {
    session,
    standing: 'spent',
    account,
    scopes: [],
    missingScopes: [],
    obtainedAt: now,
    expiresAt: now,
    dueAt: now,
    renewable: false,
    version,
    failure,
  };
}
