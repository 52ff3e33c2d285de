import type { AdoptedTokens, Store } from 'authchart';
import { consent, defaultUser } from 'authchart/testing';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { json, text } from '../services/support/loopback-server.js';
import { callbackOf, eventually, failureOf, held, reached, reset, startAcme } from './support/acme.js';
import type { Acme } from './support/acme.js';
import { sessionRecord } from './support/stores.js';
import { startX } from './support/x.js';
import type { XBench } from './support/x.js';

const grace = { id: '1790000000000000004', username: 'grace', name: 'Grace Hopper' };
let acme: Acme;
let bench: XBench;
beforeEach(async () => {
  [acme, bench] = await Promise.all([startAcme(), startX({ users: [defaultUser, grace] })]);
});
afterEach(async () => {
  await Promise.all([acme.close(), bench.close()]);
});

const revoked = () => acme.sent('/revoke').map(({ body }) => new URLSearchParams(body).get('token'));

describe('an expected account', () => {
  it('that signs in is told by info() (C24)', async () => {
    const client = bench.clientOf();
    const { url } = await client.begin({ expectedAccount: grace.id });
    const { callbackUrl } = await consent(url, { user: grace.id });
    const session = await client.complete(callbackUrl!);
    expect(session.info()?.account).toEqual({ id: grace.id, username: 'grace' });
    await session.renew();
    expect(session.info()?.account).toEqual({ id: grace.id, username: 'grace' });
  });

  it('keeps its id to the last digit (J9)', async () => {
    const client = bench.clientOf();
    const { url } = await client.begin({ expectedAccount: defaultUser.id });
    const session = await client.complete((await consent(url)).callbackUrl!);
    expect(session.info()?.account?.id).toBe('1790000000000000003');
  });

  it('that did not sign in: the tokens are revoked, nothing is stored (C24)', async () => {
    const client = bench.clientOf();
    const { url } = await client.begin({ expectedAccount: grace.id });
    const { callbackUrl } = await consent(url);
    expect(await failureOf(client.complete(callbackUrl!))).toMatchObject({
      code: 'account_mismatch',
      phase: 'exchange',
      retryable: true,
    });
    expect(bench.emulator.counters).toMatchObject({ tokenHits: 1, apiHits: 1, revokeHits: 2 });
    expect(await client.session()).toBeNull();
    expect(Object.keys(await bench.store.dump()).filter((key) => key.startsWith('session/'))).toEqual([]);
    expect(await failureOf(client.complete(callbackUrl!))).toMatchObject({ code: 'account_mismatch' });
  });

  it('that did not sign in leaves the session that was there (C24)', async () => {
    acme.grant = {};
    const { client, session } = await acme.signedIn();
    const { state } = await client.begin({ expectedAccount: 'alice' });
    acme.api.push(json({ id: 'mallory' }));
    expect(await failureOf(client.complete(callbackOf(state, 'code-2')))).toMatchObject({
      code: 'account_mismatch',
    });
    expect(revoked()).toEqual(['refresh-token-2', 'access-token-2']);
    expect(await session.accessToken()).toBe('access-token-1');
  });

  it.each([
    ['no id', json({}), 'account_mismatch'],
    ['no JSON', text('<html>'), 'response_invalid'],
    ['a 403', json({}, 403), 'response_invalid'],
    ['nothing', reset, 'outcome_unknown'],
  ])(
    'cannot be checked where the lookup answers %s: the tokens are revoked (C24)',
    async (_, answer, code) => {
      const client = acme.clientOf();
      const { state } = await client.begin({ expectedAccount: 'alice' });
      acme.api.push(answer);
      expect(await failureOf(client.complete(callbackOf(state)))).toMatchObject({ code });
      expect(revoked()).toEqual(['refresh-token-1', 'access-token-1']);
      expect(await acme.store.text()).not.toMatch(/token-1/);
    },
  );

  it('cannot be checked where the provider has no lookup: nothing is begun', async () => {
    const { identify: _, ...provider } = acme.provider;
    const client = acme.clientOf({ provider: { ...provider, identify: null } });
    expect(await failureOf(client.begin({ expectedAccount: 'alice' }))).toMatchObject({
      code: 'invalid_option',
    });
    expect(await client.begin()).toBeTruthy();
    const flows = Object.keys(await acme.store.dump()).filter((key) => key.startsWith('flow/'));
    expect(flows).toHaveLength(1);
  });

  it.each([undefined, null, '', 7])(
    'of %o is refused: it would mean anybody (C24)',
    async (expectedAccount) => {
      const begun = acme.clientOf().begin({ expectedAccount: expectedAccount as string });
      expect(await failureOf(begun)).toMatchObject({ code: 'invalid_option' });
    },
  );

  it('that is not named is not looked up', async () => {
    const client = acme.clientOf();
    const { state } = await client.begin();
    const session = await client.complete(callbackOf(state));
    expect(session.info()?.account).toBeNull();
    expect(acme.sent('/api')).toHaveLength(0);
  });
});

