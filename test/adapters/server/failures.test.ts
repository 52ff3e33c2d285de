import { AuthError } from 'authchart';
import type { Failure } from 'authchart';
import type { AuthHandler } from 'authchart/server';
import { emulatorSecret } from 'authchart/testing';
import { createHash } from 'node:crypto';
import { inspect } from 'node:util';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { failurePage } from '../../../src/adapters/server/failure-page.js';
import { catalogue } from '../../../src/services/error-catalogue.js';
import { codeOf, decide, ORIGIN, sessionOf, signIn, startServerBench } from './support/bench.js';
import type { ServerBench } from './support/bench.js';
import { answerOf, Browser } from './support/browser.js';
import type { Answer } from './support/browser.js';

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
const guards = {
  'cache-control': 'no-store',
  'referrer-policy': 'no-referrer',
  'x-content-type-options': 'nosniff',
  'cross-origin-resource-policy': 'same-origin',
};

function expectGuarded({ headers }: Answer): void {
  expect(Object.fromEntries(headers)).toMatchObject(guards);
  expect([...headers.keys()].filter((name) => name.startsWith('access-control-'))).toEqual([]);
}

describe('while the store is down', () => {
  it('a login says so and begins nothing', async () => {
    bench.store.down = () => true;
    const answer = await browser.go(auth, '/auth/login');
    expect([answer.status, codeOf(answer), answer.cookies]).toEqual([503, 'store_unavailable', []]);
    expect(answer.location).toBeNull();
  });

  it('a callback says so and keeps its cookie: it succeeds when the store is back', async () => {
    const callback = await decide(await browser.go(auth, '/auth/login'));
    bench.store.down = () => true;
    const answer = await browser.go(auth, callback);
    expect([answer.status, codeOf(answer), answer.cookies]).toEqual([503, 'store_unavailable', []]);
    bench.store.down = () => false;
    expect((await browser.go(auth, callback)).status).toBe(303);
  });

  it('the facts are not known, which is not the same as nobody, and the cookie stays', async () => {
    await signIn(browser, auth);
    bench.store.down = () => true;
    const other = bench.handlerOf();
    const facts = await browser.fetch(other, '/auth/session');
    expect([facts.status, JSON.parse(facts.text)]).toEqual([
      503,
      { code: 'store_unavailable', retryable: true },
    ]);
    expect(facts.cookies).toEqual([]);
    const failure: unknown = await sessionOf(browser, other).catch((error: unknown) => error);
    expect(failure).toMatchObject({ code: 'store_unavailable' });
  });

  it('a sign-out leaves this browser, and says that it is not complete', async () => {
    const told: Failure[] = [];
    await signIn(browser, auth);
    bench.store.down = () => true;
    const other = bench.handlerOf({ onFailure: (failure) => void told.push(failure) });
    const id = browser.jar.get(SESSION)!;
    const page = await browser.post(other, '/auth/logout');
    expect([page.status, codeOf(page), page.location]).toEqual([503, 'store_unavailable', null]);
    expect(browser.jar.size).toBe(0);
    browser.jar.set(SESSION, id);
    const report = await browser.post(other, '/auth/logout', { accept: '*/*' });
    expect([report.status, JSON.parse(report.text)]).toEqual([503, { cleared: false, revocations: [] }]);
    expect(browser.jar.size).toBe(0);
    expect(told).toMatchObject([{ phase: 'signOut' }, { phase: 'signOut' }]);
  });

  it('a sign-out that cannot be written is told the same way', async () => {
    await signIn(browser, auth);
    bench.store.down = (method, key) => method === 'write' && key.startsWith('session/');
    const report = await browser.post(auth, '/auth/logout', { accept: '*/*' });
    expect([report.status, JSON.parse(report.text)]).toMatchObject([503, { cleared: false }]);
    expect(browser.jar.size).toBe(0);
    expect(await sessionOf(browser, auth)).toBeNull();
  });
});

