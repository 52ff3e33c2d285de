import { createClient, redact, x } from 'authchart';
import type { Provider } from 'authchart';
import { createClient as createNodeClient, nodeTransport } from 'authchart/node';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createActor, waitFor } from 'xstate';
import { json } from '../services/support/loopback-server.js';
import { callbackOf, eventually, failureOf, held, redirectUri, startAcme } from './support/acme.js';
import type { Acme } from './support/acme.js';
import { flowRecord, sessionRecord } from './support/stores.js';
import type { BenchStore } from './support/stores.js';
import { handDriven } from './support/x.js';

let acme: Acme;
beforeEach(async () => {
  acme = await startAcme();
});
afterEach(() => acme.close());

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const revoked = () => acme.sent('/revoke').map(({ body }) => new URLSearchParams(body).get('token'));
const sessionWrites: BenchStore['down'] = (method, key) => method === 'write' && key.startsWith('session/');

describe('a provider that was spread and changed', () => {
  const changes: readonly (readonly [string, Partial<Provider>])[] = [
    ['an API over http', { apiOrigins: ['http://api.x.com'] }],
    [
      'a token endpoint over http, loopback allowed',
      {
        endpoints: { ...x.endpoints, token: 'http://as.example/token' },
        dangerouslyAllowLoopbackHttp: true,
      },
    ],
    [
      'a page over http, loopback allowed',
      {
        endpoints: { ...x.endpoints, authorization: 'http://x.com/i/oauth2/authorize' },
        dangerouslyAllowLoopbackHttp: true,
      },
    ],
  ];

  it.each(changes)('to %s is refused before anything is sent (A2, J3)', (_, change) => {
    const provider: Provider = { ...x, ...change };
    for (const create of [createClient, createNodeClient]) {
      expect(() => create({ provider, clientId: 'client' })).toThrow(
        expect.objectContaining({ code: 'invalid_provider' }),
      );
    }
  });

  it('after the client was made changes nothing (D9)', async () => {
    const endpoints = { ...acme.provider.endpoints };
    const apiOrigins = [...acme.provider.apiOrigins];
    const provider = { ...acme.provider, endpoints, apiOrigins };
    const client = acme.clientOf({ provider });
    const { state } = await client.begin();
    endpoints.token = 'https://evil.example/token';
    endpoints.authorization = 'https://evil.example/authorize';
    apiOrigins[0] = 'https://evil.example';
    provider.issuer = 'https://evil.example';
    const session = await client.complete(callbackOf(state));
    expect(acme.sent('/token')).toHaveLength(1);
    expect((await client.begin()).url).toMatch(acme.origin);
    expect(await failureOf(session.fetch('https://evil.example/'))).toMatchObject({
      code: 'origin_not_allowed',
    });
  });
});

describe('a cookie that is not there', () => {
  const boundTo: string = JSON.parse('{}').cookie;

  it('binds no sign-in and answers for none (C3)', async () => {
    const client = acme.clientOf({}, { userAgent: handDriven() });
    const { state } = await client.begin();
    for (const work of [
      client.begin({ boundTo }),
      client.login({ boundTo }),
      client.complete(callbackOf(state), { boundTo }),
    ]) {
      expect(await failureOf(work)).toMatchObject({ code: 'invalid_option', phase: 'configuration' });
    }
    expect(acme.sent('/token')).toHaveLength(0);
    expect((await client.complete(callbackOf(state))).name).toBe('default');
  });
});

describe('a server that echoes', () => {
  const secret = 's3cr3t-CANARY+value';

  it.each([
    ['the Authorization header', (header: string) => header],
    ['its Basic value', (header: string) => header.split(' ')[1]!],
    ['what is in it', (header: string) => Buffer.from(header.split(' ')[1]!, 'base64').toString()],
  ])('%s shows no secret in the error (G6)', async (_, echo) => {
    let basic = '';
    acme.script.push((request, response) => {
      const header = request.headers.authorization ?? '';
      basic = header.split(' ')[1] ?? '';
      const body = { error: 'unauthorized_client', error_description: `Bad: ${echo(header)}.` };
      json(body, 401)(request, response);
    });
    const client = acme.clientOf({ clientSecret: secret });
    const { state } = await client.begin();
    const failure = await failureOf(client.complete(callbackOf(state)));
    expect(failure).toMatchObject({ code: 'client_misconfigured' });
    expect(basic.length).toBeGreaterThan(20);
    const shown = `${JSON.stringify(failure)} ${String(failure)} ${failure['stack'] as string}`;
    expect(shown).toContain('[redacted]');
    for (const hidden of [basic, secret, encodeURIComponent(secret)]) expect(shown).not.toContain(hidden);
    expect(await acme.store.text()).not.toContain(basic);
  });
});

