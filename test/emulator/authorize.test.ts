import { describe, expect, it } from 'vitest';
import { confidentialApp, consent, publicApp } from '../../src/emulator/emulator.js';
import { authorizationUrl, callback, emulate, exchange, redirectUri } from './application.js';

describe('the callback', () => {
  it('carries state, then code, and nothing else', async () => {
    const emulator = await emulate();
    const { callbackUrl, status } = await consent(authorizationUrl(emulator));
    expect(status).toBe(302);
    expect(callbackUrl).toMatch(/^http:\/\/127\.0\.0\.1:8976\/callback\?state=opaque-state&code=[\w-]{91}$/);
  });

  it('carries access_denied and the state after Cancel', async () => {
    const emulator = await emulate();
    const { callbackUrl } = await consent(authorizationUrl(emulator), { allow: false });
    expect(callbackUrl).toBe(`${redirectUri}?error=access_denied&state=opaque-state`);
  });

  it('has no state when the request had none', async () => {
    const emulator = await emulate();
    expect([...(await callback(emulator, { state: null })).keys()]).toEqual(['code']);
  });

  it('keeps the query of the registered redirect URI', async () => {
    const uri = 'https://app.example/cb?tenant=a%2Fb';
    const emulator = await emulate({ apps: [{ ...publicApp, redirect_uris: [uri] }] });
    const { callbackUrl } = await consent(authorizationUrl(emulator, { redirect_uri: uri }));
    expect(callbackUrl?.startsWith(`${uri}&state=`)).toBe(true);
  });

  it('returns a state of 500 characters unchanged', async () => {
    const emulator = await emulate();
    const state = 'é&=+ %'.repeat(100).slice(0, 500);
    const parameters = await callback(emulator, { state });
    expect(parameters.get('state')).toBe(state);
    expect(parameters.has('code')).toBe(true);
  });
});

describe('the error page without a redirect', () => {
  const cases = [
    ['an unknown client_id', { client_id: 'nobody' }],
    ['a missing client_id', { client_id: null }],
    ['a missing redirect_uri', { redirect_uri: null }],
    ['an added slash', { redirect_uri: `${redirectUri}/` }],
    ['another port', { redirect_uri: 'http://127.0.0.1:8977/callback' }],
    ['localhost instead of 127.0.0.1', { redirect_uri: 'http://localhost:8976/callback' }],
    ['users.email without the toggle', { scope: 'users.read users.email' }],
    [
      'an unregistered redirect_uri, however wrong the rest is',
      { redirect_uri: 'https://evil.example/', scope: null },
    ],
  ] as const;

  it.each(cases)('answers %s', async (_, changes) => {
    const emulator = await emulate();
    const { callbackUrl, page, status } = await consent(authorizationUrl(emulator, changes));
    expect({ callbackUrl, status }).toEqual({ callbackUrl: null, status: 400 });
    expect(page).toContain('<h1>Something went wrong</h1>');
    expect(emulator.counters).toMatchObject({ authorizeHits: 1, consentHits: 0 });
  });

  it('answers a repeated redirect_uri', async () => {
    const emulator = await emulate();
    const twice = `${authorizationUrl(emulator)}&redirect_uri=${encodeURIComponent(redirectUri)}`;
    expect(await consent(twice)).toMatchObject({ callbackUrl: null, status: 400 });
  });
});

describe('an error sent to the callback', () => {
  const cases = [
    ['a missing response_type', { response_type: null }, 'invalid_request'],
    ['response_type=token', { response_type: 'token' }, 'unsupported_response_type'],
    ['no code_challenge', { code_challenge: null }, 'invalid_request'],
    ['no code_challenge_method', { code_challenge_method: null }, 'invalid_request'],
    ['an unknown code_challenge_method', { code_challenge_method: 'S512' }, 'invalid_request'],
    ['an unknown scope', { scope: 'users.read users.follow.write' }, 'invalid_scope'],
    ['scopes separated by commas', { scope: 'users.read,tweet.read' }, 'invalid_scope'],
    ['no scope', { scope: null }, 'invalid_scope'],
  ] as const;

  it.each(cases)('names %s and comes without a consent page', async (_, changes, error) => {
    const emulator = await emulate();
    const { callbackUrl, page } = await consent(authorizationUrl(emulator, changes));
    expect(callbackUrl).toBe(`${redirectUri}?error=${error}&state=opaque-state`);
    expect(page).toBe('');
  });

  it('answers a state of 501 characters, with that state', async () => {
    const emulator = await emulate();
    const state = 's'.repeat(501);
    const parameters = await callback(emulator, { state });
    expect(Object.fromEntries(parameters)).toEqual({ error: 'invalid_request', state });
  });

  it('answers a repeated parameter', async () => {
    const emulator = await emulate();
    const { callbackUrl } = await consent(`${authorizationUrl(emulator)}&state=another`);
    expect(callbackUrl).toBe(`${redirectUri}?error=invalid_request&state=opaque-state`);
  });
});

describe('tolerance', () => {
  it('takes s256 for S256, as an old SDK of X sends it', async () => {
    const emulator = await emulate();
    const code = (await callback(emulator, { code_challenge_method: 's256' })).get('code') ?? '';
    expect((await exchange(emulator, code)).status).toBe(200);
  });

  it('takes %20 and + between scopes', async () => {
    const emulator = await emulate();
    for (const space of ['%20', '+']) {
      const url = authorizationUrl(emulator, { scope: null });
      const { page } = await consent(`${url}&scope=users.read${space}tweet.read`, { allow: false });
      expect(page.match(/<li>/g)).toHaveLength(2);
    }
  });
});

describe('apps', () => {
  it('are copies: a registered listener shows up in this emulator alone', async () => {
    const emulator = await emulate();
    const uri = 'http://127.0.0.1:51234/callback';
    emulator.registerRedirectUri(publicApp.client_id, uri);
    emulator.registerRedirectUri(publicApp.client_id, uri);
    expect(emulator.apps[0]?.redirect_uris).toEqual([...publicApp.redirect_uris, uri]);
    expect(emulator.apps[1]?.redirect_uris).toEqual(confidentialApp.redirect_uris);
    expect(publicApp.redirect_uris).not.toContain(uri);
    expect((await consent(authorizationUrl(emulator, { redirect_uri: uri }))).status).toBe(302);
  });

  it('are refused when X could not have registered them', async () => {
    const app = publicApp;
    await expect(emulate({ apps: [{ ...app, redirect_uris: ['/cb'] }] })).rejects.toThrow(TypeError);
    await expect(emulate({ apps: [{ ...app, redirect_uris: ['https://a.example/#x'] }] })).rejects.toThrow(
      TypeError,
    );
    await expect(emulate({ apps: [{ ...app, redirect_uris: Array(11).fill(redirectUri) }] })).rejects.toThrow(
      RangeError,
    );
    await expect(emulate({ apps: [{ ...app, client_secret: 'secret' }] })).rejects.toThrow(TypeError);
    await expect(emulate({ apps: [{ ...app, kind: 'confidential' }] })).rejects.toThrow(TypeError);
    await expect(emulate({ users: [] })).rejects.toThrow(TypeError);
    const emulator = await emulate();
    expect(() => emulator.registerRedirectUri('nobody', redirectUri)).toThrow(TypeError);
    expect(() => emulator.registerRedirectUri(app.client_id, 'callback')).toThrow(TypeError);
  });
});