describe('the account of a session', () => {
  it('is asked of the provider once, and kept in the record', async () => {
    const client = bench.clientOf();
    const { url } = await client.begin();
    const session = await client.complete((await consent(url)).callbackUrl!);
    expect(session.info()?.account).toBeNull();
    expect(await session.account()).toEqual({ id: defaultUser.id, username: 'ada' });
    expect(await session.account()).toEqual({ id: defaultUser.id, username: 'ada' });
    const elsewhere = (await bench.clientOf().session())!;
    expect(elsewhere.info()?.account).toEqual({ id: defaultUser.id, username: 'ada' });
    expect(await elsewhere.account()).toEqual({ id: defaultUser.id, username: 'ada' });
    expect(bench.emulator.counters.apiHits).toBe(1);
    await session.renew();
    expect(session.info()?.account?.id).toBe(defaultUser.id);
  });

  it('is not written over a sign-in that came meanwhile (H16)', async () => {
    const { client, session } = await acme.signedIn();
    const slow = held(json({ id: 'alice' }));
    acme.api.push(slow.answer);
    const asking = session.account();
    await slow.arrived;
    const { state } = await client.begin();
    await client.complete(callbackOf(state, 'code-2'));
    slow.go();
    expect(await asking).toEqual({ id: 'alice', username: null });
    expect(session.info()?.account).toBeNull();
  });

  it('that the provider does not tell is a typed failure, and the session stays', async () => {
    const { session } = await acme.signedIn();
    acme.api.push(json({}));
    expect(await failureOf(session.account())).toMatchObject({ code: 'response_invalid' });
    expect(await session.accessToken()).toBe('access-token-1');
  });
});

