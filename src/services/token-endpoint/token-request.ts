import {
  allowInsecureRequests,
  type AuthorizationServer,
  type Client,
  type ClientAuth,
  customFetch,
  type TokenEndpointRequestOptions,
} from 'oauth4webapi';
import { type AuthError, asAuthError } from '../auth-error.js';
import type { Configuration } from '../configuration.js';
import { basicCredentials } from '../encoding.js';
import type { RequestPorts } from '../protocol-ports.js';
import { reveal } from '../redacted.js';
import { TransportFault } from '../transport-fault.js';
import { classifyFault, phaseOf, type Purpose, type Situation, TokenRequestError } from './classify.js';
import { clientAuthentication } from './client-authentication.js';
import { type Answer, protocolRequest } from './protocol-request.js';

export interface RequestOptions {
  /** Stops the request only before it is sent: the server may act on what it has read. */
  readonly signal?: AbortSignal | undefined;
  /** Milliseconds for the whole request; 30 seconds if not given. */
  readonly deadline?: number | undefined;
  /** Moment of the monotonic clock from which on it is not sent any more. */
  readonly sendBefore?: number | undefined;
}

/** The provider and the client in oauth4webapi's terms. */
export interface ProtocolParties {
  readonly server: AuthorizationServer;
  readonly client: Client;
}

/** What oauth4webapi is handed for one request. */
export interface ProtocolArguments extends ProtocolParties {
  readonly authentication: ClientAuth;
  readonly options: TokenEndpointRequestOptions;
}

export interface Exchange extends ProtocolParties {
  readonly answer: Answer;
  readonly situation: Situation;
  /** Unix milliseconds: lifetimes count from here, for nobody knows when the server counted. */
  readonly requestedAt: number;
}

export function protocolParties({
  provider,
  clientId,
}: Pick<Configuration, 'provider' | 'clientId'>): ProtocolParties {
  const { endpoints } = provider;
  return {
    server: {
      // oauth4webapi insists on one, and compares `iss` with it. Where there is none, checkCallback let no `iss` pass.
      issuer: provider.issuer ?? endpoints.token,
      token_endpoint: endpoints.token,
      ...(endpoints.revocation === null ? {} : { revocation_endpoint: endpoints.revocation }),
      authorization_response_iss_parameter_supported: provider.issuerParameter === 'required',
    },
    client: { client_id: clientId },
  };
}

/**
 * Sends one request that oauth4webapi composes, and reads its answer to the end.
 *
 * @throws {@link TokenRequestError}
 */
export async function tokenRequest(
  purpose: Purpose,
  configuration: Configuration,
  secrets: readonly string[],
  send: (parties: ProtocolArguments) => Promise<Response>,
  ports: RequestPorts,
  { signal, deadline, sendBefore = Infinity }: RequestOptions,
): Promise<Exchange> {
  const { provider, clientId, clientSecret } = configuration;
  const parties = protocolParties(configuration);
  const requestedAt = ports.clock.now();
  const secret = clientSecret === null ? [] : [reveal(clientSecret)];
  // A server that complains of the Authorization header may quote it.
  const hidden = [...secrets, ...secret, ...secret.map((text) => basicCredentials(clientId, text))];
  const situation = (): Situation => ({
    purpose,
    provider,
    secrets: hidden,
    confidential: clientSecret !== null,
    now: ports.clock.now(),
  });
  let answer: Answer | undefined;
  const options: TokenEndpointRequestOptions = {
    [allowInsecureRequests]: provider.dangerouslyAllowLoopbackHttp,
    [customFetch]: async (url, { method, headers, body }) => {
      if (signal?.aborted || ports.clock.elapsed() >= sendBefore) throw notSent('cancelled', purpose);
      answer = await protocolRequest(url, { method, headers, body: String(body) }, ports, deadline);
      // Judged by us first: oauth4webapi reads it only once it is clean.
      return new Response(null);
    },
  };
  try {
    await send({ ...parties, authentication: clientAuthentication(configuration), options });
  } catch (error) {
    if (error instanceof TransportFault) throw classifyFault(error, situation());
    // Composing failed, so nothing was sent. The error of oauth4webapi may quote what it was given.
    throw error instanceof TokenRequestError ? error : notSent(asAuthError(error).code, purpose);
  }
  if (!answer) throw notSent('unexpected', purpose);
  return { ...parties, answer, situation: situation(), requestedAt };
}

function notSent(code: AuthError['code'], purpose: Purpose): TokenRequestError {
  return new TokenRequestError(code, 'notSent', { phase: phaseOf[purpose] });
}
