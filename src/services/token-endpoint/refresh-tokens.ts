import { processRefreshTokenResponse, refreshTokenGrantRequest } from 'oauth4webapi';
import type { Configuration } from '../configuration.js';
import type { RequestPorts } from '../protocol-ports.js';
import { type GrantedTokens, grantedTokens } from './granted-tokens.js';
import { type RequestOptions, tokenRequest } from './token-request.js';

/**
 * One refresh-token request (RFC 6749 §6). Whoever calls it keeps the rules of exclusion: see renewal.
 *
 * @throws {@link TokenRequestError} `session_revoked` (the token is dead), `client_misconfigured`, `provider_unreachable`,
 * `provider_busy`, `outcome_unknown`, `response_invalid`, `cancelled`; its `certainty` says whether the token may have been spent
 */
export async function refreshTokens(
  { configuration, refreshToken }: { readonly configuration: Configuration; readonly refreshToken: string },
  ports: RequestPorts,
  options: RequestOptions = {},
): Promise<GrantedTokens> {
  const exchange = await tokenRequest(
    'refresh',
    configuration,
    [refreshToken],
    ({ server, client, authentication, options: settings }) =>
      refreshTokenGrantRequest(server, client, authentication, refreshToken, settings),
    ports,
    options,
  );
  const { server, client } = exchange;
  return grantedTokens(exchange, (response) => processRefreshTokenResponse(server, client, response));
}