describe('the list of accounts', () => {
  const named = (list: { sessions: readonly { session: string }[] }) =>
    list.sessions.map(({ session }) => session).toSorted();
  const adopted = { access_token: 'a', refresh_token: 'r', scope: 'read' };

  it('holds the sessions of one owner, whoever looks', async () => {
    const client = acme.clientOf();
    for (const session of ['alice/work', 'alice/private', 'bob/work', 'default', 'a/b/c'])
      await client.adopt(adopted, { session });
    const other = acme.clientOf();
    expect(named(await other.accounts('alice'))).toEqual(['alice/private', 'alice/work']);
    expect(named(await other.accounts('bob'))).toEqual(['bob/work']);
    expect(named(await other.accounts('a/b'))).toEqual(['a/b/c']);
    expect(await other.accounts()).toMatchObject({ complete: true, sessions: [{ session: 'default' }] });
    expect(await other.accounts('nobody')).toEqual({ complete: true, sessions: [] });
  });

  it('tells facts, and no token (K1)', async () => {
    const client = acme.clientOf();
    await client.begin({ session: 'alice/work' });
    const { session } = await acme.signedIn();
    acme.api.push(json({ id: 'alice' }));
    await session.account();
    const { sessions } = await client.accounts();
    expect(sessions).toMatchObject([{ session: 'default', standing: 'fresh', account: { id: 'alice' } }]);
    expect(JSON.stringify(sessions)).not.toMatch(/token-1/);
    expect(named(await client.accounts('alice'))).toEqual([]);
  });

  it('holds what needs a human, with its account and why', async () => {
    const { client, session } = await acme.signedIn();
    acme.api.push(json({ id: 'alice' }));
    await session.account();
    acme.script.push(json({ error: 'invalid_grant' }, 400));
    await failureOf(session.renew());
    expect((await client.accounts()).sessions).toMatchObject([
      { standing: 'spent', account: { id: 'alice' }, failure: { code: 'session_revoked' } },
    ]);
  });

  it('drops what was signed out, and has it again after the next sign-in', async () => {
    const client = acme.clientOf();
    const session = await client.adopt(adopted, { session: 'alice/work' });
    await client.adopt(adopted, { session: 'alice/private' });
    await session.signOut();
    expect(named(await client.accounts('alice'))).toEqual(['alice/private']);
    expect(await acme.store.text()).not.toMatch(/"alice\/work"/);
    await client.adopt(adopted, { session: 'alice/work' });
    expect(named(await client.accounts('alice'))).toEqual(['alice/private', 'alice/work']);
  });

  it('misses nobody who signs in while somebody tidies it', async () => {
    const gone = await acme.clientOf().adopt(adopted, { session: 'alice/work' });
    await gone.signOut();
    const other = acme.clientOf();
    const looks: string[] = [];
    const store: Store = {
      ...acme.store,
      async write(key, value, options) {
        if (key.startsWith('session/')) looks.push(...named(await other.accounts('alice')), 'looked');
        return acme.store.write(key, value, options);
      },
    };
    await acme.clientOf({}, { store }).adopt(adopted, { session: 'alice/work' });
    expect(looks).toEqual(['looked']);
    expect(named(await other.accounts('alice'))).toEqual(['alice/work']);
  });

  it('of many holds a hundred, says that there are more, and finds the others by name', async () => {
    const client = acme.clientOf();
    for (let at = 0; at < 102; at++) await client.adopt(adopted, { session: `alice/${at}` });
    const list = await client.accounts('alice');
    expect([list.sessions.length, list.complete]).toEqual([100, false]);
    expect(await client.session('alice/101')).not.toBeNull();
  });

  it('that was damaged keeps nobody from signing in, and says so to whoever lists', async () => {
    const client = acme.clientOf();
    await acme.store.write('index/acme/client/alice', 'no JSON', { expected: null });
    await client.adopt(adopted, { session: 'alice/work' });
    expect(await failureOf(client.accounts('alice'))).toMatchObject({ code: 'record_unreadable' });
  });

  it('shows one damaged session as such, and the others', async () => {
    const client = acme.clientOf();
    for (const session of ['alice/work', 'alice/private']) await client.adopt(adopted, { session });
    const key = 'session/acme/client/alice/work';
    const { version } = (await acme.store.read(key))!;
    await acme.store.write(key, 'no JSON', { expected: version });
    const { sessions } = await client.accounts('alice');
    expect(sessions).toMatchObject([
      { session: 'alice/work', standing: 'spent', failure: { code: 'record_unreadable' } },
      { session: 'alice/private', standing: 'fresh', failure: null },
    ]);
  });

  it('of an owner who is not there is refused, and is not that of nobody (C3)', async () => {
    const client = acme.clientOf();
    for (const owner of [undefined, null]) {
      expect(await failureOf(client.accounts(owner as unknown as string))).toMatchObject({
        code: 'invalid_option',
      });
    }
  });

  it('that somebody planted names no session of others (N23)', async () => {
    const client = acme.clientOf();
    for (const session of ['alice/x', 'bob/x']) await client.adopt(adopted, { session });
    const key = 'index/acme/client/alice';
    const record = (await acme.store.dump())[key];
    await acme.store.plant(key, JSON.stringify({ ...record, names: ['bob/x', 'alice/x'] }));
    expect(named(await client.accounts('alice'))).toEqual(['alice/x']);
  });

  it('is a typed failure while the store is down', async () => {
    const client = acme.clientOf();
    acme.store.down = () => true;
    expect(await failureOf(client.accounts())).toMatchObject({ code: 'store_unavailable' });
    acme.store.down = () => false;
  });
});

