import { describe, expect, it } from 'vitest';
import { defineProvider } from '../../../src/services/provider/define-provider.js';
import type { ProviderDefinition } from '../../../src/services/provider/provider.js';
import { x } from '../../../src/services/provider/x.js';

const minimal = {
  id: 'acme',
  endpoints: { authorization: 'https://as.example/a', token: 'https://as.example/t' },
} satisfies ProviderDefinition;

const messageOf = (definition: unknown): string => {
  try {
    defineProvider(definition as ProviderDefinition);
  } catch (error) {
    expect(error).toMatchObject({ name: 'AuthError', code: 'invalid_provider' });
    return (error as Error).message;
  }
  return '';
};

describe('defineProvider', () => {
  it("fills in the RFCs' defaults", () => {
    expect(defineProvider(minimal)).toMatchObject({
      name: 'acme',
      issuer: null,
      endpoints: { revocation: null },
      clientAuthentication: ['none', 'client_secret_basic'],
      callbackMatching: 'exact',
      issuerParameter: 'absent',
      codeLifetime: 600,
      defaultScopes: [],
      offlineScope: null,
      redirectUri: null,
      apiOrigins: [],
      crossOrigin: true,
      assumedTokenLifetime: null,
      identify: null,
      dangerouslyAllowLoopbackHttp: false,
    });
  });

  it.each([
    ['invalid_grant', true, false],
    ['invalid_client', false, true],
    ['unauthorized_client', false, true],
    ['unsupported_grant_type', false, true],
    ['invalid_request', false, false],
    ['foo_bar', false, false],
    [null, false, false],
  ])('by default judges %s as dead grant %s, client fault %s (G1, G2, G3)', (error, dead, misconfigured) => {
    const provider = defineProvider(minimal);
    const answer = { error, description: null, status: 400 };
    expect([provider.deadGrant(answer), provider.misconfigured(answer)]).toEqual([dead, misconfigured]);
  });

  it('freezes all of it and keeps no hold on what it was given', () => {
    const apiOrigins = ['https://api.example'];
    const provider = defineProvider({ ...minimal, apiOrigins });
    apiOrigins.push('https://evil.example');
    expect(provider.apiOrigins).toEqual(['https://api.example']);
    for (const part of [provider, provider.endpoints, provider.apiOrigins, x.identify, x.defaultScopes]) {
      expect(Object.isFrozen(part)).toBe(true);
    }
    expect(Object.isFrozen(apiOrigins)).toBe(false);
  });

  it('takes a provider for a definition, so that one can be varied', () => {
    expect(defineProvider({ ...x, id: 'y' })).toEqual({ ...x, id: 'y' });
  });

  const endpoint = (authorization: unknown) => ({
    ...minimal,
    endpoints: { ...minimal.endpoints, authorization },
  });
  it.each<[string, unknown]>([
    ['id', undefined],
    ['id', { ...minimal, id: 'a b' }],
    ['endpoints.authorization', { id: 'a', endpoints: null }],
    ['endpoints.token', { id: 'a', endpoints: { authorization: 'https://as.example' } }],
    ['endpoints.authorization', endpoint('http://as.example/authorize')],
    ['endpoints.authorization', endpoint('https://as.example/a#x')],
    ['endpoints.authorization', endpoint('https://as.example/a#')],
    ['endpoints.authorization', endpoint('https://user:pass@as.example/a')],
    ['endpoints.authorization', endpoint('/authorize')],
    ['endpoints.authorization', endpoint('https:as.example')],
    ['endpoints.authorization', endpoint(' https://as.example')],
    ['endpoints.authorization', endpoint('https://as.example/\n')],
    ['endpoints.authorization', endpoint('https://as.example/a?state=1')],
    ['endpoints.authorization', endpoint('https://as.example/a?t=1&t=2')],
    ['endpoints.authorization', endpoint(7)],
    [
      'endpoints.revocation',
      { ...minimal, endpoints: { ...minimal.endpoints, revocation: 'http://as.example/r' } },
    ],
    ['endpoints.tokne', { ...minimal, endpoints: { ...minimal.endpoints, tokne: 'https://as.example' } }],
    ['isuer', { ...minimal, isuer: 'https://as.example' }],
    ['issuer', { ...minimal, issuer: 'http://as.example' }],
    ['issuer', { ...minimal, issuer: 'https://as.example?x' }],
    ['issuer', { ...minimal, issuerParameter: 'required' }],
    ['redirectUri', { ...minimal, redirectUri: 'http://app.example' }],
    ['clientAuthentication.0', { ...minimal, clientAuthentication: ['client_secret_post'] }],
    ['clientAuthentication', { ...minimal, clientAuthentication: [] }],
    ['codeLifetime', { ...minimal, codeLifetime: 0 }],
    ['assumedTokenLifetime', { ...minimal, assumedTokenLifetime: -1 }],
    ['defaultScopes.1', { ...minimal, defaultScopes: ['a', 'b c'] }],
    ['apiOrigins.0', { ...minimal, apiOrigins: ['https://api.example/'] }],
    ['apiOrigins.0', { ...minimal, apiOrigins: ['https://api.example:443'] }],
    ['apiOrigins.0', { ...minimal, apiOrigins: ['http://api.example'] }],
    ['identify.url', { ...minimal, identify: { url: 'https://evil.example/me', account: () => null } }],
    ['crossOrigin', { ...minimal, crossOrigin: 'yes' }],
    ['deadGrant', { ...minimal, deadGrant: true }],
  ])('names the member %s at fault in %j (A2, A3, I1, E14)', (member, definition) => {
    expect(messageOf(definition)).toContain(`"${member}"`);
  });

  const hostile = [
    'localhost',
    'localhost.evil.com',
    '127.0.0.1.nip.io',
    '0.0.0.0',
    '[::]',
    '127.1',
    '2130706433',
    '0x7f000001',
  ];
  it.each([...hostile, '127.0.0.1@evil.example', '[::ffff:127.0.0.1]', 'as.example'])(
    'refuses http on %s even in tests (L12)',
    (host) => {
      expect(messageOf({ ...endpoint(`http://${host}/a`), dangerouslyAllowLoopbackHttp: true })).toContain(
        'endpoints.authorization',
      );
    },
  );

  it.each(['http://127.0.0.1:8080/a', 'http://[::1]/a'])('takes %s only in tests (L12)', (url) => {
    expect(messageOf(endpoint(url))).toContain('is not https');
    expect(messageOf({ ...endpoint(url), dangerouslyAllowLoopbackHttp: true })).toBe('');
  });
});
