import type { AuthHandler } from 'authchart/server';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { codeOf, decide, ORIGIN, sessionOf, signIn, startServerBench } from './support/bench.js';
import type { ServerBench } from './support/bench.js';
import { Browser } from './support/browser.js';

let bench: ServerBench;
let auth: AuthHandler;
let browser: Browser;
beforeEach(async () => {
  bench = await startServerBench();
  auth = bench.handlerOf();
  browser = new Browser(ORIGIN);
});
afterEach(() => bench.close());

const FLOW = /^__Host-authchart-flow\./;

/** A sign-in that has come as far as its callback. */
async function pending(path = '/auth/login'): Promise<{ callback: string; state: string; code: string }> {
  const callback = await decide(await browser.go(auth, path));
  const { searchParams } = new URL(callback, ORIGIN);
  return { callback, state: searchParams.get('state')!, code: searchParams.get('code')! };
}

/** Nothing was sent, nobody is signed in; the browser's own callback still succeeds. */
async function expectUntouched(callback: string): Promise<void> {
  expect(bench.emulator.counters.tokenHits).toBe(0);
  expect(await bench.store.text()).not.toContain('"live"');
  expect((await browser.go(auth, callback)).status).toBe(303);
  expect(await sessionOf(browser, auth)).not.toBeNull();
}

