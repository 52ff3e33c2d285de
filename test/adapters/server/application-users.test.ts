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
  auth = bench.handlerOf({ sessionName });
  browser = new Browser(ORIGIN);
  browser.jar.set('user', 'alice');
});
afterEach(() => bench.close());

/** What an application does that knows its users by a cookie of its own. */
async function sessionName(request: Request): Promise<string | null> {
  const [, user] = /(?:^|; )user=(\w+)/.exec(request.headers.get('cookie') ?? '') ?? [];
  return user ? `${user}/x` : null;
}

describe('an application with users of its own', () => {
  it('connects an account to one of them, without another cookie that lasts', async () => {
    const done = await signIn(browser, auth, { path: '/auth/login?returnTo=/settings' });
    expect(done.location).toBe(`${ORIGIN}/settings`);
    expect([...browser.jar.keys()]).toEqual(['user']);
    const session = await sessionOf(browser, auth);
    expect(session?.name).toBe('alice/x');
    // The same user in another browser has it too; another user has not.
    const elsewhere = new Browser(ORIGIN);
    elsewhere.jar.set('user', 'alice');
    expect(await sessionOf(elsewhere, auth)).not.toBeNull();
    elsewhere.jar.set('user', 'bob');
    expect(await sessionOf(elsewhere, auth)).toBeNull();
    expect((await elsewhere.fetch(auth, '/auth/session')).text).toBe('{"signedIn":false}');
  });

  it('gets no token for a user who has left by the time of the callback, nor for the next one (C3)', async () => {
    const login = await browser.go(auth, '/auth/login');
    const callback = await decide(login);
    browser.jar.set('user', 'bob');
    const answer = await browser.go(auth, callback);
    expect([answer.status, codeOf(answer)]).toEqual([403, 'callback_other_user_agent']);
    expect(bench.emulator.counters.tokenHits).toBe(0);
    browser.jar.set('user', 'alice');
    expect((await browser.go(auth, callback)).status).toBe(303);
    expect((await sessionOf(browser, auth))?.name).toBe('alice/x');
  });

  it('takes a callback from the browser that began alone, though the user is the same (C3, N13)', async () => {
    const callback = await decide(await browser.go(auth, '/auth/login'));
    const elsewhere = new Browser(ORIGIN);
    elsewhere.jar.set('user', 'alice');
    expect(codeOf(await elsewhere.go(auth, callback))).toBe('callback_other_user_agent');
    expect(bench.emulator.counters.tokenHits).toBe(0);
  });

  it('connects nothing to nobody: 401 at the login, and at a callback, which can still succeed', async () => {
    const callback = await decide(await browser.go(auth, '/auth/login'));
    browser.jar.delete('user');
    for (const path of ['/auth/login', callback]) {
      const answer = await browser.go(auth, path);
      expect([answer.status, codeOf(answer), answer.cookies]).toEqual([401, 'not_signed_in', []]);
      expect(answer.text).not.toContain('/auth/login');
    }
    expect(bench.emulator.counters).toMatchObject({ authorizeHits: 1, tokenHits: 0 });
    browser.jar.set('user', 'alice');
    expect((await browser.go(auth, callback)).status).toBe(303);
  });

  it('may send nobody to its own sign-in instead', async () => {
    auth = bench.handlerOf({
      sessionName,
      onFailure: ({ code }) =>
        code === 'not_signed_in' ? Response.redirect(`${ORIGIN}/sign-in`, 303) : undefined,
    });
    browser.jar.delete('user');
    expect((await browser.go(auth, '/auth/login')).location).toBe(`${ORIGIN}/sign-in`);
  });

  it('replaces what a user had connected before, and ends no session of anybody else', async () => {
    await signIn(browser, auth);
    const other = new Browser(ORIGIN);
    other.jar.set('user', 'bob');
    await signIn(other, auth, { user: '2' });
    await signIn(browser, auth, { user: '2' });
    expect(await sessionOf(other, auth)).not.toBeNull();
    const response = await (await sessionOf(browser, auth))!.fetch(bench.emulator.endpoints.usersMe);
    expect(await response.json()).toMatchObject({ data: { username: 'grace' } });
  });

  it('disconnects one of them by a sign-out, and leaves its cookies alone', async () => {
    await signIn(browser, auth);
    const out = await browser.post(auth, '/auth/logout');
    expect([out.status, out.cookies]).toEqual([303, []]);
    expect([...browser.jar.keys()]).toEqual(['user']);
    expect(await sessionOf(browser, auth)).toBeNull();
    expect(bench.emulator.counters.revokeHits).toBe(2);
  });
});