describe('a step-up to more scopes', () => {
  const refused = (challenge: string) =>
    ((_, response) =>
      response.writeHead(403, { 'www-authenticate': challenge }).end()) as Acme['server']['answer'];

  it('is offered after an answer that was refused for want of a scope, for the same account (C24)', async () => {
    const { session } = await acme.signedIn();
    acme.api.push(refused('Bearer error="insufficient_scope", scope="write"'), json({ id: 'alice' }));
    const response = await session.fetch(`${acme.origin}/api`, { method: 'POST' });
    expect(await session.stepUp(response)).toEqual({
      missing: ['write'],
      request: { session: 'default', scopes: ['read', 'offline', 'write'], expectedAccount: 'alice' },
    });
    expect(acme.spent()).toEqual([]);
  });

  it('is not offered for an answer that was not refused, or is not of this session', async () => {
    const client = bench.clientOf();
    const { url } = await client.begin();
    const session = await client.complete((await consent(url)).callbackUrl!);
    const refusedByX = new Response(null, { status: 403 });
    expect(await session.stepUp(refusedByX)).toBeNull();
    expect(await session.stepUp(await session.fetch(bench.emulator.endpoints.usersMe))).toBeNull();
    expect(session.info()?.account).toBeNull();
  });

  it('is offered by what X is known to want, also where the account cannot be looked up', async () => {
    const client = bench.clientOf({ scopes: ['users.read', 'offline.access'] });
    const { url } = await client.begin();
    const session = await client.complete((await consent(url)).callbackUrl!);
    const response = await session.fetch(bench.emulator.endpoints.usersMe);
    expect(response.status).toBe(403);
    // The account cannot be looked up without the very scope that is missing.
    const step = await session.stepUp(response);
    expect(step).toEqual({
      missing: ['tweet.read'],
      request: { session: 'default', scopes: ['offline.access', 'users.read', 'tweet.read'] },
    });
    const wider = await client.begin(step!.request);
    const again = await client.complete((await consent(wider.url)).callbackUrl!);
    expect((await again.fetch(bench.emulator.endpoints.usersMe)).status).toBe(200);
  });

  it.each([429, 503])('does not stop expecting its account because of a %i (C24)', async (status) => {
    const { session } = await acme.signedIn();
    acme.api.push(refused('Bearer error="insufficient_scope", scope="write"'), json({}, status));
    const response = await session.fetch(`${acme.origin}/api`, { method: 'POST' });
    expect(await failureOf(session.stepUp(response))).toMatchObject({ code: 'provider_busy' });
  });

  it('of another account is refused, and the session works on', async () => {
    const client = bench.clientOf();
    const { url } = await client.begin();
    const session = await client.complete((await consent(url)).callbackUrl!);
    const asked = {
      session: 'default',
      scopes: ['users.read', 'tweet.read', 'tweet.write'],
      expectedAccount: (await session.account()).id,
    };
    const step = await client.begin(asked);
    const { callbackUrl } = await consent(step.url, { user: grace.id });
    expect(await failureOf(client.complete(callbackUrl!))).toMatchObject({ code: 'account_mismatch' });
    expect((await session.fetch(bench.emulator.endpoints.usersMe)).status).toBe(200);
  });

  it('lets the old session work until the new one is there', async () => {
    const { client, session } = await acme.signedIn();
    const { state } = await client.begin({ scopes: ['read', 'write', 'offline'] });
    expect(await session.accessToken()).toBe('access-token-1');
    acme.grant = { scope: 'read write offline' };
    await client.complete(callbackOf(state, 'code-2'));
    expect(await session.accessToken()).toBe('access-token-2');
    expect(session.info()?.scopes).toEqual(['read', 'write', 'offline']);
  });

  it('that is refused keeps the old session', async () => {
    const { client, session } = await acme.signedIn();
    const { state } = await client.begin({ scopes: ['read', 'write', 'offline'] });
    const refusal = callbackOf(state).replace('code=code-1', 'error=access_denied');
    expect(await failureOf(client.complete(refusal))).toMatchObject({ code: 'access_denied' });
    expect(await session.accessToken()).toBe('access-token-1');
    expect(session.info()?.scopes).toEqual(['read', 'offline']);
  });

  it('reaches those who look at the session', async () => {
    const { client, session } = await acme.signedIn();
    const widened = new Promise<void>((resolve) => {
      session.subscribe(({ info }) => info?.scopes.includes('write') && resolve());
    });
    const { state } = await client.begin();
    acme.grant = { scope: 'read write' };
    await client.complete(callbackOf(state, 'code-2'));
    await widened;
  });
});

