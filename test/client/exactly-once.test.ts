import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { json, text } from '../services/support/loopback-server.js';
import {
  callbackOf,
  eventually,
  failureOf,
  held,
  redirectUri,
  reset,
  startAcme,
  whileTimePasses,
} from './support/acme.js';
import type { Acme } from './support/acme.js';
import { flowRecord } from './support/stores.js';

let acme: Acme;
beforeEach(async () => {
  acme = await startAcme();
});
afterEach(() => acme.close());

const refusal = (state: string, error = 'access_denied') =>
  `${redirectUri}?${new URLSearchParams({ error, state })}`;
const grant = json({
  token_type: 'bearer',
  expires_in: 3600,
  access_token: 'granted',
  refresh_token: 'kept',
});

describe('the same callback', () => {
  it('twice in a row gives the same session and one request (C4)', async () => {
    const client = acme.clientOf();
    const { state } = await client.begin();
    const first = await client.complete(callbackOf(state));
    const second = await client.complete(callbackOf(state));
    expect(await second.accessToken()).toBe(await first.accessToken());
    expect(acme.sent('/token')).toHaveLength(1);
  });

  it('five times at once gives the same session and one request (C4)', async () => {
    const client = acme.clientOf();
    const { state } = await client.begin();
    const all = Promise.all(Array.from({ length: 5 }, () => client.complete(callbackOf(state))));
    const sessions = await whileTimePasses(acme.clock, all);
    const tokens = await Promise.all(sessions.map((session) => session.accessToken()));
    expect(new Set(tokens)).toEqual(new Set(['access-token-1']));
    expect(acme.sent('/token')).toHaveLength(1);
  });

  it('at two clients of one store gives the same session and one request (C4)', async () => {
    const [one, other] = [acme.clientOf(), acme.clientOf()];
    const { state } = await one.begin();
    const both = Promise.all([one.complete(callbackOf(state)), other.complete(callbackOf(state))]);
    const sessions = await whileTimePasses(acme.clock, both);
    const tokens = await Promise.all(sessions.map((session) => session.accessToken()));
    expect(tokens).toEqual(['access-token-1', 'access-token-1']);
    expect(acme.sent('/token')).toHaveLength(1);
  });

  it('gives a later caller the tokens of today, not those of the receipt', async () => {
    const { client, session } = await acme.signedIn();
    const [, receipt] = await flowRecord(acme.store);
    await session.renew();
    const { state } = await client.begin();
    expect(receipt).toMatchObject({ status: 'completed', tokens: null });
    const again = await client.complete(callbackOf(state, 'code-2'));
    await client.complete(callbackOf(state, 'code-2'));
    expect(await again.accessToken()).toBe('access-token-3');
  });

  it('after the sign-out finds nobody signed in, and brings nothing back', async () => {
    const client = acme.clientOf();
    const { state } = await client.begin();
    const session = await client.complete(callbackOf(state));
    await session.signOut();
    expect(await failureOf(client.complete(callbackOf(state)))).toMatchObject({ code: 'not_signed_in' });
    expect(await client.session()).toBeNull();
    expect(acme.sent('/token')).toHaveLength(1);
  });

  it('shares a failed outcome with everybody who follows (C4)', async () => {
    const [one, other] = [acme.clientOf(), acme.clientOf()];
    const { state } = await one.begin();
    acme.script.push(json({ error: 'invalid_grant' }, 400));
    const both = Promise.all([
      failureOf(one.complete(callbackOf(state))),
      failureOf(other.complete(callbackOf(state))),
    ]);
    const failures = [
      ...(await whileTimePasses(acme.clock, both)),
      await failureOf(one.complete(callbackOf(state))),
    ];
    expect(failures.map(({ code }) => code)).toEqual(['code_refused', 'code_refused', 'code_refused']);
    expect(failures[2]).toMatchObject({
      provider: { error: 'invalid_grant', status: 400 },
      phase: 'exchange',
    });
    expect(acme.sent('/token')).toHaveLength(1);
  });

  it('with another code for a used state is refused (C4)', async () => {
    const client = acme.clientOf();
    const { state } = await client.begin();
    const session = await client.complete(callbackOf(state));
    expect(await failureOf(client.complete(callbackOf(state, 'code-2')))).toMatchObject({
      code: 'callback_already_used',
      phase: 'callback',
    });
    expect(await session.accessToken()).toBe('access-token-1');
    expect(acme.sent('/token')).toHaveLength(1);
  });

  it('with another code while the first is redeemed is refused too (C4)', async () => {
    const client = acme.clientOf();
    const { state } = await client.begin();
    const slow = held(grant);
    acme.script.push(slow.answer);
    const first = client.complete(callbackOf(state));
    await slow.arrived;
    expect(await failureOf(client.complete(callbackOf(state, 'code-2')))).toMatchObject({
      code: 'callback_already_used',
    });
    slow.go();
    expect(await (await first).accessToken()).toBe('granted');
  });

  it('of a refusal gives the same refusal again', async () => {
    const client = acme.clientOf();
    const { state } = await client.begin();
    const first = await failureOf(client.complete(refusal(state)));
    const second = await failureOf(client.complete(refusal(state)));
    expect(second).toMatchObject({ code: 'access_denied', provider: { error: 'access_denied' } });
    expect(JSON.stringify(second)).toBe(JSON.stringify(first));
  });

  it('of a refusal after a sign-in is a false callback and changes nothing', async () => {
    const client = acme.clientOf();
    const { state } = await client.begin();
    const session = await client.complete(callbackOf(state));
    expect(await failureOf(client.complete(refusal(state)))).toMatchObject({ code: 'callback_already_used' });
    expect(await session.accessToken()).toBe('access-token-1');
  });

  it('with a code after a refusal is refused with its reason', async () => {
    const client = acme.clientOf();
    const { state } = await client.begin();
    await failureOf(client.complete(refusal(state)));
    expect(await failureOf(client.complete(callbackOf(state)))).toMatchObject({ code: 'access_denied' });
    expect(acme.sent('/token')).toHaveLength(0);
  });

  it('waits for an exchange that died elsewhere only as long as it could live', async () => {
    const client = acme.clientOf();
    const { state } = await client.begin();
    acme.store.down = (method, key) =>
      method === 'write' && key.startsWith('flow/') && acme.sent('/token').length > 0;
    acme.script.push(reset);
    await failureOf(client.complete(callbackOf(state)));
    acme.store.down = () => false;
    const began = acme.clock.now();
    const late = failureOf(acme.clientOf().complete(callbackOf(state)));
    expect(await whileTimePasses(acme.clock, late)).toMatchObject({ code: 'exchange_interrupted' });
    expect(acme.clock.now() - began).toBeGreaterThanOrEqual(50_000);
    expect(acme.sent('/token')).toHaveLength(1);
  });
});

