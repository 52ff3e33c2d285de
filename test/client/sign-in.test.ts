import { createTestClient, consent, publicApp, confidentialApp, startEmulator, xAt } from 'authchart/testing';
import type { Emulator } from 'authchart/testing';
import { x } from 'authchart';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

let emulator: Emulator;
beforeEach(async () => {
  emulator = await startEmulator();
});
afterEach(() => emulator.close());

const scopes = ['users.read', 'tweet.read', 'offline.access'];

describe.each([
  ['public', publicApp],
  ['confidential', confidentialApp],
])('a %s client', (_, app) => {
  const clientOf = () =>
    createTestClient({
      provider: xAt(emulator.endpoints),
      clientId: app.client_id,
      clientSecret: app.client_secret,
      scopes,
    });

  it('begins, completes, calls the API, renews and signs out', async () => {
    const client = clientOf();
    const { url } = await client.begin();
    const { callbackUrl } = await consent(url);
    const session = await client.complete(callbackUrl ?? '');
    expect(session.info()).toMatchObject({ standing: 'fresh', renewable: true });
    const me = await session.fetch(emulator.endpoints.usersMe);
    expect(me.status).toBe(200);
    const before = await session.accessToken();
    const renewed = await session.renew();
    expect(renewed.standing).toBe('fresh');
    expect(await session.accessToken()).not.toBe(before);
    const report = await session.signOut();
    expect(report).toMatchObject({ cleared: true, revocations: [{ revoked: true }, { revoked: true }] });
    await expect(session.accessToken()).rejects.toMatchObject({ code: 'not_signed_in' });
    expect(await client.session()).toBeNull();
    expect(emulator.counters).toMatchObject({ authorizeHits: 1, tokenHits: 2, revokeHits: 2, apiHits: 1 });
    await client.close();
  });
});
void x;