describe('several accounts', () => {
  it('live side by side under their names, and end one by one (H16)', async () => {
    const client = acme.clientOf();
    for (const name of ['alice', 'bob']) {
      const { state } = await client.begin({ session: name });
      expect(await client.complete(callbackOf(state, `code-${name}`))).toMatchObject({ name });
    }
    const [alice, bob] = [(await client.session('alice'))!, (await client.session('bob'))!];
    await alice.renew();
    expect(await alice.accessToken()).toBe('access-token-3');
    expect(await bob.accessToken()).toBe('access-token-2');
    await alice.signOut();
    expect(await client.session('alice')).toBeNull();
    expect(await bob.accessToken()).toBe('access-token-2');
    expect(await client.session()).toBeNull();
  });

  it('may have any name of up to 200 characters', async () => {
    const client = acme.clientOf();
    for (const name of ['a/b', '../x', 'ü €', '__proto__', 'x'.repeat(200)]) {
      await client.adopt({ access_token: 'given' }, { session: name });
      expect(await client.session(name)).toMatchObject({ name });
    }
    expect(await failureOf(client.session(''))).toMatchObject({ code: 'invalid_option' });
    expect(await failureOf(client.session('x'.repeat(201)))).toMatchObject({ code: 'invalid_option' });
  });
});

describe('adopt()', () => {
  it('takes tokens over and uses and renews them', async () => {
    const client = acme.clientOf();
    const expires_at = Math.floor(acme.clock.now() / 1000) + 600;
    const session = await client.adopt({
      access_token: 'given',
      refresh_token: 'given-refresh',
      expires_at,
      scope: 'read offline',
    });
    expect(session.info()).toMatchObject({
      standing: 'fresh',
      scopes: ['read', 'offline'],
      expiresAt: expires_at * 1000,
      renewable: true,
    });
    expect(await session.accessToken()).toBe('given');
    await session.renew();
    expect(acme.spent()).toEqual(['given-refresh']);
  });

  it.each<[string, Partial<AdoptedTokens>, Record<string, unknown>]>([
    ['expires_in counts from now', { expires_in: 60 }, { standing: 'fresh' }],
    ['expires_at wins', { expires_in: 60, expires_at: 1 }, { standing: 'spent', expiresAt: 1000 }],
    ['no lifetime is unknown', {}, { expiresAt: null, standing: 'fresh' }],
    [
      'null members are absent ones',
      { refresh_token: null, expires_at: null, expires_in: null, scope: null },
      { renewable: false, expiresAt: null },
    ],
  ])('%s (F6)', async (_, members, facts) => {
    const client = acme.clientOf();
    const adopted = client.adopt({ access_token: 'given', ...members });
    if (facts['standing'] === 'spent')
      expect(await failureOf(adopted)).toMatchObject({ code: 'session_expired' });
    else expect((await adopted).info()).toMatchObject(facts);
  });

  it('of tokens that have run out renews them at the first use', async () => {
    const session = await acme
      .clientOf()
      .adopt({ access_token: 'old', refresh_token: 'given-refresh', expires_at: 1 });
    expect(session.info()).toMatchObject({ standing: 'due' });
    expect(await session.accessToken()).toBe('access-token-1');
    expect(acme.spent()).toEqual(['given-refresh']);
  });

  it.each<[string, unknown, string]>([
    ['no access token', {}, 'invalid_option'],
    ['an empty one', { access_token: '' }, 'invalid_option'],
    ['one with a line break (F3)', { access_token: 'a\nb' }, 'invalid_option'],
    ['one that is a number', { access_token: 5 }, 'invalid_option'],
    ['a refresh token that is a number', { access_token: 'given', refresh_token: 5 }, 'invalid_option'],
    ['a time that is text', { access_token: 'given', expires_at: 'soon' }, 'invalid_option'],
    ['a time before 1970', { access_token: 'given', expires_at: -1 }, 'invalid_option'],
    ['a time in milliseconds', { access_token: 'given', expires_at: 1_800_000_000_000 }, 'invalid_option'],
    ['a time without end', { access_token: 'given', expires_in: Infinity }, 'invalid_option'],
    ['a scope of illegal characters', { access_token: 'given', scope: 'a"b' }, 'invalid_scope'],
  ])('refuses %s and stores nothing', async (_, tokens, code) => {
    const failure = await failureOf(acme.clientOf().adopt(tokens as AdoptedTokens));
    expect(failure).toMatchObject({ code });
    expect(String(failure['message'])).not.toContain('given');
    expect(await acme.store.dump()).toEqual({});
  });

  it('over a session replaces it', async () => {
    const { client, session } = await acme.signedIn();
    await client.adopt({ access_token: 'given' });
    expect(await session.accessToken()).toBe('given');
  });
});

