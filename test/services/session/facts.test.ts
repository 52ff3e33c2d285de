import { describe, expect, it } from 'vitest';
import { factsOf, tokensOf } from '../../../src/services/session/facts.js';
import { x } from '../../../src/services/provider/x.js';

const now = 1_800_000_000_000;
const live = (members = {}) => ({
  account: null,
  tokens: {
    accessToken: 'a',
    refreshToken: 'r' as string | null,
    scopes: ['read'],
    requested: ['read', 'write'],
    obtainedAt: now,
    expiresAt: (now + 3_600_000) as number | null,
    ...members,
  },
});

describe('how a session stands', () => {
  it.each([
    ['fresh while its token works', live(), 0, 'fresh'],
    ['fresh until half a minute before the end', live(), 3_569_999, 'fresh'],
    ['due from half a minute before the end', live(), 3_570_000, 'due'],
    ['fresh to the end if nothing can renew it', live({ refreshToken: null }), 3_599_999, 'fresh'],
    ['spent at the end if nothing can renew it', live({ refreshToken: null }), 3_600_000, 'spent'],
    ['fresh for ever if the end is not known (F6)', live({ expiresAt: null }), 9e12, 'fresh'],
    ['due at once if the lifetime is nothing (F5)', live({ expiresAt: now }), 0, 'due'],
  ])('is %s', (_, session, after, standing) => {
    expect(factsOf('default', session, '1', now + after).standing).toBe(standing);
  });

  it('is unsaved without a version', () => {
    expect(factsOf('default', live(), null, now).standing).toBe('unsaved');
  });

  it('says which scopes were asked for and not granted (F9)', () => {
    expect(factsOf('default', live(), '1', now).missingScopes).toEqual(['write']);
  });

  it('is told without a token', () => {
    expect(Object.keys(factsOf('default', live(), '1', now))).not.toContain('tokens');
  });
});

describe('the tokens of an answer', () => {
  const grant = {
    accessToken: 'new',
    refreshToken: null,
    tokenType: 'bearer',
    expiresIn: null,
    scopes: null,
    requestedAt: now,
  } as const;

  it('keep the refresh token and the scopes that were there (H2, F8)', () => {
    expect(tokensOf(grant, x, { refreshToken: 'old', scopes: ['read'], requested: ['read'] })).toMatchObject({
      refreshToken: 'old',
      scopes: ['read'],
      requested: ['read'],
    });
  });

  it('live as long as the provider usually grants if it does not say (F6)', () => {
    const before = { refreshToken: null, scopes: [], requested: [] };
    expect(tokensOf(grant, x, before).expiresAt).toBe(now + 7_200_000);
    expect(tokensOf(grant, { ...x, assumedTokenLifetime: null }, before).expiresAt).toBeNull();
  });
});