describe('a process that dies between receipt and session', () => {
  /** Signs in as far as the receipt; its callback. */
  async function diesAfterReceipt(): Promise<string> {
    const client = acme.clientOf();
    const { state } = await client.begin();
    acme.store.down = sessionWrites;
    await client.complete(callbackOf(state, 'code-a'));
    await client.close();
    acme.store.down = () => false;
    return callbackOf(state, 'code-a');
  }

  it('has its session from the receipt, if nothing newer stands there (C4)', async () => {
    const callback = await diesAfterReceipt();
    const session = await acme.clientOf().complete(callback);
    expect(await session.accessToken()).toBe('access-token-1');
    expect(acme.sent('/token')).toHaveLength(1);
    expect(revoked()).toEqual([]);
  });

  it('does not overwrite a later sign-in when its callback is replayed (C4)', async () => {
    const callback = await diesAfterReceipt();
    const { session } = await acme.signedIn();
    const replayed = failureOf(acme.clientOf().complete(callback));
    expect(await replayed).toMatchObject({ code: 'exchange_interrupted' });
    expect(await session.accessToken()).toBe('access-token-2');
    expect(await sessionRecord(acme.store)).toMatchObject([
      {},
      { tokens: { accessToken: 'access-token-2' } },
    ]);
    expect(await acme.store.text()).not.toContain('access-token-1');
    expect(await failureOf(acme.clientOf().complete(callback))).toMatchObject({
      code: 'exchange_interrupted',
    });
  });

  it('does not overwrite adopted tokens either (C4)', async () => {
    const callback = await diesAfterReceipt();
    const session = await acme.clientOf().adopt({ access_token: 'adopted', expires_in: 3600 });
    await failureOf(acme.clientOf().complete(callback));
    expect(await session.accessToken()).toBe('adopted');
    expect(await sessionRecord(acme.store)).toMatchObject([{}, { tokens: { accessToken: 'adopted' } }]);
  });

  it('stays signed out after a sign-out, and its tokens are revoked (C4)', async () => {
    const callback = await diesAfterReceipt();
    const { session } = await acme.signedIn();
    await session.signOut();
    const client = acme.clientOf();
    expect(await failureOf(client.complete(callback))).toMatchObject({ code: 'exchange_interrupted' });
    expect(await client.session()).toBeNull();
    expect(revoked().slice(2)).toEqual(['refresh-token-1', 'access-token-1']);
    expect(await acme.store.text()).not.toMatch(/access-token|refresh-token/);
  });

  it('does not bring its session back after any number of sign-ins, its scrub lost (C4)', async () => {
    const client = acme.clientOf();
    const { state } = await client.begin();
    let copied = false;
    acme.store.down = (method, key) => {
      copied ||= sessionWrites(method, key);
      return copied && method === 'write' && key.startsWith('flow/');
    };
    await client.complete(callbackOf(state, 'code-a'));
    acme.store.down = () => false;
    expect(await flowRecord(acme.store)).toMatchObject([{}, { tokens: { accessToken: 'access-token-1' } }]);
    for (let later = 0; later < 12; later++) {
      const begun = await client.begin();
      await client.complete(callbackOf(begun.state));
    }
    expect(await failureOf(acme.clientOf().complete(callbackOf(state, 'code-a')))).toMatchObject({
      code: 'exchange_interrupted',
    });
    expect(await (await client.session())!.accessToken()).toBe('access-token-13');
  });
});

