import { redact } from 'authchart';
import { consent } from 'authchart/testing';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createActor, waitFor } from 'xstate';
import { eventually, failureOf } from './support/acme.js';
import { flowRecord } from './support/stores.js';
import { handDriven, startX } from './support/x.js';
import type { XBench } from './support/x.js';

let bench: XBench;
beforeEach(async () => {
  bench = await startX();
});
afterEach(() => bench.close());

const at = (query: Record<string, string>, address = 'https://localhost/') =>
  `${address}?${new URLSearchParams(query)}`;
const notIssued = 'n'.repeat(43);

describe('a callback that is not taken', () => {
  it.each<[string, (state: string) => string, string]>([
    ['with a state that nobody issued (C1)', () => at({ code: 'c', state: notIssued }), 'callback_unknown'],
    ['without a state (C2)', () => at({ code: 'c' }), 'callback_state_missing'],
    ['with an empty state (C2)', () => at({ code: 'c', state: '' }), 'callback_state_missing'],
    ['with an error and no state (C15)', () => at({ error: 'access_denied' }), 'callback_state_missing'],
    [
      'with an error and an unknown state (C15)',
      () => at({ error: 'access_denied', state: notIssued }),
      'callback_unknown',
    ],
    [
      'at another path (C14)',
      (state) => at({ code: 'c', state }, 'https://localhost/other'),
      'callback_other_origin',
    ],
    [
      'at another port (C14)',
      (state) => at({ code: 'c', state }, 'https://localhost:444/'),
      'callback_other_origin',
    ],
    [
      'at another host (C14)',
      (state) => at({ code: 'c', state }, 'https://evil.example/'),
      'callback_other_origin',
    ],
    [
      'with another scheme (C14)',
      (state) => at({ code: 'c', state }, 'http://localhost/'),
      'callback_other_origin',
    ],
    ['with a code twice (C8)', (state) => `${at({ code: 'c', state })}&code=c`, 'callback_malformed'],
    [
      'with another code behind it (C8)',
      (state) => `${at({ code: 'c', state })}&code=d`,
      'callback_malformed',
    ],
    ['with code[] (C8)', (state) => `${at({ state })}&code[]=c`, 'callback_malformed'],
    [
      'with the state twice (C8)',
      (state) => `${at({ code: 'c', state })}&state=${state}`,
      'callback_malformed',
    ],
    [
      'with a code and an error (C9)',
      (state) => at({ code: 'c', error: 'access_denied', state }),
      'callback_malformed',
    ],
    ['with neither code nor error (C10)', (state) => at({ state }), 'callback_not_ours'],
    [
      'with an access token (C12)',
      (state) => at({ code: 'c', state, access_token: 'evil' }),
      'callback_malformed',
    ],
    [
      'with a token in the fragment (C12)',
      (state) => `${at({ code: 'c', state })}#access_token=evil`,
      'callback_malformed',
    ],
    [
      'with the code in the fragment (C13)',
      (state) => `https://localhost/#code=c&state=${state}`,
      'callback_malformed',
    ],
    [
      'with an issuer that was never announced (D4)',
      (state) => at({ code: 'c', state, iss: 'https://b.example' }),
      'callback_issuer_mismatch',
    ],
    [
      'with a malformed escape in the code (C18)',
      (state) => `${at({ state })}&code=%E0%A4%A`,
      'callback_malformed',
    ],
    ['with a lone % (C18)', (state) => `${at({ state })}&code=%`, 'callback_malformed'],
    [
      'with a malformed escape in the state (C18)',
      () => 'https://localhost/?code=c&state=%ff',
      'callback_malformed',
    ],
    ['of more than 64 KiB (C19)', (state) => at({ code: 'c'.repeat(65_536), state }), 'callback_malformed'],
    ['that is no URL', () => 'code=c', 'callback_not_ours'],
    ['that is empty', () => '', 'callback_not_ours'],
    ['that is another page', () => 'https://localhost/?utm_source=x', 'callback_not_ours'],
  ])('%s sends nothing, and the true one still works', async (_, forge, code) => {
    const client = bench.clientOf();
    const { url, state } = await client.begin();
    const before = await flowRecord(bench.store);
    const failure = await failureOf(client.complete(forge(state)));
    expect(failure).toMatchObject({ code, phase: 'callback', name: 'AuthError' });
    expect(JSON.stringify(failure)).not.toContain(state);
    expect(await flowRecord(bench.store)).toEqual(before);
    expect(bench.emulator.counters.tokenHits).toBe(0);
    const { callbackUrl } = await consent(url);
    expect(await client.complete(callbackUrl!)).toMatchObject({ name: 'default' });
  });

  it('because it came too late is expired, then and later (C5)', async () => {
    const client = bench.clientOf();
    const { state } = await client.begin();
    await bench.pass(10 * 60_000);
    for (let i = 0; i < 2; i++) {
      expect(await failureOf(client.complete(at({ code: 'c', state })))).toMatchObject({
        code: 'callback_expired',
      });
    }
    expect(bench.emulator.counters.tokenHits).toBe(0);
    expect(await bench.store.text()).not.toContain('verifier');
  });

  it('is unknown a day later: its record is gone (C5)', async () => {
    const client = bench.clientOf();
    const { state } = await client.begin();
    await bench.pass(25 * 3_600_000);
    expect(await failureOf(client.complete(at({ code: 'c', state })))).toMatchObject({
      code: 'callback_unknown',
    });
    expect(await bench.store.dump()).toEqual({});
  });

  it('because the signal has aborted leaves the flow pending', async () => {
    const client = bench.clientOf();
    const { url } = await client.begin();
    const { callbackUrl } = await consent(url);
    const signal = AbortSignal.abort();
    expect(await failureOf(client.complete(callbackUrl!, { signal }))).toMatchObject({
      code: 'cancelled',
      phase: 'callback',
    });
    expect(await client.complete(callbackUrl!)).toMatchObject({ name: 'default' });
  });

  it('because the store is down can come again', async () => {
    const client = bench.clientOf();
    const { url } = await client.begin();
    const { callbackUrl } = await consent(url);
    bench.store.down = () => true;
    expect(await failureOf(client.complete(callbackUrl!))).toMatchObject({ code: 'store_unavailable' });
    bench.store.down = () => false;
    expect(await client.complete(callbackUrl!)).toMatchObject({ name: 'default' });
    expect(bench.emulator.counters.tokenHits).toBe(1);
  });

  it.each([
    ['invalid_request'],
    ['invalid_scope'],
    ['server_error'],
    ['temporarily_unavailable'],
    ['foo_bar'],
  ])('with the error %s ends the flow with the words of the provider', async (error) => {
    const client = bench.clientOf();
    const { state } = await client.begin();
    const url = at({ error, error_description: 'why <b>not</b>\r\n\u001b[31m', state });
    expect(await failureOf(client.complete(url))).toMatchObject({
      code: 'authorization_refused',
      provider: { error, description: 'why <b>not</b> ?[31m', status: null },
    });
    expect(bench.emulator.counters.tokenHits).toBe(0);
  });

  it('of a person who refused is access_denied, and starts nothing by itself (Q2)', async () => {
    const client = bench.clientOf();
    const { url } = await client.begin();
    const { callbackUrl } = await consent(url, { allow: false });
    expect(await failureOf(client.complete(callbackUrl!))).toMatchObject({
      code: 'access_denied',
      retryable: true,
    });
    expect(bench.emulator.counters).toMatchObject({ authorizeHits: 1, tokenHits: 0 });
  });

  it("with a stolen code and the attacker's own state ends in an error (B14)", async () => {
    const [victim, attacker] = [bench.clientOf(), bench.clientOf()];
    const { callbackUrl } = await consent((await victim.begin()).url);
    const { state } = await attacker.begin();
    const code = new URL(callbackUrl!).searchParams.get('code')!;
    expect(await failureOf(attacker.complete(at({ code, state })))).toMatchObject({ code: 'code_refused' });
    expect(await attacker.session()).toBeNull();
  });

  it('with unknown parameters beside is taken (C11)', async () => {
    const client = bench.clientOf();
    const { callbackUrl } = await consent((await client.begin()).url);
    expect(await client.complete(`${callbackUrl}&utm_source=x&foo=%E0%A4%A#_=_`)).toMatchObject({
      name: 'default',
    });
  });

  it('as a URL object is taken', async () => {
    const client = bench.clientOf();
    const { callbackUrl } = await consent((await client.begin()).url);
    expect(await client.complete(new URL(callbackUrl!))).toMatchObject({ name: 'default' });
  });
});

