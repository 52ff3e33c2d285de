import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { type Emulator, publicApp } from '../../src/emulator/emulator.js';
import { callback, emulate, exchange, me, postForm, refresh, refusals, signIn } from './application.js';
import type { Answer, Tokens } from './application.js';

const refused = { status: 400, body: refusals.token };

const tokensOf = ({ body }: Answer): Tokens => ({
  access_token: String(body['access_token']),
  refresh_token: String(body['refresh_token']),
});

const outcomes = (emulator: Emulator) => emulator.tokenRequests.map(({ outcome }) => outcome);

describe('a spent refresh token that comes again', () => {
  it('ends everything of its authorization where families are revoked (RFC 9700 §4.14.2)', async () => {
    const emulator = await emulate({ reuse: 'revokeFamily' });
    const first = await signIn(emulator);
    const second = tokensOf(await refresh(emulator, first.refresh_token));
    const third = tokensOf(await refresh(emulator, second.refresh_token));
    expect(await refresh(emulator, first.refresh_token)).toMatchObject(refused);
    expect(await refresh(emulator, third.refresh_token)).toMatchObject(refused);
    for (const { access_token } of [first, second, third]) {
      expect((await me(emulator, access_token)).status).toBe(401);
    }
    expect(outcomes(emulator)).toEqual(['exchanged', 'rotated', 'rotated', 'familyRevoked', 'refused']);
  });

  it('ends nothing of another authorization', async () => {
    const grace = { id: '2', username: 'grace', name: 'Grace Hopper' };
    const ada = { id: '1', username: 'ada', name: 'Ada Lovelace' };
    const emulator = await emulate({ reuse: 'revokeFamily', users: [ada, grace] });
    const first = await signIn(emulator);
    const code = (await callback(emulator, {}, { user: grace.id })).get('code') ?? '';
    const other = tokensOf(await exchange(emulator, code));
    await refresh(emulator, first.refresh_token);
    await refresh(emulator, first.refresh_token);
    expect((await me(emulator, other.access_token)).status).toBe(200);
    expect((await refresh(emulator, other.refresh_token)).status).toBe(200);
  });

  it('is merely refused once a newer sign-in of the account has revoked it', async () => {
    const emulator = await emulate({ reuse: 'revokeFamily' });
    const first = await signIn(emulator);
    await refresh(emulator, first.refresh_token);
    const again = await signIn(emulator);
    expect(await refresh(emulator, first.refresh_token)).toMatchObject(refused);
    expect((await refresh(emulator, again.refresh_token)).status).toBe(200);
    expect(outcomes(emulator)).toEqual(['exchanged', 'rotated', 'exchanged', 'refused', 'rotated']);
  });

  it('is honoured again within the grace, and every pair it brought works', async () => {
    const emulator = await emulate({ reuse: { grace: 30 } });
    const first = await signIn(emulator);
    const pairs = [tokensOf(await refresh(emulator, first.refresh_token))];
    emulator.clock.advance(29_999);
    pairs.push(tokensOf(await refresh(emulator, first.refresh_token)));
    pairs.push(tokensOf(await refresh(emulator, first.refresh_token)));
    expect(new Set(pairs.map(({ refresh_token }) => refresh_token)).size).toBe(3);
    for (const { access_token, refresh_token } of pairs) {
      expect((await me(emulator, access_token)).status).toBe(200);
      expect((await refresh(emulator, refresh_token)).status).toBe(200);
    }
    expect(outcomes(emulator).slice(0, 4)).toEqual(['exchanged', 'rotated', 'reused', 'reused']);
  });

  it('ends its family after the grace, which counts from its first use', async () => {
    const emulator = await emulate({ reuse: { grace: 30 } });
    const first = await signIn(emulator);
    await refresh(emulator, first.refresh_token);
    emulator.clock.advance(20_000);
    const second = tokensOf(await refresh(emulator, first.refresh_token));
    emulator.clock.advance(10_000);
    expect(await refresh(emulator, first.refresh_token)).toMatchObject(refused);
    expect(await refresh(emulator, second.refresh_token)).toMatchObject(refused);
    expect(outcomes(emulator)).toEqual(['exchanged', 'rotated', 'reused', 'familyRevoked', 'refused']);
  });
});

describe('the record of token requests', () => {
  it('says when, what and who, and holds no secret', async () => {
    const emulator = await emulate();
    const { refresh_token } = await signIn(emulator);
    emulator.clock.advance(1_000);
    const form = { grant_type: 'refresh_token', client_id: publicApp.client_id, refresh_token };
    await postForm(emulator.endpoints.token, form, { 'x-caller': 'worker 3' });
    await refresh(emulator, 'junk');
    const sha256 = (text: string) => createHash('sha256').update(text).digest('base64url');
    const at = emulator.clock.now();
    expect(emulator.tokenRequests).toEqual([
      expect.objectContaining({ at: at - 1_000, grantType: 'authorization_code', outcome: 'exchanged' }),
      {
        at,
        grantType: 'refresh_token',
        fingerprint: sha256(refresh_token),
        caller: 'worker 3',
        outcome: 'rotated',
      },
      expect.objectContaining({ fingerprint: sha256('junk'), caller: null, outcome: 'refused' }),
    ]);
  });

  it('keeps refused codes too, and more than the 1000 newest', async () => {
    const emulator = await emulate();
    await exchange(emulator, 'junk');
    for (let i = 0; i < 1_000; i++) await refresh(emulator, 'junk');
    expect(emulator.tokenRequests).toHaveLength(1_001);
    expect(emulator.tokenRequests[0]).toMatchObject({
      grantType: 'authorization_code',
      outcome: 'refused',
    });
  });
});

describe('a clock of its own', () => {
  it('counts every lifetime, and can still be moved forward', async () => {
    let now = 5_000_000;
    const emulator = await emulate({ now: () => now, accessTokenTtl: 1 });
    const { access_token, refresh_token } = await signIn(emulator);
    now += 999;
    expect((await me(emulator, access_token)).status).toBe(200);
    emulator.clock.advance(1);
    expect((await me(emulator, access_token)).status).toBe(401);
    await refresh(emulator, refresh_token);
    expect(emulator.tokenRequests.map(({ at }) => at)).toEqual([5_000_000, 5_001_000]);
  });
});
