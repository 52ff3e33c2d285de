import { inspect } from 'node:util';
import { describe, expect, it } from 'vitest';
import {
  resolveConfiguration,
  validateParameters,
  validateRedirectUri,
  validateScopes,
  type ConfigurationOptions,
} from '../../src/services/configuration.js';
import { defineProvider } from '../../src/services/provider/define-provider.js';
import { x } from '../../src/services/provider/x.js';
import { reveal } from '../../src/services/redacted.js';

const resolve = (options: Partial<ConfigurationOptions> = {}, browser = false) =>
  resolveConfiguration({ provider: x, clientId: 'client', ...options }, { browser });

const codeOf = (action: () => unknown): unknown => {
  try {
    action();
  } catch (error) {
    return (error as { code: unknown }).code;
  }
  return undefined;
};

describe('resolveConfiguration', () => {
  it('completes a client id with what X needs (parity rows 1, 3, 4)', () => {
    expect(resolve()).toEqual({
      provider: x,
      clientId: 'client',
      clientSecret: null,
      redirectUri: 'https://localhost/',
      scopes: ['users.read', 'tweet.read'],
      keepWarm: false,
      parameters: {},
    });
  });

  it('asks for no scope where the provider has no default (A11)', () => {
    const plain = defineProvider({
      id: 'plain',
      endpoints: { authorization: 'https://as.example/a', token: 'https://as.example/t' },
    });
    expect(resolve({ provider: plain })).toMatchObject({ scopes: [], redirectUri: null });
  });

  it('keeps the secret out of every print of it (K2)', () => {
    const configuration = resolve({ clientSecret: 'CANARY-secret' });
    expect(inspect(configuration, { depth: Infinity }) + JSON.stringify(configuration)).not.toContain(
      'CANARY',
    );
    expect(configuration.clientSecret && reveal(configuration.clientSecret)).toBe('CANARY-secret');
  });

  it('takes an empty secret for none (E7)', () => {
    expect(resolve({ clientSecret: '' }).clientSecret).toBeNull();
    expect(resolve({ clientSecret: '' }, true).clientSecret).toBeNull();
  });

  it('takes frozen options, changes none, and shares nothing that can be changed later (A14)', () => {
    const options = Object.freeze({
      provider: x,
      clientId: 'client',
      scopes: Object.freeze(['tweet.read', 'tweet.read', 'future.scope']),
      parameters: Object.freeze({ lang: 'de', empty: '' }),
    });
    const configuration = resolveConfiguration(options, { browser: false });
    expect(configuration.scopes).toEqual(['tweet.read', 'future.scope']);
    expect(configuration.parameters).toEqual({ lang: 'de' });
    expect(options.scopes).toHaveLength(3);
    for (const part of [configuration, configuration.scopes, configuration.parameters]) {
      expect(Object.isFrozen(part)).toBe(true);
    }
    const scopes = ['tweet.read'];
    const changed = resolve({ scopes });
    scopes.push('tweet.write');
    expect(changed.scopes).toEqual(['tweet.read']);
  });

  it('does not warn of unknown scopes, for no list is complete (L14)', () => {
    expect(resolve({ scopes: ['future.scope'] }).scopes).toEqual(['future.scope']);
  });

  it.each<[string, Partial<Record<keyof ConfigurationOptions, unknown>>, boolean?]>([
    ['invalid_provider', { provider: undefined }],
    ['invalid_client_id', { clientId: undefined }],
    ['invalid_client_id', { clientId: '' }],
    ['invalid_client_id', { clientId: 7 }],
    ['invalid_client_id', { clientId: ' client' }],
    ['invalid_client_id', { clientId: 'client\n' }],
    ['invalid_client_id', { clientId: 'cli ent' }],
    ['invalid_client_id', { clientId: 'cli\u0000ent' }],
    ['invalid_client_id', { clientId: 'cli\ud800ent' }],
    ['invalid_client_secret', { clientSecret: 'secret\n' }],
    ['invalid_client_secret', { clientSecret: 'sec ret' }],
    ['invalid_client_secret', { clientSecret: 7 }],
    ['secret_in_browser', { clientSecret: 'secret' }, true],
    ['invalid_redirect_uri', { redirectUri: '/callback' }],
    ['invalid_scope', { scopes: ['a b'] }],
    ['invalid_scope', { scopes: 'a b' }],
    ['offline_scope_missing', { keepWarm: true }],
    ['invalid_option', { keepWarm: 'yes' }],
    ['reserved_parameter', { parameters: { state: 'mine' } }],
    ['invalid_option', { parameters: { lang: 7 } }],
    ['invalid_option', { parameters: 'lang=de' }],
  ])('throws %s for %j (E8, A12)', (code, options, browser) => {
    expect(codeOf(() => resolve(options as Partial<ConfigurationOptions>, browser))).toBe(code);
  });

  it('names the scope that keepWarm lacks', () => {
    expect(() => resolve({ keepWarm: true })).toThrow('offline.access');
    expect(resolve({ keepWarm: true, scopes: ['offline.access'] }).keepWarm).toBe(true);
  });

  it.each([
    [['none'], 'secret'],
    [['client_secret_basic'], undefined],
  ] as const)('invents no client authentication beside %j (E14)', (clientAuthentication, clientSecret) => {
    const provider = defineProvider({ ...x, clientAuthentication });
    expect(codeOf(() => resolve({ provider, clientSecret }))).toBe('invalid_client_secret');
  });

  it('tells stray white space apart from a missing value, and quotes neither', () => {
    expect(() => resolve({ clientSecret: 'CANARY\n' })).toThrow('begins or ends with a space or line break');
    expect(() => resolve({ clientSecret: 'CANARY\n' })).not.toThrow('CANARY');
  });
});