describe('an exchange that fails', () => {
  it.each([
    ['a refused code', json({ error: 'invalid_grant', error_description: 'gone' }, 400), 'code_refused'],
    ['a client the provider does not accept', json({ error: 'invalid_client' }, 401), 'client_misconfigured'],
    ['a 429', text('', 429, { 'retry-after': '5' }), 'provider_busy'],
    ['a 500 (E4)', text('oops', 500), 'outcome_unknown'],
    ['a broken connection (E4)', reset, 'outcome_unknown'],
    ['a redirect (E9)', text('', 307, { location: 'https://evil.example/token' }), 'response_invalid'],
    ['HTML (F1)', text('<html>', 200, { 'content-type': 'text/html' }), 'response_invalid'],
    ['a 201 (F1)', json({ access_token: 'a', token_type: 'bearer' }, 201), 'response_invalid'],
    ['an array (F2)', json([]), 'response_invalid'],
    ['no access token (F3)', json({ token_type: 'bearer' }), 'response_invalid'],
    [
      'a token with a line break (F3)',
      json({ access_token: 'a\r\nX: y', token_type: 'bearer' }),
      'response_invalid',
    ],
    ['another token type (F4)', json({ access_token: 'a', token_type: 'mac' }), 'response_invalid'],
    [
      'a lifetime that is text (F5)',
      json({ access_token: 'a', token_type: 'bearer', expires_in: '60' }),
      'response_invalid',
    ],
    [
      'a scope that is a list (F10)',
      json({ access_token: 'a', token_type: 'bearer', scope: ['read'] }),
      'response_invalid',
    ],
    [
      'a refresh token that is a number (F18, F20)',
      json({ access_token: 'a', token_type: 'bearer', refresh_token: 1 }),
      'response_invalid',
    ],
    [
      'tokens and an error at once (F17)',
      json({ access_token: 'a', token_type: 'bearer', error: 'x' }),
      'response_invalid',
    ],
    ['2 MiB (F14)', json({ access_token: 'a'.repeat(2 ** 21), token_type: 'bearer' }), 'response_invalid'],
  ])('with %s is typed, stores nothing and is not repeated', async (_, answer, code) => {
    const client = acme.clientOf();
    const { state } = await client.begin();
    acme.script.push(answer);
    expect(await failureOf(client.complete(callbackOf(state)))).toMatchObject({ code, phase: 'exchange' });
    expect(await failureOf(client.complete(callbackOf(state)))).toMatchObject({ code });
    expect(acme.sent('/token')).toHaveLength(1);
    expect(Object.keys(await acme.store.dump()).filter((key) => key.startsWith('session/'))).toEqual([]);
    expect(await client.session()).toBeNull();
  });

  it('for want of a network is typed and stores nothing', async () => {
    const client = acme.clientOf();
    const { state } = await client.begin();
    await acme.server.close();
    expect(await failureOf(client.complete(callbackOf(state)))).toMatchObject({
      code: 'provider_unreachable',
    });
    expect(await flowRecord(acme.store)).toMatchObject([{}, { status: 'failed' }]);
  });

  it('at its deadline is typed and leaves no verifier (E11)', async () => {
    const client = acme.clientOf();
    const { state } = await client.begin();
    const silence = held(reset);
    acme.script.push(silence.answer);
    const failed = failureOf(client.complete(callbackOf(state)));
    await silence.arrived;
    await acme.clock.advance(30_000);
    expect(await failed).toMatchObject({ code: 'outcome_unknown' });
    silence.go();
  });

  it('leaves an older session as it was', async () => {
    const { client, session } = await acme.signedIn();
    const { state } = await client.begin();
    acme.script.push(json({ error: 'invalid_grant' }, 400));
    await failureOf(client.complete(callbackOf(state, 'code-2')));
    expect(await session.accessToken()).toBe('access-token-1');
  });
});