describe('a callback', () => {
  it.each([
    [
      'with a state that nobody issued (C1)',
      (_: string, code: string) => `code=${code}&state=${'n'.repeat(43)}`,
      400,
      'callback_unknown',
    ],
    ['without state (C2)', (_: string, code: string) => `code=${code}`, 400, 'callback_state_missing'],
    [
      'with an empty state (C2)',
      (_: string, code: string) => `code=${code}&state=`,
      400,
      'callback_state_missing',
    ],
    [
      'with its state twice (C8)',
      (state: string, code: string) => `code=${code}&state=${state}&state=${state}`,
      400,
      'callback_malformed',
    ],
    [
      'with another state behind its own (C8)',
      (state: string, code: string) => `code=${code}&state=${state}&state=x`,
      400,
      'callback_malformed',
    ],
    [
      'with its state as an array (C8)',
      (state: string, code: string) => `code=${code}&state[]=${state}`,
      400,
      'callback_malformed',
    ],
    [
      'with its code twice (C8)',
      (state: string, code: string) => `code=${code}&code=${code}&state=${state}`,
      400,
      'callback_malformed',
    ],
    [
      'with code and error (C9)',
      (state: string, code: string) => `code=${code}&error=access_denied&state=${state}`,
      400,
      'callback_malformed',
    ],
    ['with neither code nor error (C10)', (state: string) => `state=${state}`, 400, 'callback_not_ours'],
    ['without anything', () => '', 400, 'callback_not_ours'],
    ['with tokens (C12)', (state: string) => `access_token=evil&state=${state}`, 400, 'callback_malformed'],
    [
      'with an ID token (C12)',
      (state: string, code: string) => `code=${code}&id_token=evil&state=${state}`,
      400,
      'callback_malformed',
    ],
    [
      'with an issuer that X does not name (D4)',
      (state: string, code: string) => `code=${code}&state=${state}&iss=https://evil.example`,
      400,
      'callback_issuer_mismatch',
    ],
    [
      'with broken escapes (C18)',
      (state: string) => `code=%E0%A4%A&state=${state}`,
      400,
      'callback_malformed',
    ],
    [
      'with broken escapes in its state (C18)',
      (_: string, code: string) => `code=${code}&state=%E0%A4%A`,
      400,
      'callback_malformed',
    ],
    [
      'longer than 64 KiB (C19)',
      (state: string) => `code=${'a'.repeat(65_536)}&state=${state}`,
      400,
      'callback_malformed',
    ],
    [
      'with an error for nobody (C15)',
      () => `error=access_denied&state=${'n'.repeat(43)}`,
      400,
      'callback_unknown',
    ],
  ])('%s sends nothing and disturbs no sign-in', async (_, query, status, code) => {
    const flow = await pending();
    const answer = await browser.go(auth, `/auth/callback?${query(flow.state, flow.code)}`);
    expect([answer.status, codeOf(answer), answer.cookies]).toEqual([status, code, []]);
    await expectUntouched(flow.callback);
  });

  it('with parameters nobody knows succeeds (C11)', async () => {
    const { callback } = await pending();
    expect((await browser.go(auth, `${callback}&foo=1&utm_source=x`)).status).toBe(303);
  });

  it('in another browser, without the cookie, signs nobody in: login CSRF (C3, N13)', async () => {
    const { callback } = await pending();
    const victim = new Browser(ORIGIN);
    const answer = await victim.go(auth, callback);
    expect([answer.status, codeOf(answer)]).toEqual([403, 'callback_other_user_agent']);
    expect(answer.cookies).toEqual([]);
    await expectUntouched(callback);
  });

  it('in a browser with a sign-in of its own signs nobody in (C3, B9)', async () => {
    const { callback } = await pending();
    const victim = new Browser(ORIGIN);
    await victim.go(auth, '/auth/login');
    const answer = await victim.go(auth, callback);
    expect([answer.status, codeOf(answer)]).toEqual([403, 'callback_other_user_agent']);
    expect(victim.names(FLOW)).toHaveLength(1);
    await expectUntouched(callback);
  });

  it('does not take the cookie of another sign-in of the same browser (C3)', async () => {
    const one = await pending();
    const two = await pending();
    const [first = '', second = ''] = browser.names(FLOW);
    const [a, b] = [browser.jar.get(first)!, browser.jar.get(second)!];
    browser.jar.set(first, b).set(second, a);
    for (const { callback } of [one, two]) {
      expect(codeOf(await browser.go(auth, callback))).toBe('callback_other_user_agent');
    }
    browser.jar.set(first, a).set(second, b);
    await expectUntouched(one.callback);
  });

  it.each([
    ['its own twice', (own: string) => `${own}; ${own}`],
    [
      'another one of that name before it',
      (own: string) => `${own.split('=')[0]}=${'A'.repeat(43)}.%2F; ${own}`,
    ],
    ['another one of that name behind it', (own: string) => `${own}; ${own.split('=')[0]}=x`],
  ])('with two cookies, %s, signs nobody in: cookie tossing (N13)', async (_, tossed) => {
    const { callback } = await pending();
    const cookie = tossed(browser.cookieHeader());
    const answer = await browser.go(auth, callback, { headers: { cookie } });
    expect([answer.status, codeOf(answer)]).toEqual([403, 'callback_other_user_agent']);
    await expectUntouched(callback);
  });

  it.each([
    ['a changed secret', (value: string) => `${value.startsWith('A') ? 'B' : 'A'}${value.slice(1)}`],
    ['a shorter one', (value: string) => value.slice(1)],
    ['something else', () => 'x'],
    ['nothing', () => ''],
  ])('with %s in its cookie signs nobody in (N13)', async (_, changed) => {
    const { callback } = await pending();
    const [name = ''] = browser.names(FLOW);
    const own = browser.jar.get(name)!;
    browser.jar.set(name, changed(own));
    expect(codeOf(await browser.go(auth, callback))).toBe('callback_other_user_agent');
    browser.jar.set(name, own);
    await expectUntouched(callback);
  });

  it('of a sign-in that the application began by itself is not taken over', async () => {
    const { callback } = await pending();
    const [, flow] = Object.entries(await bench.store.dump()).find(([key]) => key.startsWith('flow/'))!;
    const [key] = Object.keys(await bench.store.dump()).filter((name) => name.startsWith('flow/'));
    await bench.store.plant(key!, JSON.stringify({ ...flow, boundTo: null }));
    expect(codeOf(await browser.go(auth, callback))).toBe('callback_other_user_agent');
    expect(bench.emulator.counters.tokenHits).toBe(0);
  });

  it('that arrives three times at once is exchanged once, and each answer signs the same browser in (C4)', async () => {
    const instances = [auth, auth, bench.handlerOf()];
    const { callback } = await pending('/auth/login?returnTo=/there');
    const [cookie, before] = [browser.cookieHeader(), browser.seen.length];
    await Promise.all(instances.map((serve) => browser.go(serve, callback, { headers: { cookie } })));
    const answers = browser.seen.slice(before);
    expect(answers.map(({ status, location }) => [status, location])).toEqual(
      answers.map(() => [303, `${ORIGIN}/there`]),
    );
    expect(new Set(answers.map(({ cookies }) => cookies.join('\n'))).size).toBe(1);
    expect(bench.emulator.counters.tokenHits).toBe(1);
    expect(await sessionOf(browser, auth)).not.toBeNull();
  });

  it('that is reloaded before its answer arrived gives the same again (C4)', async () => {
    const { callback } = await pending();
    const cookie = browser.cookieHeader();
    const first = await browser.go(auth, callback);
    const again = await browser.go(auth, callback, { headers: { cookie } });
    // By then the browser may have the session too: it must not be ended as a former one.
    const later = await browser.go(auth, callback, {
      headers: { cookie: `${cookie}; ${browser.cookieHeader()}` },
    });
    for (const { status, location, cookies } of [again, later]) {
      expect([status, location, cookies]).toEqual([303, first.location, first.cookies]);
    }
    expect(bench.emulator.counters.tokenHits).toBe(1);
    expect(await sessionOf(browser, auth)).not.toBeNull();
  });

  it('that comes back when all is done, from the history, is told so and changes nothing (C4, K6)', async () => {
    const { callback } = await pending();
    await browser.go(auth, callback);
    const answer = await browser.go(auth, callback);
    expect([answer.status, answer.cookies]).toEqual([403, []]);
    expect(bench.emulator.counters.tokenHits).toBe(1);
    expect(await sessionOf(browser, auth)).not.toBeNull();
  });

  it('signs nobody in again after the sign-out, even with a cookie that was kept (C4, C23)', async () => {
    const { callback } = await pending();
    const kept = browser.cookieHeader();
    await browser.go(auth, callback);
    await browser.post(auth, '/auth/logout');
    const answer = await browser.go(auth, callback, { headers: { cookie: kept } });
    expect([answer.status, codeOf(answer), answer.cookies]).toEqual([409, 'not_signed_in', []]);
    expect(await bench.store.text()).not.toContain('"live"');
  });

  it('with another code for a used state is refused (C4)', async () => {
    const { callback, code } = await pending();
    const cookie = browser.cookieHeader();
    await browser.go(auth, callback);
    const answer = await browser.go(auth, callback.replace(code, 'another'), { headers: { cookie } });
    expect([answer.status, codeOf(answer)]).toEqual([409, 'callback_already_used']);
    expect(bench.emulator.counters.tokenHits).toBe(1);
  });

  it('that comes too late is told so (C5)', async () => {
    const { callback } = await pending();
    bench.pass(10 * 60_000 + 1);
    const answer = await browser.go(auth, callback);
    expect([answer.status, codeOf(answer)]).toEqual([410, 'callback_expired']);
    // Its cookie has run out by then as well.
    browser.jar.clear();
    expect(codeOf(await browser.go(auth, callback))).toBe('callback_expired');
    expect(bench.emulator.counters.tokenHits).toBe(0);
  });

  it('whose code is too old is told so', async () => {
    const { callback } = await pending();
    bench.pass(31_000);
    const answer = await browser.go(auth, callback);
    expect([answer.status, codeOf(answer)]).toEqual([410, 'code_refused']);
  });

  it('leaves a clean address behind, which nobody may store (C21, K6, K7)', async () => {
    const { callback } = await pending();
    const { status, location, headers, text } = await browser.go(auth, callback);
    expect([status, location, text]).toEqual([303, `${ORIGIN}/`, '']);
    expect(headers.get('cache-control')).toBe('no-store');
    expect(headers.get('referrer-policy')).toBe('no-referrer');
  });

  it.each([
    '/auth/callback/',
    '/auth/CALLBACK',
    '/auth//callback',
    '//auth/callback',
    '/auth/callback%2f',
    '/auth/%63allback',
    '/callback',
    '/auth/x/callback',
  ])('is none at %s (C14, M8)', async (path) => {
    const { callback } = await pending();
    const { search } = new URL(callback, ORIGIN);
    const answer = await auth(
      new Request(`${ORIGIN}${path}${search}`, { headers: { cookie: browser.cookieHeader() } }),
    );
    expect(answer.status).toBe(404);
    await expectUntouched(callback);
  });

  it.each(['POST', 'PUT', 'HEAD', 'OPTIONS', 'DELETE'])('is none by %s (C22, M8)', async (method) => {
    const { callback } = await pending();
    const answer = await browser.go(auth, callback, { method });
    expect([answer.status, answer.headers.get('allow')]).toEqual([405, 'GET']);
    await expectUntouched(callback);
  });

  it.each([
    ['a script', { 'sec-fetch-mode': 'cors', 'sec-fetch-dest': 'empty' }],
    ['a script, by its mode alone', { 'sec-fetch-mode': 'cors' }],
    ['a script that hides', { 'sec-fetch-mode': 'no-cors', 'sec-fetch-dest': 'empty' }],
    ['an image', { 'sec-fetch-mode': 'no-cors', 'sec-fetch-dest': 'image' }],
    ['a frame', { 'sec-fetch-dest': 'iframe' }],
    ['an embedded object', { 'sec-fetch-dest': 'object' }],
    ['a browser that loads ahead', { 'sec-purpose': 'prefetch;prerender' }],
  ])('is none that %s fetches (M14, N9)', async (_, headers) => {
    const { callback } = await pending();
    const answer = await browser.go(auth, callback, { headers });
    expect([answer.status, answer.location]).toEqual([403, null]);
    await expectUntouched(callback);
  });

  it('is taken from a browser too old to say how it fetches', async () => {
    const { callback } = await pending();
    const headers = { cookie: browser.cookieHeader() };
    expect((await auth(new Request(ORIGIN + callback, { headers }))).status).toBe(303);
  });
});