describe('validateRedirectUri', () => {
  it.each([
    'https://localhost/',
    'HTTPS://App.example:443/cb/../x',
    'https://app.example./cb',
    'https://app.example/cb?tenant=a&b',
    'http://127.0.0.1:1/cb',
    'http://[::1]:1/cb',
    'http://127.0.0.1',
    'http://localhost:8080/callback',
    'com.example.app:/cb',
    'com.example.app://host/cb',
  ])('passes %s unchanged (A6, A7)', (redirectUri) => {
    expect(validateRedirectUri(redirectUri)).toBe(redirectUri);
  });

  it.each([
    '',
    '/cb',
    'app.example/cb',
    'https:app.example',
    'https:/app.example',
    'https://',
    'https://app.example/cb#f',
    'https://app.example/cb#',
    'https://app.example/c b',
    ' https://app.example/cb',
    'https://app.example/cb\n',
    'https://app.example\\cb',
    'https://äpp.example/cb',
    'https://user@app.example/cb',
    'https://app.example:99999/cb',
    'https://app.example/cb?state=x',
    'javascript:alert(1)',
    'data:text/html,x',
    'file:///etc/passwd',
    'vbscript:x',
    'ftp://app.example/cb',
    'http://app.example',
    'http://localhost.evil.com/cb',
    'http://127.0.0.1.nip.io/cb',
    'http://127.0.0.1@evil.example/cb',
    'http://0.0.0.0/cb',
    'http://[::]/cb',
    'http://127.1/cb',
    'myapp:/cb',
    '.app:/cb',
    'app.:/cb',
    undefined,
    7,
  ])('refuses %j (A6, A7, M16)', (redirectUri) => {
    expect(codeOf(() => validateRedirectUri(redirectUri as string))).toBe('invalid_redirect_uri');
  });
});

describe('validateScopes', () => {
  it.each(['a b', 'a"', 'a\\', 'a\n', 'a\0', 'é', '', 7, null])(
    'refuses the token %j and names its place (A12)',
    (scope) => {
      expect(() => validateScopes(['tweet.read', scope as string])).toThrow('index 1');
    },
  );
});

describe('validateParameters', () => {
  const reserved = [
    'state',
    'code_challenge',
    'code_challenge_method',
    'redirect_uri',
    'client_id',
    'response_type',
  ];
  it.each([
    ...reserved,
    'scope',
    'response_mode',
    'request',
    'request_uri',
    'client_secret',
    'state[]',
    'scope[0]',
  ])('refuses %s (A4, E12)', (name) => {
    expect(codeOf(() => validateParameters({ [name]: 'x' }))).toBe('reserved_parameter');
    expect(codeOf(() => validateParameters({ [name]: '' }))).toBe('reserved_parameter');
  });

  it('takes __proto__ for a name like any other (F12)', () => {
    const parameters = validateParameters(JSON.parse('{"__proto__":"a"}') as Record<string, string>);
    expect(Object.entries(parameters)).toEqual([['__proto__', 'a']]);
    expect(({} as { a?: unknown }).a).toBeUndefined();
  });

  it.each<Record<string, string>>([{ '': 'a' }, { a: '\ud800' }, { '\udc00': 'a' }])(
    'refuses the unencodable %j (A10)',
    (parameters) => {
      expect(codeOf(() => validateParameters(parameters))).toBe('invalid_option');
    },
  );
});
