import type { RereadOutcome } from '../../machines/renewal.machine.js';
import type { Redacted } from '../../machines/vocabulary.js';
import { AuthError } from '../auth-error.js';
import { fingerprintOf } from '../fingerprint.js';
import { policy } from '../policy.js';
import { redact, reveal } from '../redacted.js';
import { storedFailure } from '../records/schema.js';
import type { Journal, LiveSession } from '../records/schema.js';
import type { Service, ServicePorts } from '../service-ports.js';
import { hold, isUsable } from '../session/restore-session.js';
import type { Vault } from '../session/vault.js';
import { sleep } from '../sleep.js';
import { judge } from './save-tokens.js';
import type { SpendableSecrets } from './spendable.js';

/** Decides, holding the lock, whether there is anything to renew, and whether now is the time. */
export const rereadSession: Service<{ session: string; version: string | null }, RereadOutcome> =
  (ports) =>
  async ({ session }, signal) => {
    const { records, vault, cryptography } = ports;
    const stored = await records.readSession(session);
    // Nobody waits any more, after a sign-out say: what the store said may no longer be true.
    if (signal.aborted) throw new AuthError('cancelled', { phase: 'renewal' });
    if (!stored || stored.record.status === 'signedOut') {
      vault.drop(session);
      return { outcome: 'signedOut' };
    }
    const { record, version } = stored;
    if (record.status === 'ended') {
      vault.drop(session);
      return { outcome: 'ended', failure: storedFailure(record.failure) };
    }
    const before = vault.get(session)?.tokens.accessToken;
    if (before !== undefined && before !== record.tokens.accessToken) {
      const facts = hold(ports, session, record, version);
      if (facts.standing === 'fresh') return { outcome: 'adopt', facts };
    }
    const { refreshToken } = record.tokens;
    if (refreshToken === null) {
      return { outcome: 'ended', failure: new AuthError('session_expired').failure };
    }
    const token = await fingerprintOf(refreshToken, cryptography);
    const refused = vault.deadGrants.get(token);
    if (refused) return judge(ports, session, token, refused);
    const journal = record.journal?.token === token ? sentByUs(vault, record.journal) : null;
    if (journal && isForeign(ports, journal))
      return { outcome: 'foreign', journal: redact<unknown>(journal) };
    if (journal && isUsable(ports, session, record.tokens)) {
      // The token may be spent already: sending it again while something works risks all of it (RFC 9700 §4.14.2).
      const retryAt = record.tokens.expiresAt;
      return {
        outcome: 'uncertain',
        failure: new AuthError('outcome_unknown', { phase: 'renewal', retryAt }).failure,
      };
    }
    const secrets: SpendableSecrets = { live: { ...record, journal }, refreshToken, token };
    return { outcome: 'renew', spendable: { version, secrets: redact<unknown>(secrets) } };
  };

/** An announcement of ours that no request followed says nothing of the token; what it stood on may. */
function sentByUs({ journals }: Vault, journal: Journal): Journal | null {
  if (journals.get(journal.renewalId) !== 'announced') return journal;
  return journal.attempt > 1 ? { ...journal, attempt: journal.attempt - 1 } : null;
}

/** Somebody else's announcement, until its grace has passed on our own monotonic clock: theirs may be wrong. */
function isForeign({ vault, clock }: ServicePorts, { renewalId }: Journal): boolean {
  const seen = vault.journals.get(renewalId);
  if (seen === 'announced' || seen === 'sent') return false;
  if (seen === undefined) vault.journals.set(renewalId, clock.elapsed());
  return clock.elapsed() - (seen ?? clock.elapsed()) < policy.grace;
}

/**
 * Takes note of an announcement that stands before the lock is asked for. Its grace passes while we queue: behind a
 * killed holder nobody waits for the lock's time and then for the journal's.
 */
export async function noteJournal(ports: ServicePorts, session: string): Promise<void> {
  const stored = await ports.records.readSession(session);
  if (stored?.record.status === 'live' && stored.record.journal) isForeign(ports, stored.record.journal);
}

/** Waits until the record moves on, or until the journal's grace has passed. */
export const waitOutJournal: Service<{ session: string; journal: Redacted<unknown> }, void> =
  (ports) =>
  async ({ session, journal: secret }, signal) => {
    const { renewalId } = reveal(secret) as Journal;
    for (;;) {
      const stored = await ports.records.readSession(session);
      const journal = stored?.record.status === 'live' ? (stored.record as LiveSession).journal : null;
      if (journal?.renewalId !== renewalId || !isForeign(ports, journal)) return;
      await sleep(ports.clock, policy.poll, signal);
    }
  };
