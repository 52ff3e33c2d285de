import {
  authorizationCodeGrantRequest,
  processAuthorizationCodeResponse,
  validateAuthResponse,
} from 'oauth4webapi';
import { AuthError } from '../auth-error.js';
import type { Configuration } from '../configuration.js';
import { requireVerifier } from '../pkce.js';
import type { RequestPorts } from '../protocol-ports.js';
import { type GrantedTokens, grantedTokens } from './granted-tokens.js';
import { protocolParties, type RequestOptions, tokenRequest } from './token-request.js';

/** A verified callback and what its flow remembers. */
export interface Redemption {
  readonly configuration: Configuration;
  /** The one of the authorization request, to the character. */
  readonly redirectUri: string;
  readonly codeVerifier: string;
  /** The one of the authorization request. */
  readonly state: string;
  /** `parameters` of {@link checkCallback}. */
  readonly parameters: string;
}

/**
 * Exchanges a code for tokens (RFC 6749 §4.1.3, RFC 7636 §4.5). Sends the code once; never repeat it.
 *
 * @throws {@link TokenRequestError} `code_refused`, `client_misconfigured`, `provider_unreachable`, `provider_busy`,
 * `outcome_unknown`, `response_invalid`, `cancelled`; its `certainty` says what is known of the request
 * @throws {@link AuthError} `callback_malformed`, `invalid_option`: nothing was sent
 */
export async function redeemCode(
  { configuration, redirectUri, codeVerifier, state, parameters }: Redemption,
  ports: RequestPorts,
  options: RequestOptions = {},
): Promise<GrantedTokens> {
  requireVerifier(codeVerifier);
  const { server, client } = protocolParties(configuration);
  const values = new URLSearchParams(parameters);
  const callback = revalidate(() => validateAuthResponse(server, client, values, state));
  const exchange = await tokenRequest(
    'code',
    configuration,
    [values.get('code') ?? '', codeVerifier, state],
    ({ authentication, options: settings }) =>
      authorizationCodeGrantRequest(
        server,
        client,
        authentication,
        callback,
        redirectUri,
        codeVerifier,
        settings,
      ),
    ports,
    options,
  );
  return grantedTokens(exchange, (response) => processAuthorizationCodeResponse(server, client, response));
}

// The errors of oauth4webapi hold the expected state.
function revalidate<T>(validate: () => T): T {
  try {
    return validate();
  } catch {
    throw new AuthError('callback_malformed');
  }
}
