import type { Claim, CommitOutcome } from '../machines/exchange.machine.js';
import type { Journal, RequestOutcome } from '../machines/renewal.machine.js';
import type { Redacted } from '../machines/vocabulary.js';
import { asAuthError } from '../services/auth-error.js';
import { publish } from '../services/flow/publish-session.js';
import { endFlow } from '../services/flow/end-flow.js';
import { commit } from '../services/flow/receipt.js';
import { reveal } from '../services/redacted.js';
import type { Tokens } from '../services/records/schema.js';
import { clearJournal } from '../services/renewal/journal.js';
import { judgeRefusal, saveTokens } from '../services/renewal/save-tokens.js';
import type { ServicePorts } from '../services/service-ports.js';
import { revokeAll } from '../services/sign-out/revoke-all.js';

/** A code was sent and its state was left: the tokens are saved, or revoked if they cannot or must not be. */
export const settleRedemption =
  (ports: ServicePorts) =>
  async ({ flow, claim }: { flow: string; claim: Claim }, answer: Promise<Redacted<unknown>>) => {
    const { tokens, failure } = await answer.then(
      (secret) => ({ tokens: reveal(secret) as Tokens, failure: null }),
      (error: unknown) => ({ tokens: null, failure: asAuthError(error, 'exchange_interrupted').failure }),
    );
    if (failure) return void (await endFlow(ports, flow, failure));
    const committed = await commit(ports, flow, claim, tokens).catch(() => null);
    if (committed?.outcome !== 'committed') await revokeAll(ports, tokens);
    // An account that is still to be checked waits in the receipt for the next callback.
    else if (committed.expectedAccount === null) await publish(ports, flow, null, 'winner');
  };

/** The receipt was being written as its state was left: tokens that did not get into one are revoked. */
export const settleCommit =
  (ports: ServicePorts) =>
  async ({ tokens }: { tokens: Redacted<unknown> }, answer: Promise<CommitOutcome>) => {
    const { outcome } = await answer.catch(() => ({ outcome: 'overtaken' }));
    if (outcome === 'overtaken') await revokeAll(ports, reveal(tokens) as Tokens);
  };

/** A refresh token was sent and its state was left: what came is saved, or revoked if the session is gone. */
export const settleRequest =
  (ports: ServicePorts) =>
  async ({ session, journal }: { session: string; journal: Journal }, answer: Promise<RequestOutcome>) => {
    const neverAborted = new AbortController().signal;
    // A rejection is a fault of ours; whether the request went out before it, nobody knows.
    const outcome = await answer.catch(() => ({ outcome: 'unknown' }) as const);
    switch (outcome.outcome) {
      case 'renewed':
        return saveTokens(ports)({ session, journal, tokens: outcome.tokens }, neverAborted);
      case 'refused':
        return judgeRefusal(ports)({ session, journal, failure: outcome.failure }, neverAborted);
      case 'unknown':
        return;
      default:
        return clearJournal(ports)({ session, journal }, neverAborted);
    }
  };