describe('a flow bound to a user agent', () => {
  it.each([
    ['another value', { boundTo: 'other' }],
    ['no value', {}],
  ])('answers nobody who brings %s (B9, C3)', async (_, options) => {
    const client = bench.clientOf();
    const { callbackUrl } = await consent((await client.begin({ boundTo: 'cookie' })).url);
    expect(await failureOf(client.complete(callbackUrl!, options))).toMatchObject({
      code: 'callback_other_user_agent',
    });
    expect(bench.emulator.counters.tokenHits).toBe(0);
    expect(await client.complete(callbackUrl!, { boundTo: 'cookie' })).toMatchObject({ name: 'default' });
  });

  it('has a receipt that answers nobody else either (C3)', async () => {
    const client = bench.clientOf();
    const { callbackUrl } = await consent((await client.begin({ boundTo: 'cookie' })).url);
    await client.complete(callbackUrl!, { boundTo: 'cookie' });
    expect(await failureOf(client.complete(callbackUrl!, { boundTo: 'other' }))).toMatchObject({
      code: 'callback_other_user_agent',
    });
    expect(await failureOf(client.complete(callbackUrl!))).toMatchObject({
      code: 'callback_other_user_agent',
    });
  });

  it('is not the one that was begun without a value (C3)', async () => {
    const client = bench.clientOf();
    const { callbackUrl } = await consent((await client.begin()).url);
    expect(await failureOf(client.complete(callbackUrl!, { boundTo: 'cookie' }))).toMatchObject({
      code: 'callback_other_user_agent',
    });
    expect(bench.emulator.counters.tokenHits).toBe(0);
  });

  it('tells a stranger nothing about a refusal (C15)', async () => {
    const client = bench.clientOf();
    const { state } = await client.begin({ boundTo: 'cookie' });
    const before = await flowRecord(bench.store);
    expect(await failureOf(client.complete(at({ error: 'access_denied', state })))).toMatchObject({
      code: 'callback_other_user_agent',
    });
    expect(await flowRecord(bench.store)).toEqual(before);
  });
});

