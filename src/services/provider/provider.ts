import type { Account, ProviderAnswer } from '../../machines/vocabulary.js';

/** How a client proves at the token endpoint who it is: not at all, or by HTTP Basic (RFC 6749 §2.3.1). */
export type ClientAuthenticationMethod = 'none' | 'client_secret_basic';

export interface ProviderEndpoints {
  readonly authorization: string;
  readonly token: string;
  /** `null`: tokens cannot be revoked (RFC 7009). */
  readonly revocation: string | null;
}

/** Where the provider tells whose token it is. */
export interface AccountLookup {
  /** On one of the provider's API origins; asked by GET with the access token. */
  readonly url: string;
  /** Picks the account out of the JSON answer; `null` if it is not there. */
  readonly account: (json: unknown) => Account | null;
}

/**
 * An authorization server and its quirks, as frozen data.
 * Take {@link x}, ask {@link discover}, or write one with {@link defineProvider}.
 */
export interface Provider {
  /** Short and stable: names stored records. */
  readonly id: string;
  /** For people. */
  readonly name: string;
  /** The issuer identifier (RFC 8414 §2), to the character; `null` if it has none. */
  readonly issuer: string | null;
  readonly endpoints: ProviderEndpoints;
  readonly clientAuthentication: readonly ClientAuthenticationMethod[];
  /** `anyPort`: the port of a loopback redirect URI may differ (RFC 8252 §7.3). */
  readonly callbackMatching: 'exact' | 'anyPort';
  /**
   * The `iss` parameter of callbacks (RFC 9207): `required` one that equals the issuer, `optional` one or none, `absent` none.
   * A value that differs is always rejected.
   */
  readonly issuerParameter: 'absent' | 'optional' | 'required';
  /** Seconds between a code's issue and its end. */
  readonly codeLifetime: number;
  /** Requested if nobody names scopes. */
  readonly defaultScopes: readonly string[];
  /** The scope that grants a refresh token; `null` if none does. */
  readonly offlineScope: string | null;
  /** Used if nobody names one. */
  readonly redirectUri: string | null;
  /** Where access tokens may go. */
  readonly apiOrigins: readonly string[];
  /**
   * Whether token endpoint, revocation endpoint and API answer pages of other origins (CORS). If not, a page goes through
   * its own origin: `relay()` of `authchart/server`, and `relayTransport()` of `authchart/browser`.
   */
  readonly crossOrigin: boolean;
  /** Seconds an access token is taken to live if the answer does not say; `null`: until it is refused. */
  readonly assumedTokenLifetime: number | null;
  readonly identify: AccountLookup | null;
  /** The scopes an API call needs; `null` where that is not known. */
  readonly requiredScopes: (method: string, url: URL) => readonly string[] | null;
  /** Whether this refusal says that code or refresh token are dead for good. */
  readonly deadGrant: (answer: ProviderAnswer) => boolean;
  /** Whether this refusal is about the client, not the grant: it never costs a user their session. */
  readonly misconfigured: (answer: ProviderAnswer) => boolean;
  /** Tests only: http endpoints on 127.0.0.1 and [::1]. */
  readonly dangerouslyAllowLoopbackHttp: boolean;
}

/** What {@link defineProvider} takes: the endpoints, an id, and whatever differs from the RFCs' defaults. */
export interface ProviderDefinition extends Partial<Omit<Provider, 'id' | 'endpoints'>> {
  readonly id: string;
  readonly endpoints: Omit<ProviderEndpoints, 'revocation'> & Partial<Pick<ProviderEndpoints, 'revocation'>>;
}
