import { allowInsecureRequests, customFetch, discoveryRequest, processDiscoveryResponse } from 'oauth4webapi';
import { AuthError } from '../auth-error.js';
import type { ProtocolPorts } from '../protocol-ports.js';
import { type Answer, protocolRequest } from '../token-endpoint/protocol-request.js';
import { jsonOf, ResponseFault, TOKEN_JSON } from '../token-endpoint/token-response.js';
import { boolean, list, object, optional, read, string } from '../shape.js';
import type { Shaped } from '../shape.js';
import { TransportFault } from '../transport-fault.js';
import { defineProvider } from './define-provider.js';
import { faultOfEndpoint, faultOfIssuer } from './endpoint-url.js';
import type { ClientAuthenticationMethod, Provider, ProviderDefinition } from './provider.js';

/** The members of RFC 8414 §2 that are used; others are ignored. */
const metadataSchema = object({
  issuer: string,
  authorization_endpoint: string,
  token_endpoint: string,
  revocation_endpoint: optional(string),
  code_challenge_methods_supported: optional(list(string)),
  response_types_supported: optional(list(string)),
  token_endpoint_auth_methods_supported: optional(list(string)),
  authorization_response_iss_parameter_supported: optional(boolean),
});

type Metadata = Shaped<typeof metadataSchema>;

const METHODS: readonly ClientAuthenticationMethod[] = ['none', 'client_secret_basic'];

/**
 * Builds a provider from the metadata its issuer publishes (RFC 8414). Asked once, cached nowhere: keep the provider.
 * Metadata knows nothing of API origins, CORS, code lifetimes or account lookups; give them as `overrides`.
 *
 * @throws {@link AuthError} `issuer_mismatch`: the document names another issuer, to the character (RFC 8414 §3.3)
 * @throws {@link AuthError} `discovery_failed`: no usable document, or one without S256 or with an endpoint that is not https
 * @throws {@link AuthError} `invalid_provider`: the overrides
 *
 * @example
 * ```ts
 * const acme = await discover('https://login.acme.example', ports, { apiOrigins: ['https://api.acme.example'] });
 * ```
 */
export async function discover(
  issuer: string,
  ports: Pick<ProtocolPorts, 'clock' | 'transport'>,
  overrides: Partial<Omit<ProviderDefinition, 'issuer'>> = {},
): Promise<Provider> {
  const loopback = overrides.dangerouslyAllowLoopbackHttp ?? false;
  const fault = typeof issuer === 'string' ? faultOfIssuer(issuer, loopback) : 'is missing';
  if (fault) throw failed(`The issuer ${fault}.`);
  const answer = await requestMetadata(new URL(issuer), ports, loopback);
  const document = readDocument(answer);
  await compareIssuer(issuer, document);
  const metadata = read(metadataSchema, document, (at) => {
    const [member] = at.split('.');
    return failed(`The member "${member}" of the metadata is missing or of the wrong type.`);
  });
  requireSecureEndpoints(document, loopback);
  return defineProvider({ ...definitionOf(metadata), ...overrides, issuer });
}

async function requestMetadata(
  issuer: URL,
  ports: Pick<ProtocolPorts, 'clock' | 'transport'>,
  loopback: boolean,
): Promise<Answer> {
  let answer: Answer | undefined;
  try {
    await discoveryRequest(issuer, {
      algorithm: 'oauth2',
      [allowInsecureRequests]: loopback,
      [customFetch]: async (url, { method, headers }) => {
        answer = await protocolRequest(url, { method, headers }, ports);
        return new Response(null);
      },
    });
  } catch (error) {
    throw failed(error instanceof TransportFault ? `The issuer gave no answer (${error.kind}).` : undefined);
  }
  if (!answer) throw failed();
  if (answer.redirect) throw failed('The issuer answers with a redirect, which is not followed.');
  if (answer.status !== 200) throw failed(`The issuer answers with status ${answer.status}, not 200.`);
  return answer;
}

function readDocument(answer: Answer): Readonly<Record<string, unknown>> {
  try {
    // oauth4webapi looks at the content type only when the body is no JSON.
    return jsonOf(answer, TOKEN_JSON);
  } catch (error) {
    throw failed(error instanceof ResponseFault ? error.message : undefined);
  }
}

// oauth4webapi compares normalised URLs; RFC 8414 §4 wants code points, so ours comes on top.
async function compareIssuer(issuer: string, document: Readonly<Record<string, unknown>>): Promise<void> {
  const named = document['issuer'];
  if (typeof named !== 'string')
    throw failed('The member "issuer" of the metadata is missing or of the wrong type.');
  if (named !== issuer) throw new AuthError('issuer_mismatch');
  await processDiscoveryResponse(new URL(issuer), Response.json(document)).catch(() => {
    throw failed();
  });
}

// Endpoints nobody uses here count too: one that is not https says that the document is not to be trusted.
function requireSecureEndpoints(document: Readonly<Record<string, unknown>>, loopback: boolean): void {
  for (const [member, url] of Object.entries(document)) {
    if (typeof url !== 'string' || !/(?:_endpoint|^jwks_uri)$/.test(member)) continue;
    const fault = faultOfEndpoint(url, loopback);
    if (fault) throw failed(`An endpoint of the metadata ${fault}.`);
  }
}

function definitionOf(metadata: Metadata): ProviderDefinition & Partial<Provider> {
  if (metadata.code_challenge_methods_supported?.includes('S256') === false) {
    throw failed('The metadata excludes the code challenge method S256.');
  }
  if (metadata.response_types_supported?.includes('code') === false) {
    throw failed('The metadata excludes the response type code.');
  }
  const listed = metadata.token_endpoint_auth_methods_supported;
  const methods = METHODS.filter((method) => listed?.includes(method) ?? true);
  if (methods.length === 0) throw failed('The metadata lists neither none nor client_secret_basic.');
  const { hostname } = new URL(metadata.issuer);
  return {
    id: hostname.replaceAll(/[^A-Za-z0-9._-]+/g, ''),
    name: hostname,
    endpoints: {
      authorization: metadata.authorization_endpoint,
      token: metadata.token_endpoint,
      revocation: metadata.revocation_endpoint ?? null,
    },
    clientAuthentication: methods,
    issuerParameter: metadata.authorization_response_iss_parameter_supported === true ? 'required' : 'absent',
  };
}

function failed(detail?: string): AuthError {
  return new AuthError('discovery_failed', detail === undefined ? {} : { detail });
}
