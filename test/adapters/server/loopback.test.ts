import type { AuthHandler } from 'authchart/server';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { decide, sessionOf, signIn, startServerBench } from './support/bench.js';
import type { ServerBench } from './support/bench.js';
import { Browser, parsed } from './support/browser.js';

const ORIGIN = 'http://127.0.0.1:8976';

let bench: ServerBench;
let auth: AuthHandler;
let browser: Browser;
beforeEach(async () => {
  bench = await startServerBench(`${ORIGIN}/auth/callback`);
  auth = bench.handlerOf();
  browser = new Browser(ORIGIN);
});
afterEach(() => bench.close());

it('on http, in development, cookies have neither the prefix nor Secure, on which browsers disagree there', async () => {
  const login = await browser.go(auth, '/auth/login?returnTo=/there');
  const done = await browser.go(auth, await decide(login));
  expect(done.location).toBe(`${ORIGIN}/there`);
  expect([...browser.jar.keys()]).toEqual(['authchart-session.auth']);
  expect(await sessionOf(browser, auth)).not.toBeNull();
  for (const { name, attributes } of [...login.cookies, ...done.cookies].map(parsed)) {
    expect(name).toMatch(/^authchart-/);
    expect(attributes).toMatchObject({ path: '/', httponly: '', samesite: 'Lax' });
    expect(attributes).not.toHaveProperty('secure');
    expect(attributes).not.toHaveProperty('domain');
  }
});

it('signs out on http too', async () => {
  await signIn(browser, auth);
  expect((await browser.post(auth, '/auth/logout')).status).toBe(303);
  expect(browser.jar.size).toBe(0);
});
