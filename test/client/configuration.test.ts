import { createClient, x } from 'authchart';
import type { BeginOptions, ClientOptions } from 'authchart';
import { confidentialApp, createTestClient } from 'authchart/testing';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { failureOf } from './support/acme.js';
import { startX } from './support/x.js';
import type { XBench } from './support/x.js';

let bench: XBench;
beforeEach(async () => {
  bench = await startX();
});
afterEach(() => bench.close());

const thrownBy = (create: () => unknown): unknown => {
  try {
    create();
  } catch (error) {
    return error;
  }
  return null;
};

describe('a client is refused before anything happens', () => {
  it.each<[string, Partial<ClientOptions>, string]>([
    ['no client id', { clientId: '' }, 'invalid_client_id'],
    ['a client id that is no string', { clientId: 7 as unknown as string }, 'invalid_client_id'],
    ['a client id with a line break', { clientId: 'abc\n' }, 'invalid_client_id'],
    ['a client id with a space', { clientId: 'a b' }, 'invalid_client_id'],
    ['a secret with a line break', { clientSecret: 's3cret\n' }, 'invalid_client_secret'],
    ['a relative redirect URI (A6)', { redirectUri: '/callback' }, 'invalid_redirect_uri'],
    [
      'a redirect URI with a fragment (A6)',
      { redirectUri: 'https://app.example/#x' },
      'invalid_redirect_uri',
    ],
    ['http away from this machine (A7)', { redirectUri: 'http://app.example/' }, 'invalid_redirect_uri'],
    ['a look-alike of loopback (L12)', { redirectUri: 'http://127.0.0.1.nip.io/' }, 'invalid_redirect_uri'],
    ['javascript: (A7)', { redirectUri: 'javascript:alert(1)' }, 'invalid_redirect_uri'],
    ['data: (A7)', { redirectUri: 'data:text/html,x' }, 'invalid_redirect_uri'],
    ['file: (A7)', { redirectUri: 'file:///tmp/x' }, 'invalid_redirect_uri'],
    ['a scheme without a dot (M16)', { redirectUri: 'myapp:/cb' }, 'invalid_redirect_uri'],
    ['a scope with a space (A12)', { scopes: ['users.read tweet.read'] }, 'invalid_scope'],
    ['a scope with a quote (A12)', { scopes: ['"'] }, 'invalid_scope'],
    ['a scope with a backslash (A12)', { scopes: ['a\\b'] }, 'invalid_scope'],
    ['a scope with NUL (A12)', { scopes: ['a\0'] }, 'invalid_scope'],
    ['a scope outside ASCII (A12)', { scopes: ['é'] }, 'invalid_scope'],
    ['an empty scope (A12)', { scopes: [''] }, 'invalid_scope'],
    ['scopes in one string', { scopes: 'users.read' as unknown as string[] }, 'invalid_scope'],
    ['an extra parameter "state" (A4)', { parameters: { state: 'x' } }, 'reserved_parameter'],
    ['an extra parameter "scope[]" (A4)', { parameters: { 'scope[]': 'x' } }, 'reserved_parameter'],
    [
      'an extra "code_challenge_method" (B2)',
      { parameters: { code_challenge_method: 'plain' } },
      'reserved_parameter',
    ],
    ['no provider', { provider: undefined as unknown as typeof x }, 'invalid_provider'],
    ['keepWarm without offline.access', { keepWarm: true, scopes: ['users.read'] }, 'offline_scope_missing'],
    ['keepWarm that is no boolean', { keepWarm: 'yes' as unknown as boolean }, 'invalid_option'],
  ])('with %s', (_, options, code) => {
    expect(thrownBy(() => bench.clientOf(options))).toMatchObject({
      code,
      phase: 'configuration',
      name: 'AuthError',
    });
  });

  it('with a secret where everybody can read it (E8)', () => {
    const { client_id: clientId, client_secret: clientSecret } = confidentialApp;
    const create = () =>
      createTestClient({ provider: x, clientId, clientSecret, runtime: { browser: true } });
    const thrown = thrownBy(create);
    expect(thrown).toMatchObject({ code: 'secret_in_browser' });
    expect(JSON.stringify(thrown) + String((thrown as Error).stack)).not.toContain(clientSecret);
  });

  it('with keepWarm, naming the scope that is missing', () => {
    const thrown = thrownBy(() => bench.clientOf({ keepWarm: true, scopes: ['users.read'] }));
    expect(thrown).toMatchObject({ message: expect.stringContaining('offline.access') as string });
  });

  it('but an empty secret is no secret (E7)', () => {
    expect(thrownBy(() => createClient({ provider: x, clientId: 'id', clientSecret: '' }))).toBeNull();
  });
});

