import { revocationRequest } from 'oauth4webapi';
import { AuthError } from '../auth-error.js';
import type { Configuration } from '../configuration.js';
import type { RequestPorts } from '../protocol-ports.js';
import { classifyAnswer } from './classify.js';
import { type RequestOptions, tokenRequest } from './token-request.js';

export interface TokenRevocation {
  readonly configuration: Configuration;
  readonly token: string;
  readonly hint: 'access_token' | 'refresh_token';
}

/**
 * Revokes one token (RFC 7009 §2.1). Resolves if it is dead, also if it was before.
 *
 * @throws {@link AuthError} `invalid_provider`: there is no revocation endpoint
 * @throws {@link TokenRequestError} `provider_busy` (the token still lives; see `retryAt`), `response_invalid`,
 * `client_misconfigured`, `provider_unreachable`, `outcome_unknown`, `cancelled`
 */
export async function revokeToken(
  { configuration, token, hint }: TokenRevocation,
  ports: RequestPorts,
  options: RequestOptions = {},
): Promise<void> {
  if (configuration.provider.endpoints.revocation === null) {
    throw new AuthError('invalid_provider', {
      phase: 'signOut',
      detail: 'The member "endpoints.revocation" of the provider is null: its tokens cannot be revoked.',
    });
  }
  const { answer, situation } = await tokenRequest(
    'revocation',
    configuration,
    [token],
    ({ server, client, authentication, options: settings }) =>
      revocationRequest(server, client, authentication, token, {
        ...settings,
        additionalParameters: { token_type_hint: hint },
      }),
    ports,
    options,
  );
  // The status alone counts; the body is ignored (RFC 7009 §2.2).
  if (answer.status === 200) return;
  const error = classifyAnswer(answer, situation);
  if (error.code !== 'session_revoked') throw error;
}