describe('a login', () => {
  it.each(['HEAD', 'POST', 'OPTIONS'])('is none by %s: nothing begins', async (method) => {
    const answer = await browser.go(auth, '/auth/login', { method });
    expect([answer.status, answer.headers.get('allow'), answer.cookies]).toEqual([405, 'GET', []]);
    expect(await bench.store.dump()).toEqual({});
  });

  it.each([
    ['a script', { 'sec-fetch-mode': 'cors', 'sec-fetch-dest': 'empty' }],
    ['a script, by its mode alone', { 'sec-fetch-mode': 'cors' }],
    ['an image', { 'sec-fetch-mode': 'no-cors', 'sec-fetch-dest': 'image' }],
    ['a frame', { 'sec-fetch-dest': 'iframe' }],
    ['a browser that loads ahead', { 'sec-purpose': 'prefetch' }],
  ])('is none that %s fetches: nothing begins (A13, N22)', async (_, headers) => {
    for (const [serve, path] of [
      [auth, '/auth/login'],
      [(request: Request) => auth.login(request), '/connect'],
    ] as const) {
      const answer = await browser.go(serve, path, { headers });
      expect([answer.status, answer.cookies]).toEqual([403, []]);
    }
    expect(await bench.store.dump()).toEqual({});
  });

  it('from a link of another site begins no more than a pending sign-in (N22)', async () => {
    const login = await browser.go(auth, '/auth/login?returnTo=https://evil.example/', {
      headers: { 'sec-fetch-site': 'cross-site' },
    });
    expect(login.status).toBe(303);
    expect(await sessionOf(browser, auth)).toBeNull();
    // What the flight recorder notes of it comes in its own time.
    const kinds = Object.keys(await bench.store.dump()).map((key) => key.split('/')[0]);
    expect(kinds.filter((kind) => kind !== 'log' && kind !== 'flowLog')).toEqual(['begun', 'flow']);
    expect((await browser.go(auth, await decide(login))).location).toBe(`${ORIGIN}/`);
  });
});

