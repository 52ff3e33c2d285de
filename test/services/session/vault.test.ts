import { describe, expect, it } from 'vitest';
import { virtualClock } from '../../../src/adapters/virtual/virtual-clock.js';
import { hold } from '../../../src/services/session/restore-session.js';
import { createVault } from '../../../src/services/session/vault.js';

const clock = virtualClock();
const signedInBy = (lineage: string) => ({
  lineage,
  account: null,
  tokens: {
    accessToken: 'a',
    refreshToken: 'r',
    scopes: [],
    requested: [],
    obtainedAt: clock.now(),
    expiresAt: null,
  },
});

describe('what this process remembers of a session', () => {
  it('is not brought back by a read that was under way as it was signed out (I9)', () => {
    const vault = createVault();
    vault.bury('default', 'flow 1');
    hold({ vault, clock }, 'default', signedInBy('flow 1'), '1');
    expect(vault.get('default')).toBeUndefined();
    hold({ vault, clock }, 'default', signedInBy('flow 2'), '2');
    expect(vault.get('default')?.lineage).toBe('flow 2');
  });

  it('forgets the oldest of very many that were signed out (Q4)', () => {
    const vault = createVault();
    for (let at = 0; at <= 1_000; at++) vault.bury(`user ${at}`, 'flow');
    expect([vault.isBuried('user 0', 'flow'), vault.isBuried('user 1', 'flow')]).toEqual([false, true]);
  });
});
