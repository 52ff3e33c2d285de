import type { Journal, RefusalOutcome, SaveOutcome } from '../../machines/renewal.machine.js';
import type { Failure, Redacted, SessionFacts } from '../../machines/vocabulary.js';
import { AuthError } from '../auth-error.js';
import { fingerprintOf } from '../fingerprint.js';
import { policy } from '../policy.js';
import { reveal } from '../redacted.js';
import type { LiveSession, SessionRecord, Tokens } from '../records/schema.js';
import type { Service, ServicePorts } from '../service-ports.js';
import { factsOf } from '../session/facts.js';
import { hold } from '../session/restore-session.js';
import type { Unsaved } from '../session/vault.js';
import { revokeAll } from '../sign-out/revoke-all.js';
import type { JournalSecrets } from './spendable.js';

type Replacement =
  { readonly outcome: 'saved'; readonly facts: SessionFacts } | { readonly outcome: 'signedOut' };

/**
 * Replaces the spent token by the new ones, by compare-and-set. What stands in the record decides:
 * ours already → done; the token we spent, or its refusal by somebody who sent it after us → write; a tombstone or nothing
 * → revoke ours; another token → take that, drop ours.
 * Whose journal stands beside the token does not matter: if ours was waited out, our answer is still the good one.
 *
 * @param ours - fingerprint of the refresh token that brought `tokens`, and the journal under which it was sent
 */
export async function replaceTokens(
  ports: ServicePorts,
  session: string,
  { spent, renewalId }: Pick<Extract<Unsaved, { kind: 'renewal' }>, 'spent' | 'renewalId'>,
  tokens: Tokens,
): Promise<Replacement> {
  for (;;) {
    const stored = await ports.records.readSession(session);
    if (!stored || stored.record.status === 'signedOut') {
      ports.vault.drop(session);
      if (!grantLives(stored?.record)) await revokeAll(ports, tokens);
      return { outcome: 'signedOut' };
    }
    const { record, version } = stored;
    const ours = record.status === 'live' && isSameGrant(record.tokens, tokens);
    if (ours || (record.status === 'live' && (await isAnother(ports, record, spent)))) {
      return { outcome: 'saved', facts: hold(ports, session, record, version) };
    }
    const { lineage, account, endsAt } = record;
    // Somebody waited ours out and sent the token once more.
    const contested =
      record.status === 'ended' || (record.journal !== null && record.journal.renewalId !== renewalId);
    const live = { status: 'live', lineage, tokens, account, endsAt, journal: null, contested } as const;
    const written = await ports.records.writeSession(session, live, version);
    if (written !== null) return { outcome: 'saved', facts: hold(ports, session, live, written) };
  }
}

export const saveTokens: Service<
  { session: string; journal: Journal; tokens: Redacted<unknown> },
  SaveOutcome
> =
  (ports) =>
  async ({ session, journal, tokens: secret }) => {
    const tokens = reveal(secret) as Tokens;
    const { live, token } = reveal(journal.secrets) as JournalSecrets;
    try {
      const ours = { spent: token, renewalId: journal.renewalId };
      const saved = await replaceTokens(ports, session, ours, tokens);
      ports.vault.journals.delete(journal.renewalId);
      return saved;
    } catch (error) {
      if (!(error instanceof AuthError) || error.phase !== 'store') throw error;
      const unburied = ports.vault.unburied.get(session);
      if (unburied) {
        if (unburied.revoke) await revokeAll(ports, tokens);
        return { outcome: 'signedOut' };
      }
      const ours = { kind: 'renewal', spent: token, renewalId: journal.renewalId } as const;
      const facts = keepUnsaved(ports, session, ours, { ...live, tokens }, error.failure);
      return { outcome: 'unsaved', facts, failure: error.failure };
    }
  };

/** The old token is spent and the new one is nowhere but here: this process uses it and keeps trying to save it. */
function keepUnsaved(
  { vault, clock }: ServicePorts,
  session: string,
  unsaved: Unsaved,
  live: Pick<LiveSession, 'tokens' | 'account' | 'lineage'>,
  failure: Failure,
): SessionFacts {
  const facts = { ...factsOf(session, live, null, clock.now()), failure };
  vault.put(session, {
    tokens: live.tokens,
    facts,
    lineage: live.lineage,
    checkedAt: clock.elapsed(),
    unsaved,
  });
  return facts;
}

/**
 * What a refusal means: somebody may have renewed meanwhile. If not, the grant is dead, and the record says so to
 * everybody; after an earlier request of unknown outcome, here or by whoever saved too late, it is that one's answer
 * which was lost.
 */
export const judgeRefusal: Service<{ session: string; journal: Journal; failure: Failure }, RefusalOutcome> =
  (ports) =>
  async ({ session, journal, failure: refusal }) => {
    const { live, token, attempt } = reveal(journal.secrets) as JournalSecrets;
    const lost = attempt > 1 || live.contested;
    const failure: Failure = lost
      ? { ...new AuthError('renewal_lost').failure, provider: refusal.provider }
      : refusal;
    // Should the store fail now: whoever looks next judges again, but does not send it again (RFC 9700 §4.14.2).
    ports.vault.deadGrants.set(token, failure);
    ports.vault.journals.delete(journal.renewalId);
    return judge(ports, session, token, failure);
  };

/** Ends the session in its record, unless another token stands there. Then nobody needs to remember the refusal. */
export async function judge(
  ports: ServicePorts,
  session: string,
  token: string,
  failure: Failure,
): Promise<RefusalOutcome> {
  const outcome = await endRecord(ports, session, token, failure);
  ports.vault.deadGrants.delete(token);
  return outcome;
}

async function endRecord(
  ports: ServicePorts,
  session: string,
  token: string,
  failure: Failure,
): Promise<RefusalOutcome> {
  for (;;) {
    const stored = await ports.records.readSession(session);
    if (!stored || stored.record.status === 'signedOut') {
      ports.vault.drop(session);
      return { outcome: 'signedOut' };
    }
    const { record, version } = stored;
    if (record.status === 'live' && (await isAnother(ports, record, token))) {
      return { outcome: 'adopt', facts: hold(ports, session, record, version) };
    }
    const { lineage, account, endsAt } = record;
    const draft = { status: 'ended', lineage, failure, account, endsAt } as const;
    const written = await ports.records.writeSession(session, draft, version, policy.tombstone);
    if (written === null) continue;
    ports.vault.drop(session);
    return { outcome: 'ended', failure };
  }
}

/** Whether another session lives on the grant of one that was signed out: revoking a token may end all of it. */
function grantLives(record: SessionRecord | undefined): boolean {
  return record?.status === 'signedOut' && record.grantLives === true;
}

/** By its time too: a server may grant the access token that it granted before. */
function isSameGrant(stored: Tokens, granted: Tokens): boolean {
  return stored.accessToken === granted.accessToken && stored.obtainedAt === granted.obtainedAt;
}

async function isAnother(
  { cryptography }: ServicePorts,
  { tokens }: LiveSession,
  spent: string,
): Promise<boolean> {
  return tokens.refreshToken === null || (await fingerprintOf(tokens.refreshToken, cryptography)) !== spent;
}
