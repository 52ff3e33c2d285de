import type { RereadOutcome } from '../../machines/renewal.machine.js';
import type { Redacted } from '../../machines/vocabulary.js';
import { AuthError } from '../auth-error.js';
import { fingerprintOf } from '../fingerprint.js';
import { policy } from '../policy.js';
import { redact, reveal } from '../redacted.js';
import { storedFailure } from '../records/schema.js';
import type { Journal } from '../records/schema.js';
import type { Service, ServicePorts } from '../service-ports.js';
import { hold, isUsable } from '../session/restore-session.js';
import type { Vault } from '../session/vault.js';
import { sleep } from '../sleep.js';
import { judge } from './save-tokens.js';
import type { SpendableSecrets } from './spendable.js';

/** Decides, holding the lock, whether there is anything to renew, and whether now is the time. */
export const rereadSession: Service<{ session: string; obtainedAt: number | null }, RereadOutcome> =
  (ports) =>
  async ({ session, obtainedAt }, signal) => {
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
    const elsewhere = before !== undefined && before !== record.tokens.accessToken;
    // In this process too somebody may have, another actor say, whose tokens the vault has already.
    if (elsewhere || (obtainedAt !== null && record.tokens.obtainedAt > obtainedAt)) {
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
    const journal = record.journal?.token === token ? whatItSays(vault, record.journal) : null;
    if (journal && mayRun(ports, journal)) return { outcome: 'foreign', journal: redact<unknown>(journal) };
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
function whatItSays({ journals }: Vault, journal: Journal): Journal | null {
  if (journals.get(journal.renewalId) !== 'announced') return journal;
  return journal.attempt > 1 ? { ...journal, attempt: journal.attempt - 1 } : null;
}

/** Whether its request may be running, until its grace has passed on our own monotonic clock: other clocks may be wrong. */
function mayRun(ports: ServicePorts, { renewalId }: Journal): boolean {
  const since = firstSight(ports, renewalId);
  return typeof since === 'number' && ports.clock.elapsed() - since < policy.grace;
}

function firstSight({ vault, clock }: ServicePorts, renewalId: string) {
  const seen = vault.journals.get(renewalId) ?? clock.elapsed();
  vault.journals.set(renewalId, seen);
  return seen;
}

/**
 * Takes note of an announcement that stands before the lock is asked for. Its grace passes while we queue: behind a
 * killed holder nobody waits for the lock's time and then for the journal's.
 */
export async function noteJournal(ports: ServicePorts, session: string): Promise<void> {
  const stored = await ports.records.readSession(session);
  if (stored?.record.status === 'live' && stored.record.journal) {
    firstSight(ports, stored.record.journal.renewalId);
  }
}

/** Waits until the record moves on, or until the journal's grace has passed. */
export const waitOutJournal: Service<{ session: string; journal: Redacted<unknown> }, void> =
  (ports) =>
  async ({ session, journal: secret }, signal) => {
    const { renewalId } = reveal(secret) as Journal;
    for (;;) {
      const stored = await ports.records.readSession(session);
      const journal = stored?.record.status === 'live' ? stored.record.journal : null;
      if (journal?.renewalId !== renewalId) return void ports.vault.journals.delete(renewalId);
      if (!mayRun(ports, journal)) return;
      await sleep(ports.clock, policy.poll, signal);
    }
  };
