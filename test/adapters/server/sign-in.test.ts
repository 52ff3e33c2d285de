import type { StepUp } from 'authchart';
import type { AuthHandler } from 'authchart/server';
import { createHash } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { decide, ORIGIN, sessionOf, signIn, startServerBench } from './support/bench.js';
import type { ServerBench } from './support/bench.js';
import { Browser, parsed } from './support/browser.js';

let bench: ServerBench;
let auth: AuthHandler;
let browser: Browser;
beforeEach(async () => {
  bench = await startServerBench();
  auth = bench.handlerOf();
  browser = new Browser(ORIGIN);
});
afterEach(() => bench.close());

const SESSION = '__Host-authchart-session.auth';
const FLOW = /^__Host-authchart-flow\.auth\.[\w-]{22}$/;

/** The attributes of each cookie an answer sets, by name. */
const attributesOf = (cookies: readonly string[]) =>
  Object.fromEntries(cookies.map(parsed).map(({ name, attributes }) => [name, attributes]));
const strict = { path: '/', httponly: '', samesite: 'Lax', secure: '' };

describe('a sign-in on a server', () => {
  it('goes to the provider and back, and ends at home with a session that calls the API', async () => {
    const login = await browser.go(auth, '/auth/login');
    expect(login.status).toBe(303);
    expect(login.location).toMatch(`${bench.emulator.endpoints.authorization}?`);
    const done = await browser.go(auth, await decide(login));
    expect([done.status, done.location]).toEqual([303, `${ORIGIN}/`]);
    expect([...browser.jar.keys()]).toEqual([SESSION]);
    const session = await sessionOf(browser, auth);
    const response = await session!.fetch(bench.emulator.endpoints.usersMe);
    expect(await response.json()).toMatchObject({ data: { username: 'ada' } });
    expect(bench.emulator.counters.tokenHits).toBe(1);
  });

  it('returns to the page it began on, which never comes out of the callback (C20)', async () => {
    const login = await browser.go(auth, '/auth/login?returnTo=%2Fsettings%3Ftab%3Dx%23top');
    const callback = await decide(login);
    const done = await browser.go(auth, `${callback}&returnTo=/elsewhere`);
    expect(done.location).toBe(`${ORIGIN}/settings?tab=x#top`);
  });

  it.each(['https://evil.example/', '//evil.example', '/\\evil.example', '/%09/evil.example'])(
    'goes home instead of to %s (C20)',
    async (returnTo) => {
      const path = `/auth/login?returnTo=${encodeURIComponent(returnTo)}`;
      const login = await browser.go(auth, path);
      expect(login.cookies.join('\n')).not.toContain('evil');
      expect((await browser.go(auth, await decide(login))).location).toBe(`${ORIGIN}/`);
    },
  );

  it('goes home if somebody changed the place in the cookie (C20)', async () => {
    const login = await browser.go(auth, '/auth/login');
    const [name = ''] = browser.names(FLOW);
    const [secret] = browser.jar.get(name)!.split('.');
    const callback = await decide(login);
    for (const planted of ['%2F%2Fevil.example', '%E0%A4%A', '']) {
      browser.jar.set(name, `${secret}.${planted}`);
      expect((await browser.go(auth, callback)).location).toBe(`${ORIGIN}/`);
    }
  });

  it('sets cookies for this host, https and HTTP alone, which the way back brings along (N11, N12)', async () => {
    const login = await browser.go(auth, '/auth/login');
    const [flow = ''] = browser.names(FLOW);
    const { 'max-age': maxAge, ...rest } = attributesOf(login.cookies)[flow]!;
    expect(rest).toEqual(strict);
    expect(Number(maxAge)).toBeGreaterThan(590);
    expect(Number(maxAge)).toBeLessThanOrEqual(600);
    const done = await browser.go(auth, await decide(login));
    expect(attributesOf(done.cookies)).toEqual({ [flow]: { ...strict, 'max-age': '0' }, [SESSION]: strict });
    const out = await browser.post(auth, '/auth/logout');
    expect(attributesOf(out.cookies)).toEqual({ [SESSION]: { ...strict, 'max-age': '0' } });
  });

  it('may outlast the browser window, if the application says so', async () => {
    auth = bench.handlerOf({ sessionMaxAge: 86_400 });
    const done = await signIn(browser, auth);
    expect(attributesOf(done.cookies)[SESSION]).toEqual({ ...strict, 'max-age': '86400' });
  });

  it('leaves neither state nor session id in the store, nor the state in its cookie (N13)', async () => {
    const login = await browser.go(auth, '/auth/login');
    const state = new URL(login.location!).searchParams.get('state')!;
    expect(browser.cookieHeader()).not.toContain(state.slice(0, 8));
    const [secret = ''] = browser.jar.get(browser.names(FLOW)[0]!)!.split('.');
    await browser.go(auth, await decide(login));
    const id = browser.jar.get(SESSION)!;
    expect(id).toMatch(/^[\w-]{43}$/);
    // Stores keep plain digests of secrets: none of them may be an id.
    expect(id).not.toBe(createHash('sha256').update(secret).digest('base64url'));
    const text = await bench.store.text();
    expect(text.length).toBeGreaterThan(100);
    for (const hidden of [state, secret, id]) expect(text).not.toContain(hidden);
  });

  it('begins on one instance and finishes on another', async () => {
    const [one, other] = [auth, bench.handlerOf()];
    const login = await browser.go(one, '/auth/login?returnTo=/there');
    const done = await browser.go(other, await decide(login));
    expect([done.status, done.location]).toEqual([303, `${ORIGIN}/there`]);
    for (const instance of [one, other]) {
      expect((await sessionOf(browser, instance))?.info()).toMatchObject({ standing: 'fresh' });
    }
  });

  it('finishes behind a proxy, where requests have another address', async () => {
    const inside = 'http://10.0.0.7:3000';
    const behind = (request: Request) => {
      const { pathname, search } = new URL(request.url);
      return auth(new Request(inside + pathname + search, { headers: request.headers }));
    };
    const done = await signIn(browser, behind, { path: '/auth/login?returnTo=/there' });
    expect(done.location).toBe(`${ORIGIN}/there`);
  });

  it('can go on in two tabs at once, and each succeeds (N3)', async () => {
    const one = await browser.go(auth, '/auth/login?returnTo=/one');
    const two = await browser.go(auth, '/auth/login?returnTo=/two');
    expect(browser.names(FLOW)).toHaveLength(2);
    expect((await browser.go(auth, await decide(two))).location).toBe(`${ORIGIN}/two`);
    expect((await browser.go(auth, await decide(one))).location).toBe(`${ORIGIN}/one`);
    expect([...browser.jar.keys()]).toEqual([SESSION]);
    expect(await sessionOf(browser, auth)).not.toBeNull();
  });

  it('is one of five at most: the oldest are given up (N3, Q4)', async () => {
    const logins = [];
    for (let tab = 0; tab < 7; tab++) logins.push(await browser.go(auth, `/auth/login?returnTo=/${tab}`));
    expect(browser.names(FLOW)).toHaveLength(5);
    const outcomes = [];
    for (const login of logins) outcomes.push((await browser.go(auth, await decide(login))).location);
    expect(outcomes).toEqual([null, null, ...[2, 3, 4, 5, 6].map((tab) => `${ORIGIN}/${tab}`)]);
  });

  it('keeps five cookies with the longest places within the headers that servers take', async () => {
    const longest = `/${'a'.repeat(509)}`;
    for (let tab = 0; tab < 5; tab++) await browser.go(auth, `/auth/login?returnTo=${longest}`);
    expect(browser.names(FLOW)).toHaveLength(5);
    expect(browser.cookieHeader().length).toBeGreaterThan(5 * 509);
    expect(browser.cookieHeader().length).toBeLessThan(4 * 1024);
  });
});

