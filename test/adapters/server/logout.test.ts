import type { AuthHandler } from 'authchart/server';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ORIGIN, sessionOf, signIn, startServerBench } from './support/bench.js';
import type { ServerBench } from './support/bench.js';
import { Browser } from './support/browser.js';

let bench: ServerBench;
let auth: AuthHandler;
let browser: Browser;
beforeEach(async () => {
  bench = await startServerBench();
  auth = bench.handlerOf();
  browser = new Browser(ORIGIN);
  await signIn(browser, auth);
});
afterEach(() => bench.close());

const SESSION = '__Host-authchart-session.auth';
const script = { accept: '*/*' };

describe('a sign-out', () => {
  it('by a form ends the session here, in the store and at the provider, and goes home', async () => {
    const stolen = new Browser(ORIGIN);
    stolen.jar.set(SESSION, browser.jar.get(SESSION)!);
    const out = await browser.post(auth, '/auth/logout');
    expect([out.status, out.location]).toEqual([303, `${ORIGIN}/`]);
    expect(browser.jar.size).toBe(0);
    expect(await sessionOf(stolen, auth)).toBeNull();
    expect(await sessionOf(stolen, bench.handlerOf())).toBeNull();
    expect(bench.emulator.counters.revokeHits).toBe(2);
    expect(await bench.store.text()).not.toContain('"live"');
  });

  it.each([
    ['/bye?x=1#y', '/bye?x=1#y'],
    ['//evil.example', '/'],
    ['https://evil.example/', '/'],
    ['/auth/login', '/'],
  ])('goes to %s as far as that is on the site (C20)', async (returnTo, path) => {
    const out = await browser.post(auth, `/auth/logout?returnTo=${encodeURIComponent(returnTo)}`);
    expect(out.location).toBe(ORIGIN + path);
  });

  it('by a script reports what was done', async () => {
    const out = await browser.post(auth, '/auth/logout', script);
    expect(out.status).toBe(200);
    expect(out.headers.get('content-type')).toBe('application/json');
    expect(JSON.parse(out.text)).toEqual({
      cleared: true,
      revocations: [
        { token: 'refresh_token', revoked: true },
        { token: 'access_token', revoked: true },
      ],
    });
  });

  it('reports that the provider could not be told, and is one all the same', async () => {
    await bench.emulator.close();
    const out = await browser.post(auth, '/auth/logout', script);
    expect(JSON.parse(out.text)).toEqual({
      cleared: true,
      revocations: [
        { token: 'refresh_token', revoked: false },
        { token: 'access_token', revoked: false },
      ],
    });
    expect(await bench.store.text()).not.toContain('"live"');
  });

  it('of nobody is one as well', async () => {
    browser.jar.clear();
    const out = await browser.post(auth, '/auth/logout', script);
    expect([out.status, JSON.parse(out.text)]).toEqual([200, { cleared: true, revocations: [] }]);
    expect(out.cookies).toHaveLength(1);
  });

  it.each([
    ['another site', { origin: 'https://evil.example', 'sec-fetch-site': 'cross-site' }],
    ['another site, in an old browser', { origin: 'https://evil.example' }],
    ['a sibling domain', { origin: 'https://evil.app.example', 'sec-fetch-site': 'same-site' }],
    [
      'a site with a longer name',
      { origin: 'https://app.example.evil.example', 'sec-fetch-site': 'cross-site' },
    ],
    ['this site over http', { origin: 'http://app.example', 'sec-fetch-site': 'cross-site' }],
    ['another port', { origin: 'https://app.example:8443', 'sec-fetch-site': 'same-site' }],
    ['a sandbox', { origin: 'null', 'sec-fetch-site': 'cross-site' }],
    ['a sandbox, in an old browser', { origin: 'null' }],
    ['a redirect by another site', { origin: 'null', 'sec-fetch-site': 'same-site' }],
    ['nobody', {}],
    ['nobody, on this site', { 'sec-fetch-site': 'same-origin' }],
    ['nobody, as typed by the user', { 'sec-fetch-site': 'none' }],
    ['two sites', { origin: `${ORIGIN}, https://evil.example` }],
    ['one that tells two stories', { origin: ORIGIN, 'sec-fetch-site': 'cross-site' }],
  ])('that comes from %s is refused (N14)', async (_, headers) => {
    for (const accept of ['text/html', '*/*']) {
      const sent = { accept, cookie: browser.cookieHeader(), ...headers };
      const out = await auth(new Request(`${ORIGIN}/auth/logout`, { method: 'POST', headers: sent }));
      expect([out.status, out.headers.getSetCookie()]).toEqual([403, []]);
    }
    expect(await sessionOf(browser, auth)).not.toBeNull();
    expect(bench.emulator.counters.revokeHits).toBe(0);
  });

  it.each([
    ['an old browser', { origin: ORIGIN }],
    [
      'a page that sends no referrer, as the Helmet package sets it',
      { origin: 'null', 'sec-fetch-site': 'same-origin' },
    ],
  ])('from %s is taken (N14)', async (_, headers) => {
    const cookie = browser.cookieHeader();
    const out = await auth(
      new Request(`${ORIGIN}/auth/logout`, { method: 'POST', headers: { ...headers, cookie } }),
    );
    expect(out.status).toBe(200);
    expect(await sessionOf(browser, auth)).toBeNull();
  });

  it.each(['GET', 'HEAD', 'PUT', 'DELETE', 'OPTIONS'])('is none by %s (N14)', async (method) => {
    const headers = { origin: ORIGIN, 'sec-fetch-site': 'same-origin' };
    const out = await browser.go(auth, '/auth/logout', { method, headers });
    expect([out.status, out.headers.get('allow'), out.cookies]).toEqual([405, 'POST', []]);
    expect(await sessionOf(browser, auth)).not.toBeNull();
  });
});

describe('the facts of a session', () => {
  it('are told to the pages of the site, without a token and without the name in the store', async () => {
    const facts = await browser.fetch(auth, '/auth/session');
    expect(facts.status).toBe(200);
    expect(facts.headers.get('content-type')).toBe('application/json');
    expect(JSON.parse(facts.text)).toEqual({
      signedIn: true,
      account: null,
      scopes: expect.arrayContaining(['users.read']) as string[],
      missingScopes: [],
      standing: 'fresh',
      expiresAt: expect.any(Number) as number,
      renewable: true,
    });
  });

  it('are that nobody is signed in, which is no error', async () => {
    const stranger = await new Browser(ORIGIN).fetch(auth, '/auth/session');
    expect([stranger.status, stranger.text]).toEqual([200, '{"signedIn":false}']);
    await browser.post(auth, '/auth/logout');
    expect((await browser.fetch(auth, '/auth/session')).text).toBe('{"signedIn":false}');
  });

  it('never take a cookie away: a sign-in in another tab may just have set it', async () => {
    const cookie = `${SESSION}=${'A'.repeat(43)}`;
    const facts = await browser.go(auth, '/auth/session', { headers: { cookie } });
    expect([facts.text, facts.cookies]).toEqual(['{"signedIn":false}', []]);
  });

  it.each(['POST', 'HEAD', 'OPTIONS'])('are not asked for by %s', async (method) => {
    const facts = await browser.go(auth, '/auth/session', { method });
    expect([facts.status, facts.headers.get('allow')]).toEqual([405, 'GET']);
  });
});
