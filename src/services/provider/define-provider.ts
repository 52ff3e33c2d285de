import type { Account, ProviderAnswer } from '../../machines/vocabulary.js';
import { AuthError } from '../auth-error.js';
import { isReservedParameter } from '../parameters.js';
import { faultOfRedirectUri } from '../redirect-uri.js';
import { isScopeToken } from '../scopes.js';
import { boolean, list, matching, nullable, oneOf, read, strict, string, that } from '../shape.js';
import { faultOfEndpoint, faultOfIssuer } from './endpoint-url.js';
import type { Provider, ProviderDefinition } from './provider.js';

const isFunction = (value: unknown) => typeof value === 'function';
const seconds = that<number>((value) => Number.isSafeInteger(value) && Number(value) > 0);
const scope = that<string>(isScopeToken);
const method = oneOf('none', 'client_secret_basic');
const scopesOfCall = that<(method: string, url: URL) => readonly string[] | null>(isFunction);
const judge = that<(answer: ProviderAnswer) => boolean>(isFunction);

// Strict, so that a misspelt member is not ignored in silence.
const schema = strict({
  id: matching(/^[A-Za-z0-9._-]{1,100}$/),
  name: string,
  issuer: nullable(string),
  endpoints: strict({
    authorization: string,
    token: string,
    revocation: nullable(string),
  }),
  clientAuthentication: list(method),
  callbackMatching: oneOf('exact', 'anyPort'),
  issuerParameter: oneOf('absent', 'optional', 'required'),
  codeLifetime: seconds,
  defaultScopes: list(scope),
  offlineScope: nullable(scope),
  redirectUri: nullable(string),
  apiOrigins: list(string),
  crossOrigin: boolean,
  assumedTokenLifetime: nullable(seconds),
  identify: nullable(strict({ url: string, account: that<(json: unknown) => Account | null>(isFunction) })),
  requiredScopes: scopesOfCall,
  deadGrant: judge,
  misconfigured: judge,
  dangerouslyAllowLoopbackHttp: boolean,
});

/** What RFC 6749 says, where it says something; the careful choice where it does not. */
const defaults: Omit<Provider, 'id' | 'name' | 'endpoints'> = {
  issuer: null,
  clientAuthentication: ['none', 'client_secret_basic'],
  callbackMatching: 'exact',
  issuerParameter: 'absent',
  codeLifetime: 600, // RFC 6749 §4.1.2 recommends at most ten minutes
  defaultScopes: [],
  offlineScope: null,
  redirectUri: null,
  apiOrigins: [],
  // What a server does that is meant for browser-based clients; no metadata tells it.
  crossOrigin: true,
  assumedTokenLifetime: null,
  identify: null,
  requiredScopes: () => null,
  deadGrant: ({ error }) => error === 'invalid_grant',
  misconfigured: ({ error }) =>
    error === 'invalid_client' || error === 'unauthorized_client' || error === 'unsupported_grant_type',
  dangerouslyAllowLoopbackHttp: false,
};

/**
 * A provider of your own, checked, completed with what the RFCs say, and frozen. Spread a provider to vary it.
 *
 * @throws {@link AuthError} `invalid_provider`, naming the member at fault
 *
 * @example
 * ```ts
 * const acme = defineProvider({
 *   id: 'acme',
 *   endpoints: { authorization: 'https://login.acme.example/authorize', token: 'https://login.acme.example/token' },
 *   apiOrigins: ['https://api.acme.example'],
 * });
 * ```
 */
export function defineProvider(definition: ProviderDefinition): Provider {
  const endpoints = { revocation: null, ...definition?.endpoints };
  const given = { ...defaults, name: definition?.id, ...definition, endpoints };
  const misfit = (member: string) => invalid(member, 'is missing, misspelt or of the wrong type');
  const provider = read(schema, given, misfit);
  if (provider.clientAuthentication.length === 0) throw misfit('clientAuthentication');
  requireUrls(provider);
  if (provider.issuerParameter !== 'absent' && provider.issuer === null) {
    throw invalid('issuer', 'is missing, and issuerParameter compares with it');
  }
  return freezeDeeply(provider);
}

function requireUrls(provider: Provider): void {
  const {
    endpoints,
    issuer,
    redirectUri,
    apiOrigins,
    identify,
    dangerouslyAllowLoopbackHttp: loopback,
  } = provider;
  for (const [name, url] of Object.entries(endpoints)) {
    const fault = url === null ? null : faultOfEndpoint(url, loopback);
    if (fault) throw invalid(`endpoints.${name}`, fault);
  }
  const names = [...new URL(endpoints.authorization).searchParams.keys()];
  if (new Set(names).size < names.length || names.some(isReservedParameter)) {
    throw invalid(
      'endpoints.authorization',
      'has a query that repeats a parameter or sets one of the protocol',
    );
  }
  const issuerFault = issuer === null ? null : faultOfIssuer(issuer, loopback);
  if (issuerFault) throw invalid('issuer', issuerFault);
  const redirectFault = redirectUri === null ? null : faultOfRedirectUri(redirectUri);
  if (redirectFault) throw invalid('redirectUri', redirectFault);
  for (const [index, origin] of apiOrigins.entries()) {
    const fault =
      faultOfEndpoint(origin, loopback) ?? (new URL(origin).origin === origin ? null : 'is not an origin');
    if (fault) throw invalid(`apiOrigins.${index}`, fault);
  }
  if (identify) {
    const fault = faultOfEndpoint(identify.url, loopback);
    if (fault) throw invalid('identify.url', fault);
    // The access token goes there.
    if (!apiOrigins.includes(new URL(identify.url).origin))
      throw invalid('identify.url', 'is outside apiOrigins');
  }
}

function invalid(member: string, fault: string): AuthError {
  return new AuthError('invalid_provider', { detail: `The member "${member}" of the provider ${fault}.` });
}

function freezeDeeply<T>(value: T): T {
  if (typeof value === 'object' && value !== null) {
    Object.values(value).forEach(freezeDeeply);
    Object.freeze(value);
  }
  return value;
}
