import { isUsable, revokeFamily } from './grants.js';
import type { State, Token } from './state.js';
import type { Spending } from './token-record.js';

/** Spends a refresh token, and decides what its second use brings. */
export function spend(state: State, token: Token | undefined): Spending {
  if (token?.kind !== 'rt') return 'refused';
  if (token.status === 'spent') return reuse(state, token);
  if (!isUsable(state, token)) return 'refused';
  token.status = 'spent';
  token.spentAt = state.clock.now();
  return 'rotated';
}

function reuse(state: State, { grant, spentAt }: Token): Spending {
  const policy = state.reuse;
  if (policy === 'refuse') return 'refused';
  const grace = policy === 'revokeFamily' ? 0 : policy.grace * 1000;
  if (spentAt !== null && state.clock.now() - spentAt < grace) return 'reused';
  revokeFamily(state, grant);
  return 'familyRevoked';
}