describe('a sign-out while a sign-in is saved', () => {
  /** The acme store, whose writes of live sessions wait: before they happen, or only with their answer. */
  function slowStore(when: 'before' | 'after') {
    const { store } = acme;
    let arrive = () => {};
    let go = () => {};
    const arrived = new Promise<void>((resolve) => (arrive = resolve));
    const gone = new Promise<void>((resolve) => (go = resolve));
    const slow: BenchStore['write'] = async (key, value, options) => {
      if (!value.includes('"live"')) return store.write(key, value, options);
      const written = when === 'after' ? await store.write(key, value, options) : null;
      arrive();
      await gone;
      return written ?? store.write(key, value, options);
    };
    return { store: { ...store, write: slow }, arrived, go: () => go() };
  }

  it.each(['before', 'after'] as const)(
    'wins, if the session is written %s it: nothing lives on, and the tokens are revoked (H15, I6)',
    async (when) => {
      const slow = slowStore(when);
      const client = acme.clientOf({}, { store: slow.store });
      const { state } = await client.begin();
      const actor = createActor(client.machine, { input: { session: 'default' } }).start();
      actor.send({
        type: 'callback.received',
        callback: { url: redact(callbackOf(state)), boundTo: null },
      });
      await slow.arrived;
      actor.send({ type: 'session.signOut' });
      slow.go();
      await waitFor(actor, (snapshot) => snapshot.matches('idle'));
      actor.stop();
      await client.close();
      expect(await acme.store.text()).not.toMatch(/access-token|refresh-token/);
      expect(new Set(revoked())).toEqual(new Set(['refresh-token-1', 'access-token-1']));
      expect(await acme.clientOf().session()).toBeNull();
    },
  );

  it('wins, if the session of an empty store is written when it is over (H15, I6)', async () => {
    const slow = slowStore('before');
    const client = acme.clientOf({}, { store: slow.store });
    const { state } = await client.begin();
    const actor = createActor(client.machine, { input: { session: 'default' } }).start();
    actor.send({ type: 'callback.received', callback: { url: redact(callbackOf(state)), boundTo: null } });
    await slow.arrived;
    actor.send({ type: 'session.signOut' });
    await waitFor(actor, (snapshot) => snapshot.matches('idle'));
    slow.go();
    actor.stop();
    await client.close();
    expect(await sessionRecord(acme.store)).toMatchObject([{}, { status: 'signedOut' }]);
    expect(await acme.store.text()).not.toMatch(/access-token|refresh-token/);
    expect(revoked()).toEqual(['refresh-token-1', 'access-token-1']);
  });

  it.each(['before', 'after'] as const)(
    'wins over an adoption that is written %s it (H15, I6)',
    async (when) => {
      const slow = slowStore(when);
      const { session } = await acme.signedIn();
      await session.renew();
      const client = acme.clientOf({}, { store: slow.store });
      const own = (await client.session())!;
      const actor = createActor(client.machine, { input: { session: 'default' } }).start();
      const tokens = redact<unknown>({
        access_token: 'adopted-access',
        refresh_token: 'adopted-refresh',
        expires_in: 3600,
      });
      actor.send({ type: 'session.adopt', tokens });
      await slow.arrived;
      actor.send({ type: 'session.signOut' });
      slow.go();
      await waitFor(actor, (snapshot) => snapshot.matches('idle'));
      actor.stop();
      await eventually(async () => !/adopted|access-token/.test(await acme.store.text()));
      expect(own.info()).toBeNull();
      expect(await failureOf(own.accessToken())).toMatchObject({ code: 'not_signed_in' });
      await client.close();
      expect(await acme.clientOf().session()).toBeNull();
    },
  );

  it('wins over an adoption into an empty store, and forgets what its lateness brought (H15)', async () => {
    const slow = slowStore('before');
    const client = acme.clientOf({}, { store: slow.store });
    const actor = createActor(client.machine, { input: { session: 'default' } }).start();
    actor.send({ type: 'session.adopt', tokens: redact<unknown>({ access_token: 'adopted-access' }) });
    await slow.arrived;
    actor.send({ type: 'session.signOut' });
    await waitFor(actor, (snapshot) => snapshot.matches('idle'));
    slow.go();
    actor.stop();
    await client.close();
    expect(await sessionRecord(acme.store)).toMatchObject([{}, { status: 'signedOut' }]);
    expect(await acme.store.text()).not.toContain('adopted');
  });
});

describe('the callback of a completed sign-in', () => {
  it('that is bound to nobody is answered for ten minutes, then has been used (C4)', async () => {
    const { state } = await acme.clientOf().begin();
    await acme.clientOf().complete(callbackOf(state));
    await acme.clock.advance(10 * MINUTE);
    const again = await acme.clientOf().complete(callbackOf(state));
    expect(await again.accessToken()).toBe('access-token-1');
    await acme.clock.advance(1);
    for (const wait of [0, 12 * HOUR, 11 * HOUR]) {
      await acme.clock.advance(wait);
      expect(await failureOf(acme.clientOf().complete(callbackOf(state)))).toMatchObject({
        code: 'callback_already_used',
      });
    }
    expect(acme.sent('/token')).toHaveLength(1);
  });

  it('that is bound to a user agent is answered to it a day long, and to nobody else (C3, C4)', async () => {
    const { state } = await acme.clientOf().begin({ boundTo: 'cookie' });
    await acme.clientOf().complete(callbackOf(state), { boundTo: 'cookie' });
    await acme.clock.advance(23 * HOUR);
    const again = await acme.clientOf().complete(callbackOf(state), { boundTo: 'cookie' });
    expect(again.name).toBe('default');
    for (const options of [{}, { boundTo: 'another' }]) {
      expect(await failureOf(acme.clientOf().complete(callbackOf(state), options))).toMatchObject({
        code: 'callback_other_user_agent',
      });
    }
    expect(acme.sent('/token').filter(({ body }) => body.includes('code='))).toHaveLength(1);
  });
});

