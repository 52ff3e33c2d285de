import type { Account } from '../../machines/vocabulary.js';
import { AuthError, asAuthError } from '../auth-error.js';
import { cleanText } from '../clean-text.js';
import { endOf } from './receipt.js';
import type { Service, ServicePorts } from '../service-ports.js';
import { protocolRequest } from '../token-endpoint/protocol-request.js';
import { TransportFault } from '../transport-fault.js';
import { readFlow } from '../records/flow-records.js';

/**
 * Asks the provider whose tokens the receipt holds and compares (RFC 9700 §4.5: a code injected by an attacker brings
 * somebody else's account).
 *
 * @throws {@link AuthError} `account_mismatch`, `provider_unreachable`, `outcome_unknown`, `response_invalid`
 */
export const identifyAccount: Service<{ flow: string; expectedAccount: string }, Account> =
  (ports) =>
  async ({ flow, expectedAccount }) => {
    const receipt = await readFlow(ports.records, flow);
    if (receipt?.record.status !== 'completed') throw endOf(receipt?.record);
    const { tokens, session } = receipt.record;
    const account = tokens ? await lookUp(ports, tokens.accessToken) : await recorded(ports, session);
    if (account?.id !== expectedAccount) throw new AuthError('account_mismatch');
    return account;
  };

/** Whoever published the session has asked already. */
async function recorded({ records }: ServicePorts, session: string): Promise<Account | null> {
  const stored = await records.readSession(session);
  return stored?.record.status === 'live' ? stored.record.account : null;
}

/** Names end on terminals and pages. An id is compared to the character, so it is refused rather than cleaned. */
function cleanAccount(account: Account | null): Account | null {
  if (account === null || cleanText(account.id) !== account.id) return null;
  return { id: account.id, username: account.username === null ? null : cleanText(account.username) };
}

/**
 * Asks the provider whose access token this is.
 *
 * @throws {@link AuthError} `invalid_provider`, `provider_unreachable`, `provider_busy`, `outcome_unknown`,
 * `response_invalid`
 */
export async function lookUp(ports: ServicePorts, accessToken: string): Promise<Account | null> {
  const { identify } = ports.configuration.provider;
  if (!identify) throw new AuthError('invalid_provider', { detail: 'The provider has no "identify".' });
  const headers = { accept: 'application/json', authorization: `Bearer ${accessToken}` };
  try {
    const answer = await protocolRequest(identify.url, { method: 'GET', headers }, ports);
    if (answer.status === 429 || answer.status >= 500) throw new AuthError('provider_busy');
    if (answer.status !== 200) {
      const provider = { error: null, description: null, status: answer.status };
      throw new AuthError('response_invalid', { detail: 'The account could not be looked up.', provider });
    }
    return cleanAccount(identify.account(JSON.parse(answer.body ?? '')));
  } catch (error) {
    if (error instanceof TransportFault)
      throw new AuthError(error.sent ? 'outcome_unknown' : 'provider_unreachable');
    throw asAuthError(error, 'response_invalid', { detail: 'The account could not be looked up.' });
  }
}
