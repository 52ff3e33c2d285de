import type { SessionFacts } from '../../machines/vocabulary.js';
import { AuthError } from '../auth-error.js';
import { commit } from '../flow/receipt.js';
import { publish } from '../flow/publish-session.js';
import { replaceTokens } from '../renewal/save-tokens.js';
import type { Service } from '../service-ports.js';
import { revokeAll } from '../sign-out/revoke-all.js';

/**
 * Tries once more to save tokens that are only in memory.
 *
 * @throws {@link AuthError} of phase `store` while the store is down; `not_signed_in` if somebody signed out meanwhile
 */
export const saveUnsaved: Service<{ session: string }, SessionFacts> =
  (ports) =>
  async ({ session }) => {
    const held = ports.vault.get(session);
    if (!held?.unsaved) throw new AuthError('not_signed_in');
    const { tokens, unsaved } = held;
    if (unsaved.kind === 'renewal') {
      const saved = await replaceTokens(ports, session, unsaved.renewalId, tokens);
      if (saved.outcome === 'signedOut') throw new AuthError('not_signed_in');
      return saved.facts;
    }
    const committed = await commit(ports, unsaved.flow, unsaved, tokens);
    if (committed.outcome === 'committed') return publish(ports, unsaved.flow, null);
    ports.vault.drop(session);
    await revokeAll(ports, tokens);
    throw AuthError.from(committed.failure);
  };
