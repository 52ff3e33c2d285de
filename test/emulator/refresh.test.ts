import { describe, expect, it } from 'vitest';
import { defaultUser, publicApp } from '../../src/emulator/emulator.js';
import { callback, emulate, exchange, me, refresh, refusals, signIn } from './application.js';

const day = 24 * 60 * 60 * 1000;

describe('the refresh grant', () => {
  it('rotates: a new pair comes back, in the shape of the first one', async () => {
    const emulator = await emulate();
    const first = await signIn(emulator);
    const { status, body } = await refresh(emulator, first.refresh_token);
    expect(status).toBe(200);
    expect(Object.keys(body)).toEqual(['token_type', 'expires_in', 'access_token', 'scope', 'refresh_token']);
    expect(body['scope']).toBe('tweet.read offline.access users.read');
    expect(body['access_token']).not.toBe(first.access_token);
    expect(body['refresh_token']).not.toBe(first.refresh_token);
    expect((await me(emulator, String(body['access_token']))).status).toBe(200);
  });

  it('refuses a spent token and leaves its descendants alone', async () => {
    const emulator = await emulate();
    const first = await signIn(emulator);
    const { body: second } = await refresh(emulator, first.refresh_token);
    expect(await refresh(emulator, first.refresh_token)).toMatchObject({ status: 400, body: refusals.token });
    expect((await refresh(emulator, String(second['refresh_token']))).status).toBe(200);
  });

  it('lets one of two parallel refreshes win', async () => {
    const emulator = await emulate();
    const { refresh_token } = await signIn(emulator);
    const answers = await Promise.all([refresh(emulator, refresh_token), refresh(emulator, refresh_token)]);
    expect(answers.map(({ status }) => status).toSorted()).toEqual([200, 400]);
    expect(answers.find(({ status }) => status === 400)?.body).toEqual(refusals.token);
  });

  it('leaves the old access token valid until its 7200 s are over', async () => {
    const emulator = await emulate();
    const { access_token, refresh_token } = await signIn(emulator);
    emulator.clock.advance(7_199_000);
    await refresh(emulator, refresh_token);
    expect((await me(emulator, access_token)).status).toBe(200);
    emulator.clock.advance(1_000);
    expect((await me(emulator, access_token)).status).toBe(401);
  });

  it('gives every rotated token its own 180 days', async () => {
    const emulator = await emulate();
    let token = (await signIn(emulator)).refresh_token;
    for (let rotation = 0; rotation < 3; rotation += 1) {
      emulator.clock.advance(180 * day - 1);
      const { status, body } = await refresh(emulator, token);
      expect(status).toBe(200);
      token = String(body['refresh_token']);
    }
    emulator.clock.advance(180 * day);
    expect((await refresh(emulator, token)).body).toEqual(refusals.token);
  });

  it('refuses junk, and an access token', async () => {
    const emulator = await emulate();
    const { access_token } = await signIn(emulator);
    for (const token of ['junk', access_token, '__proto__']) {
      expect(await refresh(emulator, token)).toMatchObject({ status: 400, body: refusals.token });
    }
  });

  it('refuses the token of another app without spending it', async () => {
    const other = { ...publicApp, client_id: 'other-app' };
    const emulator = await emulate({ apps: [publicApp, other] });
    const { refresh_token } = await signIn(emulator);
    const stolen = await refresh(emulator, refresh_token, other.client_id);
    expect(stolen).toMatchObject({ status: 400, body: refusals.clientId });
    expect((await refresh(emulator, refresh_token)).status).toBe(200);
  });

  it('misses refresh_token', async () => {
    const emulator = await emulate();
    expect((await refresh(emulator, '')).body).toEqual(refusals.missing('refresh_token'));
  });
});

describe('one live grant per app and account', () => {
  it('revokes the first device when a second one signs in', async () => {
    const emulator = await emulate();
    const first = await signIn(emulator);
    const second = await signIn(emulator);
    expect((await me(emulator, first.access_token)).status).toBe(401);
    expect((await refresh(emulator, first.refresh_token)).body).toEqual(refusals.token);
    expect((await me(emulator, second.access_token)).status).toBe(200);
  });

  it('revokes nothing of another account or another app', async () => {
    const grace = { id: '2', username: 'grace', name: 'Grace Hopper' };
    const other = { ...publicApp, client_id: 'other-app' };
    const emulator = await emulate({ users: [defaultUser, grace], apps: [publicApp, other] });
    const { access_token } = await signIn(emulator);

    const ofGrace = (await callback(emulator, {}, { user: grace.id })).get('code') ?? '';
    expect((await exchange(emulator, ofGrace)).status).toBe(200);
    const changes = { client_id: other.client_id };
    const ofOther = (await callback(emulator, changes)).get('code') ?? '';
    expect((await exchange(emulator, ofOther, changes)).status).toBe(200);
    expect((await me(emulator, access_token)).status).toBe(200);
  });

  it('revokes nothing while the second device has only a code', async () => {
    const emulator = await emulate();
    const { access_token } = await signIn(emulator);
    await callback(emulator);
    expect((await me(emulator, access_token)).status).toBe(200);
  });
});
