import { describe, expect, it } from 'vitest';
import { confidentialApp, publicApp } from '../../src/emulator/emulator.js';
import { basic, emulate, me, postForm, refresh, refusals, signIn } from './application.js';

const client_id = publicApp.client_id;
const revoked = { status: 200, body: { revoked: true } };

describe('revocation', () => {
  it('ends the named access token and leaves the refresh token', async () => {
    const emulator = await emulate();
    const { access_token, refresh_token } = await signIn(emulator);
    const form = { client_id, token: access_token };
    expect(await postForm(emulator.endpoints.revocation, form)).toMatchObject(revoked);
    expect((await me(emulator, access_token)).status).toBe(401);
    expect((await refresh(emulator, refresh_token)).status).toBe(200);
  });

  it('ends the named refresh token and leaves the access token, whatever the hint says', async () => {
    const emulator = await emulate();
    const { access_token, refresh_token } = await signIn(emulator);
    const form = { client_id, token: refresh_token, token_type_hint: 'access_token' };
    expect(await postForm(emulator.endpoints.revocation, form)).toMatchObject(revoked);
    expect((await refresh(emulator, refresh_token)).body).toEqual(refusals.token);
    expect((await me(emulator, access_token)).status).toBe(200);
  });

  it('answers alike for a token that is unknown or already revoked', async () => {
    const emulator = await emulate();
    const { access_token } = await signIn(emulator);
    for (const token of ['junk', access_token, access_token]) {
      expect(await postForm(emulator.endpoints.revocation, { client_id, token })).toMatchObject(revoked);
    }
  });

  it('does not let an app revoke the token of another', async () => {
    const emulator = await emulate();
    const { access_token } = await signIn(emulator);
    const answer = await postForm(emulator.endpoints.revocation, { token: access_token }, basic());
    expect(answer).toMatchObject({ status: 400, body: refusals.clientId });
    expect((await me(emulator, access_token)).status).toBe(200);
  });

  it('authenticates the client as the token endpoint does', async () => {
    const emulator = await emulate();
    const revoke = (form: Record<string, string>) => postForm(emulator.endpoints.revocation, form);
    const confidential = { client_id: confidentialApp.client_id, token: 'junk' };
    expect(await revoke(confidential)).toMatchObject({ status: 401, body: refusals.authorization });
    expect((await revoke({ client_id: 'nobody', token: 'junk' })).body).toEqual(refusals.clientId);
    expect((await revoke({ token: 'junk' })).body).toEqual(refusals.missing('client_id'));
    expect((await revoke({ client_id })).body).toEqual(refusals.missing('token'));
  });
});
