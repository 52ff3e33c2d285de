import { authorizationRequest } from '../services/authorization-request.js';
import type { AuthorizationRequestOptions } from '../services/authorization-request.js';
import type { ExchangeCodeOptions, RenewTokensOptions, TokenResponse } from '../services/exchange-code.js';
import type { Transport } from '../services/ports.js';
import type { ProtocolPorts } from '../services/protocol-ports.js';
import type { Provider, ProviderDefinition } from '../services/provider/provider.js';
import { fromChunk } from './chunks/chunk.js';
import type { StandaloneChunk } from './chunks/chunks.js';

export interface StandaloneOptions {
  /** Stops the request before it is sent; what was sent goes on. */
  readonly signal?: AbortSignal;
  /** Another way to the network than the runtime's own, with a proxy or deadline say. */
  readonly transport?: Transport;
}

/** The services that stand alone, bound to a runtime: plain values in and out, nothing remembered. */
export interface Standalone {
  authorizationRequest(
    options: AuthorizationRequestOptions,
  ): Promise<{ readonly url: string; readonly codeVerifier: string; readonly state: string }>;
  exchangeCode(options: ExchangeCodeOptions, request?: StandaloneOptions): Promise<TokenResponse>;
  renewTokens(options: RenewTokensOptions, request?: StandaloneOptions): Promise<TokenResponse>;
  discover(
    issuer: string,
    overrides?: Partial<Omit<ProviderDefinition, 'issuer'>>,
    request?: Pick<StandaloneOptions, 'transport'>,
  ): Promise<Provider>;
}

export function standaloneServices(
  ports: ProtocolPorts & { readonly browser: boolean },
  chunk: StandaloneChunk,
): Standalone {
  const exchangeCode = fromChunk(chunk, (code) => code.exchangeCode);
  const renewTokens = fromChunk(chunk, (code) => code.renewTokens);
  const discover = fromChunk(chunk, (code) => code.discover);
  const through = ({ transport = ports.transport }: StandaloneOptions = {}) => ({ ...ports, transport });
  return {
    authorizationRequest: (options) => authorizationRequest(options, ports),
    exchangeCode: (options, request) => exchangeCode(options, through(request), { signal: request?.signal }),
    renewTokens: (options, request) => renewTokens(options, through(request), { signal: request?.signal }),
    discover: (issuer, overrides, request) => discover(issuer, through(request), overrides),
  };
}