describe('begin() is refused, with nothing stored or sent,', () => {
  it.each<[string, BeginOptions, string]>([
    ['with scopes of illegal characters (A12)', { scopes: ['a b'] }, 'invalid_scope'],
    [
      'with a redirect URI of a dangerous scheme (A7)',
      { redirectUri: 'javascript:1' },
      'invalid_redirect_uri',
    ],
    [
      'with a redirect URI that has a fragment (A6)',
      { redirectUri: 'https://a.example/#' },
      'invalid_redirect_uri',
    ],
    [
      'with an extra parameter of ours (A4)',
      { parameters: { redirect_uri: 'https://evil.example' } },
      'reserved_parameter',
    ],
    [
      'with an extra parameter that cannot be encoded (A10)',
      { parameters: { a: '\ud800' } },
      'invalid_option',
    ],
    ['with an empty session name', { session: '' }, 'invalid_option'],
    ['with a session name of 201 characters', { session: 'a'.repeat(201) }, 'invalid_option'],
    ['with boundTo that every user agent has', { boundTo: '' }, 'invalid_option'],
    [
      'with boundTo from a cookie that is not there',
      { boundTo: null as unknown as string },
      'invalid_option',
    ],
    ['with an expected account that is no id', { expectedAccount: 7 as unknown as string }, 'invalid_option'],
    ['with an expected account without an id', { expectedAccount: '' }, 'invalid_option'],
  ])('%s', async (_, options, code) => {
    expect(await failureOf(bench.clientOf().begin(options))).toMatchObject({ code });
    expect(await bench.store.dump()).toEqual({});
    expect(bench.emulator.counters).toMatchObject({ authorizeHits: 0, tokenHits: 0 });
  });

  it('with a signal that has aborted', async () => {
    const signal = AbortSignal.abort();
    expect(await failureOf(bench.clientOf().begin({ signal }))).toMatchObject({ code: 'cancelled' });
    expect(await bench.store.text()).not.toContain('verifier');
  });

  it('when the store is down: the URL is not revealed', async () => {
    const client = bench.clientOf();
    bench.store.down = () => true;
    expect(await failureOf(client.begin())).toMatchObject({
      code: 'store_unavailable',
      phase: 'store',
      retryable: true,
    });
    bench.store.down = () => false;
    expect(await client.begin()).toMatchObject({ url: expect.stringContaining('code_challenge') as string });
  });
});

describe('begin()', () => {
  it('asks with each parameter once, S256 and nothing else (A1, A4, B1, B3)', async () => {
    const { url, state } = await bench.clientOf().begin({ parameters: { lang: 'en', empty: '' } });
    const { searchParams } = new URL(url);
    expect([...searchParams.keys()].toSorted()).toEqual([
      'client_id',
      'code_challenge',
      'code_challenge_method',
      'lang',
      'redirect_uri',
      'response_type',
      'scope',
      'state',
    ]);
    expect(Object.fromEntries(searchParams)).toMatchObject({
      response_type: 'code',
      code_challenge_method: 'S256',
      redirect_uri: 'https://localhost/',
      scope: 'users.read tweet.read offline.access',
      state,
    });
  });

  it('names the time until which the callback is taken', async () => {
    const { expiresAt } = await bench.clientOf().begin();
    expect(expiresAt).toBe(bench.clock.now() + 10 * 60_000);
  });

  it('stores neither state nor challenge nor boundTo in clear', async () => {
    const { url, state } = await bench.clientOf().begin({ boundTo: 'cookie-value' });
    const stored = await bench.store.text();
    for (const secret of [state, new URL(url).searchParams.get('code_challenge')!, 'cookie-value'])
      expect(stored).not.toContain(secret);
  });

  it('sends nothing to anybody (A13)', async () => {
    await bench.clientOf().begin();
    expect(bench.emulator.requests).toHaveLength(0);
  });
});
