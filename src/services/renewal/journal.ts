import type { Journal, JournalOutcome, Spendable } from '../../machines/renewal.machine.js';
import { randomId } from '../fingerprint.js';
import { policy } from '../policy.js';
import { redact, reveal } from '../redacted.js';
import type { Service } from '../service-ports.js';
import { hold } from '../session/restore-session.js';
import type { JournalSecrets, SpendableSecrets } from './spendable.js';

/** Announces, by compare-and-set, that this process is about to spend the refresh token. */
export const writeJournal: Service<{ session: string; spendable: Spendable }, JournalOutcome> =
  (ports) =>
  async ({ session, spendable }) => {
    const { records, cryptography, clock, vault, by } = ports;
    const { live, refreshToken, token } = reveal(spendable.secrets) as SpendableSecrets;
    const renewalId = randomId(cryptography);
    // Before the write: one whose answer gets lost must not look like somebody else's.
    vault.journals.set(renewalId, 'announced');
    const attempt = (live.journal?.attempt ?? 0) + 1;
    const journal = { renewalId, token, attempt, startedAt: clock.now(), ...(by && { by: by() }) };
    // Counted from before the write: others count from their first look at it.
    const sendBefore = clock.elapsed() + policy.announcement;
    const announced = { ...live, journal };
    const version = await records.writeSession(session, announced, spendable.version);
    if (version === null) {
      vault.journals.delete(renewalId);
      return { outcome: 'conflict' };
    }
    // So that `facts` name the version that stands now.
    hold(ports, session, announced, version);
    const secrets: JournalSecrets = { live, refreshToken, token, attempt, sendBefore };
    return { outcome: 'written', journal: { renewalId, version, secrets: redact<unknown>(secrets) } };
  };

/** Takes the announcement back, or puts an earlier one of unknown outcome back in its place. */
export const clearJournal: Service<{ session: string; journal: Journal }, void> =
  (ports) =>
  async ({ session, journal }) => {
    const { live } = reveal(journal.secrets) as JournalSecrets;
    // Only over our own version: whatever came after is news that must stay.
    const version = await ports.records.writeSession(session, live, journal.version);
    if (version === null) return;
    ports.vault.journals.delete(journal.renewalId);
    hold(ports, session, live, version);
  };
