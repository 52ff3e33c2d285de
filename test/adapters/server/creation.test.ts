import { createClient, defineProvider, x } from 'authchart';
import type { ClientOptions } from 'authchart';
import { createAuthHandler } from 'authchart/server';
import type { AuthHandlerOptions } from 'authchart/server';
import { describe, expect, it, onTestFinished } from 'vitest';

const app = {
  provider: x,
  clientId: 'client',
  clientSecret: 'a-secret-of-the-client',
  redirectUri: 'https://app.example/auth/callback',
};

function create(client: Partial<ClientOptions>, options?: AuthHandlerOptions) {
  const own = createClient({ ...app, ...client });
  onTestFinished(() => own.close());
  return createAuthHandler(own, options);
}

/** Where it serves what. */
async function pathsOf(handler: ReturnType<typeof create>, candidates: readonly string[]): Promise<string[]> {
  const served: string[] = [];
  for (const path of candidates) {
    const { status } = await handler(new Request(`http://inside${path}`, { method: 'PATCH' }));
    if (status === 405) served.push(path);
  }
  return served;
}

describe('an auth handler', () => {
  it.each([
    ['https://app.example/auth/callback', ['/auth/callback', '/auth/login', '/auth/logout', '/auth/session']],
    ['https://app.example/callback', ['/callback', '/login', '/logout', '/session']],
    [
      'https://app.example/auth/callback/',
      ['/auth/callback/', '/auth/callback/login', '/auth/callback/logout', '/auth/callback/session'],
    ],
    ['https://app.example:8443/a/b/cb?tenant=x', ['/a/b/cb', '/a/b/login', '/a/b/logout', '/a/b/session']],
    [
      'http://127.0.0.1:8976/auth/callback',
      ['/auth/callback', '/auth/login', '/auth/logout', '/auth/session'],
    ],
  ])(
    'with the redirect URI %s serves its path and the siblings of it, and nothing else',
    async (redirectUri, paths) => {
      const foreign = [
        '/',
        '/auth',
        '/auth/',
        '/auth/other',
        '/other',
        `${paths[1]}/`,
        paths[2]!.toUpperCase(),
        `/x${paths[3]}`,
      ];
      expect(await pathsOf(create({ redirectUri }), [...paths, ...foreign])).toEqual(paths);
    },
  );

  it.each([
    [
      'a client without redirect URI',
      { provider: defineProvider({ ...x, redirectUri: null }), redirectUri: undefined },
      /no "redirectUri"; configure and register one/,
    ],
    [
      'a private-use scheme',
      { redirectUri: 'com.example.app:/callback' },
      /private-use scheme, which no server receives/,
    ],
    [
      'a public client (N10)',
      { clientSecret: undefined },
      /no "clientSecret", and a server can keep one: register a confidential app/,
    ],
    [
      'the default redirect URI of X, which is a root',
      { redirectUri: undefined },
      /path of the "redirectUri" serves another purpose/,
    ],
    ['a callback at the login', { redirectUri: 'https://app.example/auth/login' }, /serves another purpose/],
    ['a callback at the facts', { redirectUri: 'https://app.example/session' }, /serves another purpose/],
  ])('is not made of %s', (_, client, sentence) => {
    expect(() => create(client)).toThrow(
      expect.objectContaining({
        code: 'invalid_option',
        phase: 'configuration',
        message: expect.stringMatching(sentence) as string,
      }),
    );
  });

  it.each([
    [{ home: 'https://evil.example/' }, '"home" is not a path of this site.'],
    [{ home: '//evil.example' }, '"home"'],
    [{ home: '/auth/login' }, '"home"'],
    [{ sessionMaxAge: 0 }, '"sessionMaxAge" is not a whole number of seconds.'],
    [{ sessionMaxAge: 1.5 }, '"sessionMaxAge"'],
    [{ sessionMaxAge: '3600' }, '"sessionMaxAge"'],
    [{ sessionName: 'alice' }, '"sessionName" is not a function.'],
    [{ onFailure: 'page' }, '"onFailure" is not a function.'],
  ])('is not made with %j', (options, sentence) => {
    expect(() => create({}, options as AuthHandlerOptions)).toThrow(
      expect.objectContaining({
        code: 'invalid_option',
        message: expect.stringContaining(sentence) as string,
      }),
    );
  });

  it('keeps its cookies apart from those of another handler on the same host (D10)', async () => {
    const one = create({ redirectUri: 'https://app.example/auth/callback' });
    const two = create({ redirectUri: 'https://app.example/auth/x/callback' });
    const names: string[] = [];
    for (const [handler, folder] of [
      [one, '/auth'],
      [two, '/auth/x'],
    ] as const) {
      const response = await handler(new Request(`https://app.example${folder}/login`));
      names.push(
        response.headers
          .getSetCookie()[0]!
          .split('=')[0]!
          .replace(/[\w-]{22}$/, ''),
      );
    }
    expect(names).toEqual(['__Host-authchart-flow.auth.', '__Host-authchart-flow.auth.x.']);
    // Five of the one do not push out those of the other.
    const cookie = Array.from({ length: 9 }, (_, at) => `${names[1]}${String(at).repeat(22)}=x`).join('; ');
    const login = await one(new Request('https://app.example/auth/login', { headers: { cookie } }));
    expect(login.headers.getSetCookie()).toHaveLength(1);
  });
});