describe('login() while it waits', () => {
  async function waiting(options = {}) {
    const browser = handDriven();
    const client = bench.clientOf({}, { userAgent: browser });
    const login = client.login(options);
    login.catch(() => undefined);
    const url = await browser.page;
    return { browser, client, login, url, state: new URL(url).searchParams.get('state')! };
  }

  it('takes the true callback and closes its user agent', async () => {
    const { browser, login, url } = await waiting();
    browser.bring((await consent(url)).callbackUrl!);
    expect(await (await login).accessToken()).toBeTypeOf('string');
    expect(browser.listening()).toBe(false);
  });

  it('survives twenty false callbacks and takes the good one (C15, M11)', async () => {
    const { browser, login, url } = await waiting();
    for (let i = 0; i < 20; i++) {
      browser.bring(at({ error: 'access_denied', state: `${i}`.padEnd(43, 'n') }));
      // Callbacks of real browsers come one by one.
      await new Promise((resolve) => setImmediate(resolve));
    }
    expect(browser.listening()).toBe(true);
    browser.bring((await consent(url)).callbackUrl!);
    expect(await login).toMatchObject({ name: 'default' });
    expect(bench.emulator.counters.tokenHits).toBe(1);
  });

  it('gives up after two hundred, with a typed error and no verifier left (M11, B12)', async () => {
    const { browser, login } = await waiting();
    const failed = failureOf(login);
    let over = false;
    void failed.then(() => (over = true));
    await eventually(() => {
      browser.bring(at({ code: 'c', state: notIssued }));
      return over;
    });
    expect(await failed).toMatchObject({ code: 'callback_limit', phase: 'callback' });
    expect(bench.emulator.counters.tokenHits).toBe(0);
    expect(browser.listening()).toBe(false);
    expect(await bench.store.text()).not.toContain('verifier');
  });

  it('does not take the callback of another flow of the same store (C3)', async () => {
    const { browser, login, url } = await waiting();
    const other = await consent((await bench.clientOf().begin()).url);
    browser.bring(other.callbackUrl!);
    browser.bring((await consent(url)).callbackUrl!);
    await login;
    expect(bench.emulator.counters.tokenHits).toBe(1);
  });

  it('ends at its deadline, and tells a late callback why (M20)', async () => {
    const { browser, client, login, url } = await waiting();
    const { callbackUrl } = await consent(url);
    await bench.clock.advance(10 * 60_000);
    expect(await failureOf(login)).toMatchObject({ code: 'authorization_timeout', retryable: true });
    expect(browser.listening()).toBe(false);
    expect(await failureOf(client.complete(callbackUrl!))).toMatchObject({ code: 'callback_expired' });
    expect(await bench.store.text()).not.toContain('verifier');
    expect(bench.emulator.counters.tokenHits).toBe(0);
  });

  it('ends when its signal aborts, and tells a late callback why (Q3)', async () => {
    const leaving = new AbortController();
    const { browser, client, login, url } = await waiting({ signal: leaving.signal });
    const { callbackUrl } = await consent(url);
    leaving.abort();
    expect(await failureOf(login)).toMatchObject({ code: 'cancelled' });
    await eventually(() => !browser.listening());
    await eventually(async () => !(await bench.store.text()).includes('verifier'));
    expect(await failureOf(client.complete(callbackUrl!))).toMatchObject({ code: 'cancelled' });
    expect(bench.emulator.counters.tokenHits).toBe(0);
  });

  it('is refused by the person, and closes its user agent (M4)', async () => {
    const { browser, login, url } = await waiting();
    browser.bring((await consent(url, { allow: false })).callbackUrl!);
    expect(await failureOf(login)).toMatchObject({ code: 'access_denied' });
    expect(browser.listening()).toBe(false);
  });

  it('fails with a user agent that fails, whose words are not quoted (G8)', async () => {
    const broken = {
      ...handDriven(),
      present: (url: string) => Promise.reject(new Error(`no window for ${url}`)),
    };
    const failure = await failureOf(bench.clientOf({}, { userAgent: broken }).login());
    expect(failure).toMatchObject({ code: 'unexpected', phase: 'authorization' });
    expect(String(failure['message'])).not.toContain('state=');
    expect(await bench.store.text()).not.toContain('verifier');
  });

  it('takes no copy of a callback: a secret that was cloned is gone', async () => {
    const client = bench.clientOf();
    const { url } = await client.begin();
    const { callbackUrl } = await consent(url);
    const actor = createActor(client.machine, { input: { session: 'default' } }).start();
    const callback = { url: { ...redact(callbackUrl!) }, boundTo: null };
    actor.send({ type: 'callback.received', callback });
    const { context } = await waitFor(actor, (snapshot) => snapshot.matches('error'));
    expect(context.failure).toMatchObject({ code: 'secret_unavailable' });
    expect(bench.emulator.counters.tokenHits).toBe(0);
    actor.stop();
  });

  it('fails if no user agent is there', async () => {
    expect(await failureOf(bench.clientOf().login())).toMatchObject({ code: 'browser_unavailable' });
    expect(await bench.store.dump()).toEqual({});
  });
});