describe('the session id', () => {
  it('is new after each sign-in, and the old one is dead (C23)', async () => {
    await signIn(browser, auth);
    const old = new Browser(ORIGIN);
    old.jar.set(SESSION, browser.jar.get(SESSION)!);
    expect(await sessionOf(old, auth)).not.toBeNull();
    await signIn(browser, auth);
    expect(browser.jar.get(SESSION)).not.toBe(old.jar.get(SESSION));
    expect(await sessionOf(browser, auth)).not.toBeNull();
    expect(await sessionOf(old, auth)).toBeNull();
    // The provider may have given both sessions one grant: nothing is revoked.
    expect(bench.emulator.counters.revokeHits).toBe(0);
  });

  it('is not one that somebody planted before (C23)', async () => {
    const planted = 'A'.repeat(43);
    browser.jar.set(SESSION, planted);
    await signIn(browser, auth);
    expect(browser.jar.get(SESSION)).not.toBe(planted);
    const attacker = new Browser(ORIGIN);
    attacker.jar.set(SESSION, planted);
    expect(await sessionOf(attacker, auth)).toBeNull();
  });

  it('does not exist before the sign-in: the cookie of the way is no session (C23)', async () => {
    await browser.go(auth, '/auth/login');
    const [secret = ''] = browser.jar.get(browser.names(FLOW)[0]!)!.split('.');
    const attacker = new Browser(ORIGIN);
    attacker.jar.set(SESSION, secret);
    expect(await sessionOf(attacker, auth)).toBeNull();
    await browser.go(auth, await decide(browser.seen[0]!));
    expect(await sessionOf(attacker, auth)).toBeNull();
  });

  it('survives a failed sign-in: the session before stays', async () => {
    await signIn(browser, auth);
    const before = browser.jar.get(SESSION);
    const refused = await signIn(browser, auth, { allow: false });
    expect(refused.status).toBe(403);
    expect(browser.jar.get(SESSION)).toBe(before);
    expect(await sessionOf(browser, auth)).not.toBeNull();
  });

  it('of the old session is given up even while the store cannot be told, and the new one stands', async () => {
    await signIn(browser, auth);
    const login = await browser.go(auth, '/auth/login');
    const callback = await decide(login);
    const old = Object.keys(await bench.store.dump()).find((key) => key.startsWith('session/'))!;
    bench.store.down = (_, key) => key === old;
    expect((await browser.go(auth, callback)).status).toBe(303);
    expect(await sessionOf(browser, auth)).not.toBeNull();
  });

  it.each([
    ['twice', (id: string) => `${SESSION}=${id}; ${SESSION}=${id}`],
    ['with another beside it', (id: string) => `${SESSION}=${'A'.repeat(43)}; ${SESSION}=${id}`],
    ['cut', (id: string) => `${SESSION}=${id.slice(1)}`],
    ['longer', (id: string) => `${SESSION}=${id}A`],
    ['quoted', (id: string) => `${SESSION}="${id}"`],
    ['as a path', (id: string) => `${SESSION}=../${id}`],
    ['under another name', (id: string) => `authchart-session.auth=${id}`],
    ['empty', () => `${SESSION}=`],
    ['not at all', () => ''],
  ])('that is sent %s is nobody', async (_, cookieOf) => {
    await signIn(browser, auth);
    const cookie = cookieOf(browser.jar.get(SESSION)!);
    expect(await auth.session(new Request(ORIGIN, { headers: { cookie } }))).toBeNull();
    const facts = await auth(new Request(`${ORIGIN}/auth/session`, { headers: { cookie } }));
    expect(await facts.json()).toEqual({ signedIn: false });
  });
});

