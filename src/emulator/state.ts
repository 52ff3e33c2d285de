import type { EmulatorClock } from './clock.js';
import type { RecordedTokenRequest } from './token-record.js';

/** An app as its developer registered it. A confidential app has a `client_secret`, a public one must not. */
export interface EmulatorApp {
  client_id: string;
  kind: 'public' | 'confidential';
  client_secret?: string;
  /** Compared character for character, as X does: port and trailing slash included. At most 10. */
  redirect_uris: readonly string[];
  name: string;
  /** The console's "Request email from users": without it, asking for `users.email` ends on the error page. */
  emailToggle?: boolean;
}

/** An account. `id` is a decimal string, up to 19 digits: it does not fit a JavaScript number. */
export interface EmulatorUser {
  id: string;
  username: string;
  name: string;
  /** The confirmed address; leave it out for an account without one. */
  email?: string;
}

/** In seconds. A refresh token's lifetime begins anew at every rotation. */
export interface Lifetimes {
  readonly code: number;
  readonly accessToken: number;
  readonly refreshToken: number;
}

/**
 * What a refresh token that was spent before brings: nothing (`refuse`), the end of every token that descends from the same
 * authorization (`revokeFamily`, RFC 9700 §4.14.2), or a fresh pair for `grace` seconds after it was first spent, and the
 * end of the family after that.
 */
export type ReusePolicy = 'refuse' | 'revokeFamily' | { readonly grace: number };

export interface App extends EmulatorApp {
  redirect_uris: string[];
}

/** What an accepted authorization request asked for; it waits for the person, then stands behind the code. */
export interface AuthorizationRequest {
  readonly app: App;
  readonly redirectUri: string;
  readonly scopes: readonly string[];
  readonly state: string | null;
  readonly challenge: string;
  readonly method: 'S256' | 'plain';
}

export interface Code {
  readonly request: AuthorizationRequest;
  readonly user: EmulatorUser;
  readonly expiresAt: number;
  status: 'unused' | 'used';
}

/** One authorization of one app by one account, with all the tokens that descend from it. */
export interface Grant {
  readonly app: App;
  readonly user: EmulatorUser;
  readonly scopes: readonly string[];
}

export interface Token {
  readonly kind: 'at' | 'rt';
  readonly grant: Grant;
  readonly expiresAt: number;
  status: 'live' | 'spent' | 'revoked';
  /** When it was spent for the first time; `null` while it was not. */
  spentAt: number | null;
}

export interface RateWindow {
  used: number;
  /** Unix seconds. */
  readonly reset: number;
}

export interface State {
  readonly origin: string;
  readonly clock: EmulatorClock;
  readonly lifetimes: Lifetimes;
  readonly reuse: ReusePolicy;
  readonly allowedOrigins: readonly string[];
  readonly apps: readonly App[];
  readonly users: readonly EmulatorUser[];
  readonly consents: Map<string, AuthorizationRequest>;
  readonly codes: Map<string, Code>;
  readonly tokens: Map<string, Token>;
  readonly tokenRequests: RecordedTokenRequest[];
  readonly rateWindows: Map<string, RateWindow>;
}

export function findApp(state: State, clientId: string | undefined): App | undefined {
  return state.apps.find((app) => app.client_id === clientId);
}
