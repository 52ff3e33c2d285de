import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { authorizationRequest, authorizationUrl } from '../../src/services/authorization-request.js';
import { isReservedParameter } from '../../src/services/parameters.js';
import { challengeOf } from '../../src/services/pkce.js';
import { defineProvider } from '../../src/services/provider/define-provider.js';
import { x } from '../../src/services/provider/x.js';
import { cryptography } from './support/protocol-ports.js';

const parts = {
  redirectUri: 'https://localhost/',
  scopes: ['users.read', 'tweet.read'],
  state: 'STATE',
  challenge: 'CHALLENGE',
  parameters: {},
};
const client = { provider: x, clientId: 'client' };
const tenant = defineProvider({
  id: 'tenant',
  endpoints: { authorization: 'https://as.example/a?tenant=a', token: 'https://as.example/t' },
});

const names = (url: string) => [...new URL(url).searchParams.keys()];

describe('authorizationUrl', () => {
  it('asks for a code with S256, and every other parameter of X (A1, A8, B1, B3, parity row 6)', () => {
    expect(authorizationUrl(client, parts)).toBe(
      'https://x.com/i/oauth2/authorize?response_type=code&client_id=client&redirect_uri=https%3A%2F%2Flocalhost%2F' +
        '&scope=users.read%20tweet.read&state=STATE&code_challenge=CHALLENGE&code_challenge_method=S256',
    );
  });

  it('keeps the query of the endpoint, once (A3)', () => {
    const url = new URL(authorizationUrl({ provider: tenant, clientId: 'c' }, parts));
    expect(url.searchParams.getAll('tenant')).toEqual(['a']);
    expect(() =>
      authorizationUrl({ provider: tenant, clientId: 'c' }, { ...parts, parameters: { tenant: 'b' } }),
    ).toThrow(expect.objectContaining({ code: 'reserved_parameter' }));
  });

  it.each(['https://as.example/a?', 'https://as.example/a?t=1&'])(
    'adds no empty parameter to %s (A3)',
    (authorization) => {
      const provider = defineProvider({ ...x, endpoints: { ...x.endpoints, authorization } });
      expect(authorizationUrl({ provider, clientId: 'c' }, parts)).not.toMatch(/&&|\?&|\?\?/);
    },
  );

  it('leaves out what has no value (A5)', () => {
    const url = authorizationUrl(client, { ...parts, scopes: [], parameters: { login_hint: '' } });
    expect(names(url)).not.toContain('scope');
    expect(names(url)).not.toContain('login_hint');
  });

  it.each(['HTTPS://App.example:443/cb/../x', 'https://app.example./cb', 'http://127.0.0.1:08080/cb'])(
    'sends the redirect URI %s to the character (A6)',
    (redirectUri) => {
      const url = authorizationUrl(client, { ...parts, redirectUri });
      expect(new URL(url).searchParams.get('redirect_uri')).toBe(redirectUri);
    },
  );

  it('encodes every text exactly once, each name once (A4, A10)', () => {
    const text = fc.oneof(
      fc.string({ unit: 'grapheme' }),
      fc.string(),
      fc.constantFrom('&=+%#', '%2B', 'a b', "!'()*"),
    );
    const parameters = fc.dictionary(
      text.filter((name) => name !== '' && !isReservedParameter(name)),
      text,
    );
    fc.assert(
      fc.property(parameters, text, (extra, state) => {
        fc.pre(state !== '');
        const url = authorizationUrl(client, { ...parts, parameters: extra, state });
        const { searchParams } = new URL(url);
        expect(new Set(names(url)).size).toBe(names(url).length);
        expect(searchParams.get('state')).toBe(state);
        for (const [name, value] of Object.entries(extra)) expect(searchParams.get(name)).toBe(value || null);
        expect(url).toMatch(/^https:\/\/x\.com\/i\/oauth2\/authorize\?[A-Za-z0-9\-._~%&=]*$/);
      }),
    );
  });

  it('writes a plus sign as %2B and a space as %20 (A10)', () => {
    expect(authorizationUrl(client, { ...parts, parameters: { q: 'a+b c' } })).toContain('q=a%2Bb%20c');
  });

  it('gives lone surrogates up with a typed error (A10)', () => {
    expect(() => authorizationUrl(client, { ...parts, parameters: { q: '\ud800' } })).toThrow(
      expect.objectContaining({ name: 'AuthError', code: 'invalid_option' }),
    );
  });
});

describe('authorizationRequest', () => {
  it('gives URL, verifier and state that belong together (parity rows 3 to 6, B1, B7, C6)', async () => {
    const { url, codeVerifier, state } = await authorizationRequest(client, { cryptography });
    expect(Object.fromEntries(new URL(url).searchParams)).toEqual({
      response_type: 'code',
      client_id: 'client',
      redirect_uri: 'https://localhost/',
      scope: 'users.read tweet.read',
      state,
      code_challenge: await challengeOf(codeVerifier, cryptography),
      code_challenge_method: 'S256',
    });
    expect(state.length).toBeLessThanOrEqual(500);
  });

  it('gives fresh values each time, and no verifier in the URL (B8, B11)', async () => {
    const [a, b] = await Promise.all([0, 1].map(() => authorizationRequest(client, { cryptography })));
    expect(a?.codeVerifier).not.toBe(b?.codeVerifier);
    expect(a?.state).not.toBe(b?.state);
    expect(a?.url).not.toContain(a?.codeVerifier);
  });

  it.each([
    [{ clientId: ' ' }, 'invalid_client_id'],
    [{ redirectUri: 'http://app.example/' }, 'invalid_redirect_uri'],
    [{ scopes: ['a b'] }, 'invalid_scope'],
    [{ parameters: { state: 'a' } }, 'reserved_parameter'],
    [{ provider: tenant }, 'invalid_redirect_uri'],
    [JSON.parse('{"provider":null}'), 'invalid_provider'],
  ])('refuses %j', async (options, code) => {
    await expect(authorizationRequest({ ...client, ...options }, { cryptography })).rejects.toMatchObject({
      code,
    });
  });
});