describe('two processes that complete one callback of an expected account', () => {
  it('keep the session when the lookup of the first fails after the second has published (C24)', async () => {
    const [winner, follower] = [acme.clientOf(), acme.clientOf()];
    const { state } = await winner.begin({ expectedAccount: 'alice' });
    const late = held(json({}, 503));
    acme.api.push(late.answer, json({ id: 'alice' }));
    const outcome = winner.complete(callbackOf(state)).catch((error: unknown) => error);
    await late.arrived;
    const session = await follower.complete(callbackOf(state));
    late.go();
    await outcome;
    expect(await session.accessToken()).toBe('access-token-1');
    expect(revoked()).toEqual([]);
    expect(await sessionRecord(acme.store)).toMatchObject([{}, { status: 'live' }]);
  });
});

describe('a failure that was planted in the store', () => {
  const hostile = '\u001b[2J\u202eplanted';

  it.each(['future_code', 'constructor', '__proto__', 'code_refused'])(
    'with the code %s has no words of its own (Q6)',
    async (code) => {
      const client = acme.clientOf();
      const { state } = await client.begin();
      acme.script.push(json({ error: 'invalid_grant' }, 400));
      const honest = await failureOf(client.complete(callbackOf(state)));
      const [key, record] = await flowRecord(acme.store);
      const provider = { error: hostile, description: hostile, uri: null, status: 400 };
      const failure = { ...(record['failure'] as object), code, message: hostile, provider };
      await acme.store.plant(key, JSON.stringify({ ...record, failure }));
      const shown = await failureOf(client.complete(callbackOf(state)));
      expect(shown['code']).toBe(code === 'code_refused' ? code : 'unexpected');
      if (code === 'code_refused') expect(shown['message']).toBe(honest['message']);
      const whole = JSON.stringify([shown, shown['message'], String(shown)]);
      expect(whole).not.toMatch(/\\u001b|\u202e/);
      expect(shown['message']).not.toContain('planted');
    },
  );

  it('in an ended session has no words of its own either (Q6)', async () => {
    const { client } = await acme.signedIn();
    const [key, record] = await sessionRecord(acme.store);
    const { authchart, client: owner, kind, lineage, account } = record;
    const failure = {
      code: 'future_code',
      phase: 'session',
      message: hostile,
      advice: hostile,
      retryable: true,
      retryAt: null,
      provider: null,
    };
    const ended = { authchart, client: owner, kind, lineage, account, status: 'ended', failure };
    await acme.store.plant(key, JSON.stringify(ended));
    await client.close();
    const next = acme.clientOf();
    expect(await next.session()).toBeNull();
    const told: unknown[] = [];
    const actor = createActor(next.machine, { input: { session: 'default' } });
    actor.on('session.expired', (event) => void told.push(event.failure));
    actor.start().send({ type: 'session.restore' });
    await waitFor(actor, (snapshot) => snapshot.matches('expired'));
    actor.stop();
    expect(told).toMatchObject([{ code: 'unexpected' }]);
    expect(JSON.stringify(told)).not.toMatch(/planted|\\u001b|\u202e/);
  });
});

