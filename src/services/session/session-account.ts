import type { Account } from '../../machines/vocabulary.js';
import { lookUp } from '../flow/identify-account.js';
import type { ServicePorts } from '../service-ports.js';
import { AuthError } from '../auth-error.js';
import { hold } from './restore-session.js';

/**
 * Whose session it is: from the record, else from the provider, which is asked once.
 *
 * @param accessToken - one that works now
 * @throws {@link AuthError} `not_signed_in`, those of {@link lookUp}, of phase `store`
 */
export async function accountOf(ports: ServicePorts, session: string, accessToken: string): Promise<Account> {
  const known = ports.vault.get(session)?.facts.account;
  if (known) return known;
  const account = await lookUp(ports, accessToken);
  if (account === null)
    throw new AuthError('response_invalid', { detail: 'The account is not in the answer.' });
  await remember(ports, session, accessToken, account);
  return account;
}

async function remember(
  ports: ServicePorts,
  session: string,
  accessToken: string,
  account: Account,
): Promise<void> {
  const stored = await ports.records.readSession(session);
  if (stored?.record.status !== 'live') return;
  const { record, version } = stored;
  // Another sign-in may have taken its place meanwhile, and a renewal in flight counts on its own version: the next time.
  if (record.tokens.accessToken !== accessToken || record.journal !== null) return;
  const identified = { ...record, account };
  const written = await ports.records.writeSession(session, identified, version);
  if (written !== null) hold(ports, session, identified, written);
}