describe('a stored session', () => {
  const other = (members: Partial<Acme['provider']>) => ({ ...acme.provider, ...members });

  it.each<[string, () => Parameters<Acme['clientOf']>[0]]>([
    ['issuer', () => ({ provider: other({ issuer: 'https://other.example' }) })],
    [
      'token endpoint (N23, H10)',
      () => ({
        provider: other({ endpoints: { ...acme.provider.endpoints, token: 'https://evil.example/token' } }),
      }),
    ],
  ])('of another %s is foreign, and nothing of it is sent', async (_, options) => {
    await acme.signedIn();
    const client = acme.clientOf(options());
    expect(await failureOf(client.session())).toMatchObject({ code: 'record_foreign', phase: 'store' });
    expect(acme.sent('/token')).toHaveLength(1);
  });

  it('of another client id is none', async () => {
    await acme.signedIn();
    expect(await acme.clientOf({ clientId: 'other' }).session()).toBeNull();
  });

  it('planted under the name of another client is foreign', async () => {
    await acme.signedIn();
    const [key, record] = await sessionRecord(acme.store);
    await acme.store.plant(key.replace('/client/', '/other/'), JSON.stringify(record));
    expect(await failureOf(acme.clientOf({ clientId: 'other' }).session())).toMatchObject({
      code: 'record_foreign',
    });
  });

  it.each<[string, (record: Record<string, unknown>) => string, string]>([
    ['that is no JSON', () => '{', 'record_unreadable'],
    ['that is null', () => 'null', 'record_unreadable'],
    ['of another kind', (record) => JSON.stringify({ ...record, kind: 'flow' }), 'record_unreadable'],
    ['of an unknown status', (record) => JSON.stringify({ ...record, status: 'odd' }), 'record_unreadable'],
    ['without tokens', (record) => JSON.stringify({ ...record, tokens: undefined }), 'record_unreadable'],
    [
      'with a token that is a number',
      (record) => JSON.stringify({ ...record, tokens: { ...(record['tokens'] as object), accessToken: 1 } }),
      'record_unreadable',
    ],
    ['of a later version', (record) => JSON.stringify({ ...record, authchart: 2 }), 'record_other_version'],
  ])('%s is typed, and kept as it is', async (_, damage, code) => {
    await acme.signedIn();
    const [key, record] = await sessionRecord(acme.store);
    const damaged = damage(record);
    await acme.store.plant(key, damaged);
    const client = acme.clientOf();
    expect(await failureOf(client.session())).toMatchObject({ code, phase: 'store', retryable: false });
    expect((await acme.store.read(key))?.value).toBe(damaged);
    await acme.store.plant(key, JSON.stringify(record));
    expect(await (await client.session())?.accessToken()).toBe('access-token-1');
  });

  it('of a flow that is damaged is typed, and nothing is sent', async () => {
    const client = acme.clientOf();
    const { state } = await client.begin();
    const key = Object.keys(await acme.store.dump()).find((name) => name.startsWith('flow/'));
    await acme.store.plant(key ?? '', '"x"');
    expect(await failureOf(client.complete(callbackOf(state)))).toMatchObject({ code: 'record_unreadable' });
    expect(acme.sent('/token')).toHaveLength(0);
  });

  it('of a flow of another client is foreign, and nothing is sent (H10)', async () => {
    const { state } = await acme.clientOf().begin();
    const stranger = acme.clientOf({ clientId: 'other' });
    expect(await failureOf(stranger.complete(callbackOf(state)))).toMatchObject({ code: 'record_foreign' });
    expect(acme.sent('/token')).toHaveLength(0);
  });
});

