import { mintSecret } from './secrets.js';
import type { AuthorizationRequest, Code, EmulatorUser, Grant, State, Token } from './state.js';

export function issueCode(state: State, request: AuthorizationRequest, user: EmulatorUser): string {
  const now = state.clock.now();
  const value = mintSecret('ac', now);
  state.codes.set(value, {
    request,
    user,
    expiresAt: now + state.lifetimes.code * 1000,
    status: 'unused',
  });
  return value;
}

/** X keeps one live grant per app and account: signing in on a second device signs the first one out. */
export function openGrant(state: State, { request, user }: Code): Grant {
  for (const token of state.tokens.values()) {
    if (token.grant.app === request.app && token.grant.user === user) token.status = 'revoked';
  }
  return { app: request.app, user, scopes: request.scopes };
}

export function issueToken(state: State, kind: Token['kind'], grant: Grant): string {
  const now = state.clock.now();
  const value = mintSecret(kind, now);
  const lifetime = kind === 'at' ? state.lifetimes.accessToken : state.lifetimes.refreshToken;
  state.tokens.set(value, { kind, grant, expiresAt: now + lifetime * 1000, status: 'live', spentAt: null });
  return value;
}

export function isUsable(state: State, token: Token): boolean {
  return token.status === 'live' && state.clock.now() < token.expiresAt;
}

/** Everything that descends from one authorization dies with it. */
export function revokeFamily(state: State, grant: Grant): void {
  for (const token of state.tokens.values()) if (token.grant === grant) token.status = 'revoked';
}