describe('a route of the application that begins a sign-in', () => {
  const more = ['users.read', 'tweet.read', 'like.read'];
  const steppedUp = (request: Request) => auth.login(request, { scopes: more, returnTo: '/likes' });

  it('asks for the scopes it names, and the session before works until the new one stands', async () => {
    await signIn(browser, auth);
    const login = await browser.go(steppedUp, '/likes/connect?scopes=dm.write&returnTo=/elsewhere');
    expect(new URL(login.location!).searchParams.get('scope')).toBe('users.read tweet.read like.read');
    expect((await sessionOf(browser, auth))?.info()?.scopes).not.toContain('like.read');
    const done = await browser.go(auth, await decide(login));
    expect(done.location).toBe(`${ORIGIN}/likes`);
    expect((await sessionOf(browser, auth))?.info()?.scopes).toContain('like.read');
  });

  it('never lets the query of the login name scopes', async () => {
    const login = await browser.go(auth, '/auth/login?scopes=dm.write&scope=dm.write&parameters=x');
    expect(new URL(login.location!).searchParams.get('scope')).toBe('users.read tweet.read offline.access');
  });

  it('goes home if it passes on a place that is elsewhere (C20)', async () => {
    const passing = (request: Request) =>
      auth.login(request, { returnTo: new URL(request.url).searchParams.get('next') });
    const login = await browser.go(passing, '/connect?next=//evil.example');
    expect(login.cookies.join('\n')).not.toContain('evil');
    expect((await browser.go(auth, await decide(login))).location).toBe(`${ORIGIN}/`);
    expect(
      (await signIn(browser, auth, { path: '/auth/login?returnTo=/a&returnTo=//evil.example' })).location,
    ).toBe(`${ORIGIN}/a`);
  });

  it('takes no other account than the expected one; its tokens are revoked (C24)', async () => {
    const expecting = (request: Request) => auth.login(request, { expectedAccount: '1' });
    await signIn(browser, auth);
    const before = browser.jar.get(SESSION);
    const login = await browser.go(expecting, '/connect');
    const other = await browser.go(auth, await decide(login, { user: '2' }));
    expect([other.status, other.location]).toEqual([403, null]);
    expect(other.text).toContain('<code>account_mismatch</code>');
    expect(browser.jar.get(SESSION)).toBe(before);
    expect(bench.emulator.counters.revokeHits).toBe(2);
    const again = await browser.go(expecting, '/connect');
    const done = await browser.go(auth, await decide(again, { user: '1' }));
    expect(done.status).toBe(303);
    expect((await sessionOf(browser, auth))?.info()?.account).toEqual({ id: '1', username: 'ada' });
  });

  it('takes what session.stepUp asks for as it is: the session it names has another id afterwards', async () => {
    await signIn(browser, auth);
    const { name } = (await sessionOf(browser, auth))!;
    const request: StepUp['request'] = { session: name, scopes: more, expectedAccount: '1' };
    const login = await browser.go((asked) => auth.login(asked, { ...request, returnTo: '/likes' }), '/');
    expect((await browser.go(auth, await decide(login))).location).toBe(`${ORIGIN}/likes`);
    const after = (await sessionOf(browser, auth))!;
    expect(after.info()?.scopes).toContain('like.read');
    expect(after.name).not.toBe(name);
  });

  it('goes to the provider after a form too', async () => {
    const login = await browser.post(steppedUp, '/likes/connect');
    expect(login.status).toBe(303);
    expect((await browser.go(auth, await decide(login))).status).toBe(303);
  });
});