describe('close()', () => {
  it('ends the client: every later call is refused', async () => {
    const { client, session } = await acme.signedIn();
    await client.close();
    const calls: Promise<unknown>[] = [
      client.begin(),
      client.complete(callbackOf('state')),
      client.login(),
      client.session(),
      client.adopt({ access_token: 'a' }),
      session.accessToken(),
      session.renew(),
      session.fetch(`${acme.origin}/api`),
      session.request(`${acme.origin}/api`),
      session.signOut(),
    ];
    for (const call of calls) expect(await failureOf(call)).toMatchObject({ code: 'client_closed' });
    expect(() => session.subscribe(() => undefined)).toThrow(
      expect.objectContaining({ code: 'client_closed' }) as Error,
    );
  });

  it('may be called again', async () => {
    const client = acme.clientOf();
    await client.close();
    await client.close();
  });

  it('saves what a renewal under way brings (H6)', async () => {
    const { client, session } = await acme.signedIn();
    const slow = held(json({ token_type: 'bearer', access_token: 'late', refresh_token: 'late-refresh' }));
    acme.script.push(slow.answer);
    const renewing = failureOf(session.renew());
    await slow.arrived;
    const closing = client.close();
    slow.go();
    await closing;
    expect(await renewing).toMatchObject({ code: 'client_closed' });
    expect(await (await acme.clientOf().session())?.accessToken()).toBe('late');
  });

  it('saves what an exchange under way brings', async () => {
    const client = acme.clientOf();
    const { state } = await client.begin();
    const slow = held(json({ token_type: 'bearer', access_token: 'late' }));
    acme.script.push(slow.answer);
    const completing = failureOf(client.complete(callbackOf(state)));
    await slow.arrived;
    const closing = client.close();
    slow.go();
    await closing;
    expect(await completing).toMatchObject({ code: 'client_closed' });
    expect(await (await acme.clientOf().session())?.accessToken()).toBe('late');
    expect(acme.sent('/token')).toHaveLength(1);
  });

  it('leaves no timer and no watch behind (Q3)', async () => {
    const { client, session } = await acme.signedIn({ keepWarm: true });
    session.subscribe(() => undefined);
    acme.script.push(text('', 503));
    await failureOf(session.renew());
    await reached(session, 'stale');
    await client.close();
    await acme.clock.advance(3_600_000);
    expect(acme.spent()).toHaveLength(1);
  });
});

describe('an exchange whose caller went away', () => {
  it('goes on: the session is there afterwards', async () => {
    const client = acme.clientOf();
    const { state } = await client.begin();
    const slow = held(json({ token_type: 'bearer', access_token: 'late' }));
    acme.script.push(slow.answer);
    const leaving = new AbortController();
    const gone = failureOf(client.complete(callbackOf(state), { signal: leaving.signal }));
    await slow.arrived;
    leaving.abort();
    expect(await gone).toMatchObject({ code: 'cancelled' });
    slow.go();
    await eventually(async () => (await acme.store.text()).includes('"live"'));
    expect(await (await client.session())?.accessToken()).toBe('late');
  });
});

describe('an idle session', () => {
  it('has no actor and sends nothing (H19)', async () => {
    const actors = new Set<unknown>();
    const client = acme.clientOf({
      inspect(event) {
        if (event.type === '@xstate.actor') actors.add(event.actorRef);
        if (event.type === '@xstate.snapshot' && event.snapshot.status !== 'active')
          actors.delete(event.actorRef);
      },
    });
    const { state } = await client.begin();
    const session = await client.complete(callbackOf(state));
    await session.accessToken();
    const roots = [...actors].filter(
      (actor) => (actor as { getSnapshot(): { status: string } }).getSnapshot().status === 'active',
    );
    expect(roots).toEqual([]);
    await acme.clock.advance(48 * 3_600_000);
    expect(acme.sent('/token')).toHaveLength(1);
  });
});

describe('a session with an end', () => {
  it('is gone then, from memory and store, however often it was renewed', async () => {
    const client = acme.clientOf();
    const { state } = await client.begin({ sessionEndsAt: acme.clock.now() + 24 * 3_600_000 });
    const session = await client.complete(callbackOf(state));
    for (let hour = 0; hour < 23; hour++) {
      await acme.clock.advance(3_600_000);
      await session.accessToken();
    }
    acme.api.push(json({ id: 'alice' }));
    await session.account();
    await acme.clock.advance(3_600_000);
    expect(await failureOf(session.accessToken())).toMatchObject({ code: 'not_signed_in' });
    expect(await client.session()).toBeNull();
    expect(await acme.store.text()).not.toMatch(/(access|refresh)-token/);
  });

  it('has one that is a time', async () => {
    const begun = acme.clientOf().begin({ sessionEndsAt: 'tomorrow' as unknown as number });
    expect(await failureOf(begun)).toMatchObject({ code: 'invalid_option' });
  });
});