describe('the verifier', () => {
  const endings: readonly (readonly [string, (state: string) => Promise<unknown>])[] = [
    ['success', async (state) => acme.clientOf().complete(callbackOf(state))],
    [
      'a refused code',
      async (state) => {
        acme.script.push(json({ error: 'invalid_grant' }, 400));
        return failureOf(acme.clientOf().complete(callbackOf(state)));
      },
    ],
    ['a refused consent', (state) => failureOf(acme.clientOf().complete(refusal(state)))],
    [
      'a lost answer',
      async (state) => {
        acme.script.push(reset);
        return failureOf(acme.clientOf().complete(callbackOf(state)));
      },
    ],
    [
      'its deadline',
      async (state) => {
        await acme.clock.advance(10 * 60_000);
        return failureOf(acme.clientOf().complete(callbackOf(state)));
      },
    ],
  ];

  it.each(endings)('is in no record after %s (B12)', async (_, end) => {
    const { state } = await acme.clientOf().begin();
    expect(await acme.store.text()).toContain('verifier');
    await end(state);
    expect(await acme.store.text()).not.toContain('verifier');
  });

  it('is out of the record before it is sent (B12)', async () => {
    const client = acme.clientOf();
    const { state } = await client.begin();
    const slow = held(grant);
    acme.script.push(slow.answer);
    const completing = client.complete(callbackOf(state));
    await slow.arrived;
    expect(await acme.store.text()).not.toContain('verifier');
    slow.go();
    await completing;
  });

  it('is in no record once nobody has come back in time (B12)', async () => {
    const { state } = await acme.clientOf().begin();
    await acme.clock.advance(10 * 60_000);
    expect(await acme.store.text()).not.toContain('verifier');
    expect(await failureOf(acme.clientOf().complete(callbackOf(state)))).toMatchObject({
      code: 'callback_expired',
    });
    await acme.clock.advance(24 * 60 * 60_000);
    expect(await failureOf(acme.clientOf().complete(callbackOf(state)))).toMatchObject({
      code: 'callback_unknown',
    });
  });

  it('is in no record after begin() was cancelled (B12)', async () => {
    const client = acme.clientOf();
    const leaving = new AbortController();
    const { write } = acme.store;
    acme.store.write = (...call) => {
      leaving.abort();
      return write(...call);
    };
    expect(await failureOf(client.begin({ signal: leaving.signal }))).toMatchObject({ code: 'cancelled' });
    await client.close();
    expect(await acme.store.text()).not.toContain('verifier');
  });

  it('is another one for each flow, of 43 unreserved characters (B4, B8)', async () => {
    const client = acme.clientOf();
    for (const code of ['code-1', 'code-2']) {
      const { state } = await client.begin();
      await client.complete(callbackOf(state, code));
    }
    const verifiers = acme.sent('/token').map(({ body }) => new URLSearchParams(body).get('code_verifier'));
    expect(new Set(verifiers).size).toBe(2);
    for (const verifier of verifiers) expect(verifier).toMatch(/^[A-Za-z0-9._~-]{43}$/);
  });
});