describe('the page of a failure', () => {
  const links = { login: '/auth/login', home: '/' };
  const failures = (Object.keys(catalogue) as (keyof typeof catalogue)[]).map(
    (code) => new AuthError(code).failure,
  );

  it('exists for every code: a status, calm words, a way out, and nothing but our own', async () => {
    for (const failure of failures) {
      const { status, headers, text } = await answerOf(await failurePage(failure, links));
      expect(status).toBeGreaterThanOrEqual(400);
      expect(text).toContain(`<code>${failure.code}</code>`);
      expect(text).toMatch(/<h1>[^<]{5,40}<\/h1>\n<p>[^<]{20,160}<\/p>/);
      expect(text).not.toContain(failure.message);
      // No script, no image, no other site (K5).
      expect(text).not.toMatch(/<script|<img|<link|<base|\ssrc=|https?:|\son\w+=/);
      expect([...text.matchAll(/href="([^"]*)"/g)].map(([, target]) => target)).toEqual(
        text.includes('Try again<') ? ['/auth/login', '/'] : ['/'],
      );
      expect(headers.get('content-type')).toBe('text/html; charset=utf-8');
    }
  });

  it.each([
    ['access_denied', 403],
    ['callback_other_user_agent', 403],
    ['account_mismatch', 403],
    ['callback_malformed', 400],
    ['callback_unknown', 400],
    ['callback_already_used', 409],
    ['callback_expired', 410],
    ['code_refused', 410],
    ['invalid_scope', 500],
    ['client_misconfigured', 500],
    ['record_foreign', 500],
    ['unexpected', 500],
    ['outcome_unknown', 502],
    ['response_invalid', 502],
    ['provider_busy', 503],
    ['provider_unreachable', 503],
    ['store_unavailable', 503],
    ['client_closed', 503],
  ] as const)('of %s has the status %i', async (code, status) => {
    expect((await failurePage(new AuthError(code).failure, links)).status).toBe(status);
  });

  it('lets its own style apply and nothing else, in no frame (N9, K5)', async () => {
    const { headers, text } = await answerOf(await failurePage(failures[0]!, links));
    const [, style = ''] = /<style>([^]*)<\/style>/.exec(text) ?? [];
    const hash = createHash('sha256').update(style).digest('base64');
    expect(headers.get('content-security-policy')).toBe(
      `default-src 'none'; style-src 'sha256-${hash}'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'`,
    );
    expect(text).not.toMatch(/\sstyle=/);
  });

  it('escapes the paths that it links to', async () => {
    const odd = { login: '/a"&<b>/login', home: '/?a=1&amp=2' };
    const { text } = await answerOf(await failurePage(new AuthError('access_denied').failure, odd));
    expect(text).toContain('href="/?a=1&amp;amp=2"');
    expect(text).toContain('href="/a&quot;&amp;&lt;b>/login"');
    expect(text).not.toContain('<b>');
  });

  it('may be the application’s own, which gets our headers too and is told why', async () => {
    const told: [Failure, string][] = [];
    auth = bench.handlerOf({
      onFailure(failure, request) {
        told.push([failure, new URL(request.url).pathname]);
        return failure.code === 'access_denied' ? Response.redirect(`${ORIGIN}/denied`, 302) : undefined;
      },
    });
    const denied = await signIn(browser, auth, { allow: false });
    expect([denied.status, denied.location]).toEqual([302, `${ORIGIN}/denied`]);
    expectGuarded(denied);
    const unknown = await browser.go(auth, '/auth/callback?code=a&state=b');
    expect([unknown.status, codeOf(unknown)]).toEqual([400, 'callback_unknown']);
    bench.store.down = () => true;
    expect((await browser.go(auth, '/auth/login')).status).toBe(503);
    browser.jar.set(SESSION, 'A'.repeat(43));
    expect((await browser.fetch(auth, '/auth/session')).status).toBe(503);
    expect(told.map(([{ code }, path]) => [code, path])).toEqual([
      ['access_denied', '/auth/callback'],
      ['callback_unknown', '/auth/callback'],
      ['store_unavailable', '/auth/login'],
      ['store_unavailable', '/auth/session'],
    ]);
  });

  it('is not shown for faults of the application’s own functions: its framework handles those', async () => {
    const fault = new Error('the database of users is down');
    const fail = () => Promise.reject(fault);
    for (const options of [{ sessionName: fail }, { onFailure: fail }]) {
      const faulty = bench.handlerOf(options);
      await expect(faulty(new Request(`${ORIGIN}/auth/callback?code=a&state=b`))).rejects.toBe(fault);
    }
    const faulty = bench.handlerOf({ sessionName: fail });
    await expect(faulty(new Request(`${ORIGIN}/auth/session`))).rejects.toBe(fault);
  });

  it('shows a misconfigured client as what it is', async () => {
    auth = bench.handlerOf({}, { clientSecret: 'another-secret' });
    const answer = await signIn(browser, auth);
    expect([answer.status, codeOf(answer)]).toEqual([500, 'client_misconfigured']);
    const wrong = await browser.go((request) => auth.login(request, { scopes: ['a b'] }), '/connect');
    expect([wrong.status, codeOf(wrong)]).toEqual([500, 'invalid_scope']);
  });
});

