import type { Journal, RequestOutcome } from '../../machines/renewal.machine.js';
import { policy } from '../policy.js';
import { redact, reveal } from '../redacted.js';
import type { Tokens } from '../records/schema.js';
import type { Service } from '../service-ports.js';
import { tokensOf } from '../session/facts.js';
import { isUsable } from '../session/restore-session.js';
import { TokenRequestError } from '../token-endpoint/classify.js';
import type { Certainty } from '../token-endpoint/classify.js';
import { refreshTokens } from '../token-endpoint/refresh-tokens.js';
import type { JournalSecrets } from './spendable.js';

const OUTCOMES = {
  notSent: 'postponed',
  turnedAway: 'postponed',
  unknown: 'unknown',
  refused: 'refused',
  misconfigured: 'misconfigured',
} as const satisfies Record<Certainty, RequestOutcome['outcome']>;

/** Sends the refresh token (RFC 6749 §6). Never rejects for what the provider did: that is an outcome. */
export const requestTokens: Service<{ session: string; journal: Journal }, RequestOutcome> =
  (ports) =>
  async ({ session, journal }, signal) => {
    const { configuration, clock, vault } = ports;
    const { live, refreshToken, sendBefore } = reveal(journal.secrets) as JournalSecrets;
    // While it runs it stands before this process too, should its state be left and entered again.
    vault.journals.set(journal.renewalId, clock.elapsed());
    try {
      const granted = await refreshTokens({ configuration, refreshToken }, ports, {
        signal,
        deadline: policy.tokenRequest,
        sendBefore,
      });
      const tokens: Tokens = tokensOf(granted, configuration.provider, live.tokens);
      return { outcome: 'renewed', tokens: redact<unknown>(tokens) };
    } catch (error) {
      vault.journals.set(journal.renewalId, 'unanswered');
      if (!(error instanceof TokenRequestError)) throw error;
      if (error.code === 'cancelled' && !signal.aborted) {
        vault.journals.set(journal.renewalId, 'announced');
        return { outcome: 'tooLate' };
      }
      const outcome = OUTCOMES[error.certainty];
      // The token is unspent, even if the announcement cannot be taken back.
      if (outcome === 'postponed' || outcome === 'misconfigured')
        vault.journals.set(journal.renewalId, 'announced');
      if (outcome !== 'unknown') return { outcome, failure: error.failure };
      // Tried again only once the access token has nothing left to give.
      const retryAt = isUsable(ports, session, live.tokens) ? live.tokens.expiresAt : null;
      return { outcome, failure: { ...error.failure, retryAt } };
    }
  };
