import type { Journal, JournalOutcome, Spendable } from '../../machines/renewal.machine.js';
import { randomId } from '../fingerprint.js';
import { redact, reveal } from '../redacted.js';
import type { Service } from '../service-ports.js';
import type { JournalSecrets, SpendableSecrets } from './spendable.js';

/** Announces, by compare-and-set, that this process is about to spend the refresh token. */
export const writeJournal: Service<{ session: string; spendable: Spendable }, JournalOutcome> =
  ({ records, cryptography, clock, vault }) =>
  async ({ session, spendable }) => {
    const { live, refreshToken, token } = reveal(spendable.secrets) as SpendableSecrets;
    const renewalId = randomId(cryptography);
    vault.journals.set(renewalId, 'own');
    const attempt = (live.journal?.token === token ? live.journal.attempt : 0) + 1;
    const journal = { renewalId, token, attempt, startedAt: clock.now() };
    const version = await records.writeSession(session, { ...live, journal }, spendable.version);
    if (version === null) return { outcome: 'conflict' };
    const secrets: JournalSecrets = { live, refreshToken, token, attempt };
    return { outcome: 'written', journal: { renewalId, version, secrets: redact<unknown>(secrets) } };
  };

/** Takes the announcement back, or puts an earlier one of unknown outcome back in its place. */
export const clearJournal: Service<{ session: string; journal: Journal }, void> =
  ({ records }) =>
  async ({ session, journal }) => {
    const { live } = reveal(journal.secrets) as JournalSecrets;
    // Only over our own version: whatever came after is news that must stay.
    await records.writeSession(session, live, journal.version);
  };