describe('every answer', () => {
  /** One of each kind there is. */
  async function allOf(): Promise<readonly Answer[]> {
    await signIn(browser, auth, { allow: false });
    await signIn(browser, auth, { path: '/auth/login?returnTo=/there' });
    await browser.go((request) => auth.login(request, { scopes: ['users.read'] }), '/connect');
    await browser.fetch(auth, '/auth/session');
    for (const [method, path] of [
      ['GET', '/auth/callback?code=x&state=y'],
      ['GET', '/auth/other'],
      ['PUT', '/auth/login'],
      ['GET', '/auth/logout'],
      ['POST', '/auth/logout'],
    ]) {
      await browser.go(auth, path!, { method: method! });
    }
    await browser.fetch(auth, '/auth/login');
    bench.store.down = () => true;
    await browser.fetch(auth, '/auth/session');
    await browser.go(auth, '/auth/login');
    bench.store.down = () => false;
    await browser.post(auth, '/auth/logout', { accept: '*/*' });
    await browser.fetch(auth, '/auth/session');
    return browser.seen;
  }

  it('is stored by nobody, tells no address on, is what it says it is, and is for this site alone (K4, K7, N9)', async () => {
    const answers = await allOf();
    expect(new Set(answers.map(({ status }) => status))).toEqual(
      new Set([200, 303, 400, 403, 404, 405, 503]),
    );
    for (const answer of answers) expectGuarded(answer);
  });

  it('keeps secrets to the one header that each belongs in (K1, N18)', async () => {
    const told: unknown[] = [];
    auth = bench.handlerOf({ onFailure: (failure) => void told.push(failure) });
    const answers = await allOf();
    const secrets = new Set<string>();
    for (const { location, cookies } of answers) {
      const state = location && new URL(location).searchParams.get('state');
      if (state) secrets.add(state);
      for (const cookie of cookies) {
        const [, value = ''] = /=([\w-]{43})/.exec(cookie) ?? [];
        if (value) secrets.add(value);
      }
    }
    expect(secrets.size).toBeGreaterThanOrEqual(7);
    const everything: string[] = [inspect(told, { depth: Infinity })];
    for (const { headers, text, status } of answers) {
      everything.push(text);
      for (const [name, value] of headers) {
        const own =
          name === 'set-cookie' || (name === 'location' && status === 303 && value.includes('/authorize?'));
        if (!own) everything.push(`${name}: ${value}`);
      }
    }
    const all = everything.join('\n');
    expect(all).not.toMatch(emulatorSecret);
    for (const secret of secrets) expect(all).not.toContain(secret);
    // No token is in a cookie either (N2).
    expect(answers.flatMap(({ cookies }) => cookies).join('\n')).not.toMatch(emulatorSecret);
  });
});
