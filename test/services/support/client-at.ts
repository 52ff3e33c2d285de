import { type Configuration, resolveConfiguration } from '../../../src/services/configuration.js';
import { defineProvider } from '../../../src/services/provider/define-provider.js';
import type { Provider, ProviderDefinition } from '../../../src/services/provider/provider.js';
import { x } from '../../../src/services/provider/x.js';

/** X, moved to a loopback server. */
export function xAt(origin: string, overrides: Partial<ProviderDefinition> = {}): Provider {
  const endpoints = {
    authorization: `${origin}/authorize`,
    token: `${origin}/token`,
    revocation: `${origin}/revoke`,
  };
  const { identify: _, ...rest } = x;
  return defineProvider({ ...rest, endpoints, dangerouslyAllowLoopbackHttp: true, ...overrides });
}

export function clientAt(
  origin: string,
  { clientSecret, ...overrides }: Partial<ProviderDefinition> & { readonly clientSecret?: string } = {},
): Configuration {
  const options = { provider: xAt(origin, overrides), clientId: 'client', clientSecret };
  return resolveConfiguration(options, { browser: false });
}