describe('a receipt', () => {
  it('is scrubbed of its tokens once the session has them', async () => {
    await acme.signedIn();
    const [, record] = await flowRecord(acme.store);
    expect(record).toMatchObject({ status: 'completed', tokens: null });
    expect(JSON.stringify(record)).not.toMatch(/code-1|token-1/);
  });

  it('completes the session later if the store went down after it was written', async () => {
    const client = acme.clientOf();
    const { state } = await client.begin();
    acme.store.down = (method, key) => method === 'write' && key.startsWith('session/');
    const unsaved = await client.complete(callbackOf(state));
    expect(unsaved.info()).toMatchObject({ standing: 'unsaved' });
    expect(await unsaved.accessToken()).toBe('access-token-1');
    acme.store.down = () => false;
    const session = await acme.clientOf().complete(callbackOf(state));
    expect(await session.accessToken()).toBe('access-token-1');
    expect(acme.sent('/token')).toHaveLength(1);
    expect((await flowRecord(acme.store))[1]).toMatchObject({ tokens: null });
    await acme.clock.advance(5_000);
    await eventually(() => unsaved.info()?.standing === 'fresh');
  });

  it('that could not be written leaves tokens that this process uses and saves later', async () => {
    const client = acme.clientOf();
    const { state } = await client.begin();
    acme.store.down = (method) => method === 'write' && acme.sent('/token').length > 0;
    const session = await client.complete(callbackOf(state));
    expect(session.info()).toMatchObject({ standing: 'unsaved' });
    expect(await session.accessToken()).toBe('access-token-1');
    acme.store.down = () => false;
    await acme.clock.advance(5_000);
    await eventually(() => session.info()?.standing === 'fresh');
    expect(await (await acme.clientOf().session())?.accessToken()).toBe('access-token-1');
  });

  it('that could not be written is not written after a sign-out', async () => {
    const client = acme.clientOf();
    const { state } = await client.begin();
    acme.store.down = (method) => method === 'write' && acme.sent('/token').length > 0;
    const session = await client.complete(callbackOf(state));
    await session.signOut();
    acme.store.down = () => false;
    await acme.clock.advance(600_000);
    expect(await acme.store.text()).not.toContain('access-token-1');
    expect(await acme.clientOf().session()).toBeNull();
    expect(acme.sent('/revoke')).not.toHaveLength(0);
  });

  it('that is written while somebody signs out is revoked, not published', async () => {
    const client = acme.clientOf();
    const { state } = await client.begin();
    acme.store.down = (method) => method === 'write' && acme.sent('/token').length > 0;
    const session = await client.complete(callbackOf(state));
    const { write } = acme.store;
    let goOn = () => {};
    let writing = false;
    const mayWrite = new Promise<void>((resolve) => (goOn = resolve));
    acme.store.write = async (...call) => {
      writing = true;
      await mayWrite;
      return write(...call);
    };
    acme.store.down = () => false;
    await acme.clock.advance(5_000);
    await eventually(() => writing);
    const signingOut = session.signOut();
    await eventually(() => session.info() === null);
    goOn();
    expect(await signingOut).toMatchObject({
      cleared: true,
      revocations: [{ revoked: true }, { revoked: true }],
    });
    await eventually(async () => (await acme.store.text()).includes('"failed"'));
    expect(await acme.store.text()).not.toContain('access-token-1');
    expect(session.info()).toBeNull();
    expect(await client.session()).toBeNull();
  });
});
