import type { Account, Failure, SessionFacts } from '../../machines/vocabulary.js';
import { AuthError, asAuthError } from '../auth-error.js';
import { publish } from '../flow/publish-session.js';
import { endFlow } from '../flow/end-flow.js';
import { commit } from '../flow/receipt.js';
import { replaceTokens } from '../renewal/save-tokens.js';
import type { Service, ServicePorts } from '../service-ports.js';
import { revokeAll } from '../sign-out/revoke-all.js';
import { factsOfNothing } from './facts.js';
import { restoreSession } from './restore-session.js';

/**
 * Tries once more to save tokens that are only in memory. A session that ended meanwhile is an answer, not a fault:
 * there is nothing left to try.
 *
 * @throws {@link AuthError} of phase `store` while the store is down
 */
export const saveUnsaved: Service<{ session: string }, SessionFacts> =
  (ports) =>
  async ({ session }) => {
    const { vault, clock } = ports;
    const ended = (failure: Failure) => factsOfNothing(session, failure, null, clock.now());
    const notSignedIn = () => ended(new AuthError('not_signed_in').failure);
    const held = vault.get(session);
    if (!held) return notSignedIn();
    // Somebody signed in again meanwhile: that session is saved.
    if (!held.unsaved) return held.facts;
    const { tokens, unsaved } = held;
    if (unsaved.kind === 'renewal') {
      const saved = await replaceTokens(ports, session, unsaved, tokens);
      return saved.outcome === 'signedOut' ? notSignedIn() : saved.facts;
    }
    const committed = await commit(ports, unsaved.flow, unsaved, tokens);
    // Signed out while the store answered: published now, the session would come back.
    const wanted = vault.get(session) === held;
    if (committed.outcome === 'committed' && wanted)
      return publishOrYield(ports, session, unsaved.flow, held.facts.account);
    const failure = committed.outcome === 'committed' ? notSignedIn().failure! : committed.failure;
    if (wanted) vault.drop(session);
    const ending = await endFlow(ports, unsaved.flow, failure);
    if (ending.outcome !== 'published') await revokeAll(ports, tokens);
    return ended(failure);
  };

/** Whatever was signed in or out while the store was down stands: it is taken instead of ours. */
async function publishOrYield(
  ports: ServicePorts,
  session: string,
  flow: string,
  account: Account | null,
): Promise<SessionFacts> {
  try {
    return await publish(ports, flow, account, 'finder');
  } catch (error) {
    const { failure, phase } = asAuthError(error);
    if (phase === 'store') throw error;
    ports.vault.drop(session);
    const newer = await restoreSession(ports)({ session }, new AbortController().signal);
    return newer ?? factsOfNothing(session, failure, null, ports.clock.now());
  }
}