describe('a refusal at the provider', () => {
  it('is a calm page that says so, also when it is reloaded, and ends nothing else (C15, Q2)', async () => {
    await signIn(browser, auth);
    const login = await browser.go(auth, '/auth/login');
    const callback = await decide(login, { allow: false });
    for (const answer of [await browser.go(auth, callback), await browser.go(auth, callback)]) {
      expect([answer.status, codeOf(answer), answer.location]).toEqual([403, 'access_denied', null]);
      expect(answer.text).toContain('href="/auth/login"');
    }
    expect(await sessionOf(browser, auth)).not.toBeNull();
    expect(bench.emulator.counters.authorizeHits).toBe(2);
  });

  it.each([
    ['error', '<img src=x onerror=alert(1)>'],
    ['error_description', '"><script>alert(1)</script>\r\nX: y\u001b[2J\u202e'],
    ['error_uri', 'javascript:alert(1)'],
    ['error_description', 'z'.repeat(50_000)],
  ])('shows nothing of what its %s says (C16, C17, M12)', async (name, value) => {
    const { state } = await pending();
    const query = new URLSearchParams({ error: 'server_error', [name]: value, state });
    const answer = await browser.go(auth, `/auth/callback?${String(query)}`);
    const plain = await browser.go(auth, `/auth/callback?error=server_error&state=${state}`);
    expect([answer.status, codeOf(answer)]).toEqual([502, 'authorization_refused']);
    expect(answer.text).toBe(plain.text);
    expect(JSON.stringify([...answer.headers])).toBe(JSON.stringify([...plain.headers]));
  });
});