describe('an account with a hostile name', () => {
  const named = (username: string, id = 'alice'): Partial<{ provider: Provider }> => ({
    provider: {
      ...acme.provider,
      identify: { url: `${acme.origin}/api`, account: () => ({ id, username }) },
    },
  });

  it('is told clean and short (Q6)', async () => {
    const client = acme.clientOf(named(`\u001b]0;pwn\u0007\u202e${'a'.repeat(100_000)}`));
    const { state } = await client.begin({ expectedAccount: 'alice' });
    const session = await client.complete(callbackOf(state));
    const { username } = session.info()!.account!;
    expect(username).toContain('aaa');
    expect(username!.length).toBeLessThanOrEqual(201);
    // eslint-disable-next-line no-control-regex
    expect(username).not.toMatch(/[\u0000-\u001f\u202a-\u202e]/);
    expect((await acme.store.text()).length).toBeLessThan(10_000);
  });

  it.each(['\u001b[2Jalice', '\u202eecila', 'a'.repeat(100_000)])(
    'in its id is refused, even if it was expected (Q6)',
    async (id) => {
      const client = acme.clientOf(named('alice', id));
      const { state } = await client.begin({ expectedAccount: id });
      expect(await failureOf(client.complete(callbackOf(state)))).toMatchObject({ code: 'account_mismatch' });
      expect(revoked()).toEqual(['refresh-token-1', 'access-token-1']);
    },
  );
});

describe('closing', () => {
  it.each(['before', 'after'] as const)(
    'while adopted tokens are saved keeps them, if the store had them %s',
    async (when) => {
      await acme.signedIn();
      let go = () => {};
      let arrive = () => {};
      const arrived = new Promise<void>((resolve) => (arrive = resolve));
      const gone = new Promise<void>((resolve) => (go = resolve));
      const { store } = acme;
      const write: BenchStore['write'] = async (key, value, options) => {
        arrive();
        if (when === 'after') await gone;
        const written = await store.write(key, value, options);
        await gone;
        return written;
      };
      const client = acme.clientOf({}, { store: { ...store, write } });
      const adopted = failureOf(client.adopt({ access_token: 'adopted', expires_in: 3600 }));
      await arrived;
      const closed = client.close();
      go();
      await closed;
      expect(await adopted).toMatchObject({ code: 'client_closed' });
      const session = (await acme.clientOf().session())!;
      expect(await session.accessToken()).toBe('adopted');
    },
  );

  it('during login leaves no verifier in the store (B12, Q3)', async () => {
    const userAgent = handDriven();
    const client = acme.clientOf({}, { userAgent });
    const login = failureOf(client.login());
    await userAgent.page;
    expect(await acme.store.text()).toContain('verifier');
    await client.close();
    expect(await login).toMatchObject({ code: 'client_closed' });
    expect(await acme.store.text()).not.toContain('verifier');
    expect(await flowRecord(acme.store)).toMatchObject([{}, { status: 'failed' }]);
  });

  it.each(['before', 'after'])(
    'while begin is saved leaves no verifier, if the store had it %s (B12, Q3)',
    async (when) => {
      let go = () => {};
      let arrive = () => {};
      const arrived = new Promise<void>((resolve) => (arrive = resolve));
      const gone = new Promise<void>((resolve) => (go = resolve));
      const { store } = acme;
      const write: BenchStore['write'] = async (key, value, options) => {
        if (when === 'before') arrive();
        if (when === 'after') await gone;
        const written = await store.write(key, value, options);
        arrive();
        await gone;
        return written;
      };
      if (when === 'after') arrive();
      const client = acme.clientOf({}, { store: { ...store, write } });
      const begun = failureOf(client.begin());
      await arrived;
      const closed = client.close();
      go();
      await closed;
      expect(await begun).toMatchObject({ code: 'client_closed' });
      expect(await acme.store.text()).not.toContain('verifier');
    },
  );
});

describe('a transport that was passed in', () => {
  it.each([
    ['authchart', createClient],
    ['authchart/node', createNodeClient],
  ])('to the client of %s outlives it', async (_, create) => {
    const transport = nodeTransport();
    let closed = 0;
    const counted = {
      ...transport,
      async close() {
        closed++;
      },
    };
    const options = { provider: acme.provider, clientId: 'client', redirectUri, transport: counted };
    await create(options).close();
    const client = create(options);
    const { state } = await client.begin();
    expect((await client.complete(callbackOf(state))).name).toBe('default');
    await client.close();
    expect(closed).toBe(0);
    await transport.close();
  });

  it('but is closed fails a code exchange as not sent', async () => {
    const transport = nodeTransport();
    await transport.close();
    const client = acme.clientOf({}, { transport });
    const { state } = await client.begin();
    const failure = await failureOf(client.complete(callbackOf(state)));
    expect(failure['code']).not.toBe('outcome_unknown');
    expect(failure['code']).toBe('client_closed');
    expect(acme.sent('/token')).toHaveLength(0);
    expect(await flowRecord(acme.store)).toMatchObject([{}, { status: 'failed' }]);
  });
});
