import type { Redacted } from '../machines/vocabulary.js';
import { AuthError } from './auth-error.js';
import { hasLoneSurrogate } from './encoding.js';
import { validateParameters } from './parameters.js';
import { defineProvider } from './provider/define-provider.js';
import type { Provider } from './provider/provider.js';
import { validateRedirectUri } from './redirect-uri.js';
import { redact } from './redacted.js';
import { validateScopes } from './scopes.js';

export { validateParameters } from './parameters.js';
export { validateRedirectUri } from './redirect-uri.js';
export { validateScopes } from './scopes.js';

/** Who we are to which provider, and what we ask of it. */
export interface ConfigurationOptions {
  readonly provider: Provider;
  readonly clientId: string;
  /** Confidential clients only. An empty string is no secret. */
  readonly clientSecret?: string | undefined;
  /** As registered, to the character. Default: the provider's. */
  readonly redirectUri?: string | undefined;
  /** Default: the provider's. */
  readonly scopes?: readonly string[] | undefined;
  /** Renew in the background, so that a fresh access token is always there. */
  readonly keepWarm?: boolean | undefined;
  /** Extra parameters of every authorization request. */
  readonly parameters?: Readonly<Record<string, string>> | undefined;
}

/** {@link ConfigurationOptions}, checked, completed and frozen. */
export interface Configuration {
  readonly provider: Provider;
  readonly clientId: string;
  readonly clientSecret: Redacted<string> | null;
  /** `null`: each authorization request must name one. */
  readonly redirectUri: string | null;
  readonly scopes: readonly string[];
  readonly keepWarm: boolean;
  readonly parameters: Readonly<Record<string, string>>;
}

/**
 * Checks options once, at the start, so that nothing wrong is found out in the middle of a sign-in.
 *
 * @throws {@link AuthError} `invalid_provider`, `invalid_client_id`, `invalid_client_secret`, `secret_in_browser`,
 * `invalid_redirect_uri`, `invalid_scope`, `offline_scope_missing`, `reserved_parameter`, `invalid_option`
 */
export function resolveConfiguration(
  options: ConfigurationOptions,
  runtime: { readonly browser: boolean },
): Configuration {
  const provider = validateProvider(options.provider);
  const redirectUri = options.redirectUri ?? provider.redirectUri;
  const scopes = validateScopes(options.scopes ?? provider.defaultScopes);
  return Object.freeze({
    provider,
    clientId: validateClientId(options.clientId),
    clientSecret: resolveSecret(options.clientSecret, provider, runtime.browser),
    redirectUri: redirectUri === null ? null : validateRedirectUri(redirectUri),
    scopes,
    keepWarm: resolveKeepWarm(options.keepWarm, provider, scopes),
    parameters: validateParameters(options.parameters ?? {}),
  });
}

/**
 * Checks, copies and freezes, also what was spread from a provider and changed: its token must not go over http, nor
 * may an endpoint change between request and exchange.
 *
 * @throws {@link AuthError} `invalid_provider`
 */
export function validateProvider(provider: Provider | undefined): Provider {
  if (typeof provider?.endpoints === 'object') return defineProvider(provider);
  throw new AuthError('invalid_provider', {
    detail:
      'The option "provider" is not a provider; import x, or make one with defineProvider() or discover().',
  });
}

/** @throws {@link AuthError} `invalid_client_id` */
export function validateClientId(clientId: unknown): string {
  const fault = faultOfCredential(clientId);
  if (fault) throw new AuthError('invalid_client_id', { detail: `The client id ${fault}.` });
  return clientId as string;
}

function resolveSecret(secret: unknown, provider: Provider, browser: boolean): Redacted<string> | null {
  const needed = secret === undefined || secret === null || secret === '' ? 'none' : 'client_secret_basic';
  if (needed === 'client_secret_basic') {
    if (browser) throw new AuthError('secret_in_browser');
    const fault = faultOfCredential(secret);
    if (fault) throw new AuthError('invalid_client_secret', { detail: `The client secret ${fault}.` });
  }
  if (!provider.clientAuthentication.includes(needed)) {
    const word = needed === 'none' ? 'demands a client secret' : 'takes no client secret by HTTP Basic';
    throw new AuthError('invalid_client_secret', { detail: `${provider.name} ${word}.` });
  }
  return needed === 'none' ? null : redact(secret as string);
}

// Not trimmed in silence: the same stray newline would still be wrong wherever else the value is used.
function faultOfCredential(value: unknown): string | null {
  if (typeof value !== 'string' || value === '') return 'is missing or not a string';
  if (/^\s|\s$/.test(value)) return 'begins or ends with a space or line break';
  if (/[\s\p{Cc}]/u.test(value)) return 'contains a space or control character';
  return hasLoneSurrogate(value) ? 'is not well-formed text' : null;
}

function resolveKeepWarm(keepWarm: unknown, provider: Provider, scopes: readonly string[]): boolean {
  if (keepWarm !== undefined && typeof keepWarm !== 'boolean') {
    throw new AuthError('invalid_option', { detail: 'The option "keepWarm" is not a boolean.' });
  }
  const { offlineScope } = provider;
  if (keepWarm && offlineScope !== null && !scopes.includes(offlineScope)) {
    throw new AuthError('offline_scope_missing', {
      detail: `keepWarm renews sessions, and ${provider.name} grants a refresh token only with the scope ${offlineScope}.`,
    });
  }
  return keepWarm ?? false;
}
