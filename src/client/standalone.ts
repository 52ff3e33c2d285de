import { authorizationRequest } from '../services/authorization-request.js';
import type { AuthorizationRequestOptions } from '../services/authorization-request.js';
import { exchangeCode, renewTokens } from '../services/exchange-code.js';
import type { ExchangeCodeOptions, RenewTokensOptions, TokenResponse } from '../services/exchange-code.js';
import type { Transport } from '../services/ports.js';
import type { ProtocolPorts } from '../services/protocol-ports.js';
import { discover } from '../services/provider/discover.js';
import type { Provider, ProviderDefinition } from '../services/provider/provider.js';

export interface StandaloneOptions {
  /** Stops the request before it is sent; what was sent goes on. */
  readonly signal?: AbortSignal;
  /** Another way to the network than the runtime's own, with a proxy or deadline say. */
  readonly transport?: Transport;
}

/** The services that stand alone, bound to a runtime: plain values in and out, nothing remembered. */
export interface Standalone {
  /**
   * An authorization URL with the verifier and state that belong to it; keeping them is yours.
   *
   * @throws {@link AuthError} of phase `configuration`
   */
  authorizationRequest(
    options: AuthorizationRequestOptions,
  ): Promise<{ readonly url: string; readonly codeVerifier: string; readonly state: string }>;
  /**
   * Checks a callback and exchanges its code: state, address, issuer, error, code, and only then a request
   * (RFC 6749 §4.1.3, RFC 7636 §4.5).
   *
   * @throws {@link AuthError} of phase `configuration`, `callback` or `exchange`
   */
  exchangeCode(options: ExchangeCodeOptions, request?: StandaloneOptions): Promise<TokenResponse>;
  /**
   * Spends a refresh token (RFC 6749 §6); `session.renew` sees to it that nobody spends it twice, this does not.
   *
   * @throws {@link AuthError} of phase `configuration` or `renewal`
   */
  renewTokens(options: RenewTokensOptions, request?: StandaloneOptions): Promise<TokenResponse>;
  /**
   * A provider from the metadata its issuer publishes (RFC 8414).
   *
   * @throws {@link AuthError} `issuer_mismatch`, `discovery_failed`, `invalid_provider`
   */
  discover(
    issuer: string,
    overrides?: Partial<Omit<ProviderDefinition, 'issuer'>>,
    request?: Pick<StandaloneOptions, 'transport'>,
  ): Promise<Provider>;
}

export function standaloneServices(ports: ProtocolPorts & { readonly browser: boolean }): Standalone {
  const through = ({ transport = ports.transport }: StandaloneOptions = {}) => ({ ...ports, transport });
  return {
    authorizationRequest: (options) => authorizationRequest(options, ports),
    exchangeCode: (options, request) => exchangeCode(options, through(request), { signal: request?.signal }),
    renewTokens: (options, request) => renewTokens(options, through(request), { signal: request?.signal }),
    discover: (issuer, overrides, request) => discover(issuer, through(request), overrides),
  };
}
