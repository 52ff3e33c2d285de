import type { Session } from 'authchart';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { json, loopbackServer } from '../services/support/loopback-server.js';
import type { LoopbackServer } from '../services/support/loopback-server.js';
import { callbackOf, failureOf, startAcme } from './support/acme.js';
import type { Acme } from './support/acme.js';
import { flowRecord, sessionRecord } from './support/stores.js';

let acme: Acme;
let evil: LoopbackServer;
beforeEach(async () => {
  [acme, evil] = await Promise.all([startAcme(), loopbackServer(json({ access_token: 'a' }))]);
});
afterEach(() => Promise.all([acme.close(), evil.close()]));

const HOUR = 3_600_000;

type Members = Record<string, unknown>;
type Client = ReturnType<Acme['clientOf']>;

/** What a stranger with access to the store leaves there, and what it is called. */
const plants: readonly (readonly [string, (record: Members) => string, string])[] = [
  ['of another client', (record) => JSON.stringify({ ...record, client: 'x'.repeat(43) }), 'record_foreign'],
  ['of no client', (record) => JSON.stringify({ ...record, client: undefined }), 'record_unreadable'],
  ['of another kind', (record) => JSON.stringify({ ...record, kind: 'begun' }), 'record_unreadable'],
  ['of another version', (record) => JSON.stringify({ ...record, authchart: 0 }), 'record_other_version'],
  [
    'that has all its members from its prototype',
    (record) => `{"__proto__":${JSON.stringify(record)}}`,
    'record_unreadable',
  ],
  [
    'that has what matters from its prototype',
    ({ authchart, client, kind, ...rest }) =>
      JSON.stringify({ authchart, client, kind }).replace('}', `,"__proto__":${JSON.stringify(rest)}}`),
    'record_unreadable',
  ],
];

describe.each(plants)('a planted session record %s', (_, plant, code) => {
  it.each<[string, (client: Client, session: Session) => Promise<unknown>]>([
    ['session()', (client) => client.session()],
    ['accessToken()', (_, session) => session.accessToken()],
    ['renew()', (_, session) => session.renew()],
    ['fetch()', (_, session) => session.fetch(`${acme.origin}/api`)],
    ['adopt()', (client) => client.adopt({ access_token: 'theirs', expires_in: 60 })],
  ])('is refused by %s, kept as it is, and nothing is sent', async (_, call) => {
    const { client, session } = await acme.signedIn();
    const [key, record] = await sessionRecord(acme.store);
    const planted = plant(record);
    await acme.clock.advance(HOUR);
    await acme.store.plant(key, planted);
    const before = acme.server.requests.length;
    expect(await failureOf(call(client, session))).toMatchObject({ code, phase: 'store', retryable: false });
    expect(acme.server.requests).toHaveLength(before);
    expect((await acme.store.read(key))?.value).toBe(planted);
  });

  it('does not keep its user from signing out here, and is not buried', async () => {
    const { session } = await acme.signedIn();
    const [key, record] = await sessionRecord(acme.store);
    const planted = plant(record);
    await acme.store.plant(key, planted);
    const report = await session.signOut();
    expect(report).toMatchObject({ cleared: false, revocations: [{ revoked: true }, { revoked: true }] });
    expect(session.info()).toBeNull();
    expect((await acme.store.read(key))?.value).toBe(planted);
    expect(acme.sent('/revoke').map(({ body }) => new URLSearchParams(body).get('token'))).toEqual([
      'refresh-token-1',
      'access-token-1',
    ]);
  });

  it('stops a sign-in before its code is sent', async () => {
    const { client } = await acme.signedIn();
    const { state } = await client.begin();
    const [key, record] = await sessionRecord(acme.store);
    await acme.store.plant(key, plant(record));
    const before = acme.server.requests.length;
    expect(await failureOf(client.complete(callbackOf(state)))).toMatchObject({ code, phase: 'store' });
    expect(acme.server.requests).toHaveLength(before);
  });
});

describe.each(plants)('a planted flow record %s', (_, plant, code) => {
  it('is refused by complete(), kept as it is, and nothing is sent', async () => {
    const client = acme.clientOf();
    const { state } = await client.begin();
    const [key, record] = await flowRecord(acme.store);
    const planted = plant(record);
    await acme.store.plant(key, planted);
    expect(await failureOf(client.complete(callbackOf(state)))).toMatchObject({ code, phase: 'store' });
    expect(acme.server.requests).toHaveLength(0);
    expect((await acme.store.read(key))?.value).toBe(planted);
  });
});

describe('a record with more in it than there should be', () => {
  const more = () => ({
    provider: {
      id: 'acme',
      endpoints: { token: `${evil.origin}/token`, revocation: `${evil.origin}/revoke` },
    },
    endpoints: { token: `${evil.origin}/token`, revocation: `${evil.origin}/revoke` },
    token_endpoint: `${evil.origin}/token`,
    issuer: evil.origin,
    apiOrigins: [evil.origin],
  });

  it('names no endpoint: a session is renewed, used and revoked where the configuration says', async () => {
    const { client, session } = await acme.signedIn();
    const [key, record] = await sessionRecord(acme.store);
    const tokens = { ...(record['tokens'] as object), ...more() };
    await acme.store.plant(key, JSON.stringify({ ...record, ...more(), tokens }));
    await acme.clock.advance(HOUR);
    const again = (await client.session())!;
    expect(await again.accessToken()).toBe('access-token-2');
    await again.fetch(`${acme.origin}/api`);
    expect(await failureOf(again.fetch(`${evil.origin}/api`))).toMatchObject({ code: 'origin_not_allowed' });
    await session.signOut();
    expect(evil.requests).toEqual([]);
    expect(acme.spent()).toEqual(['refresh-token-1']);
    expect(acme.sent('/revoke')).toHaveLength(2);
  });

  it('names no endpoint: a code is sent where the configuration says', async () => {
    const client = acme.clientOf();
    const { state } = await client.begin();
    const [key, record] = await flowRecord(acme.store);
    await acme.store.plant(key, JSON.stringify({ ...record, ...more() }));
    const session = await client.complete(callbackOf(state));
    expect(await session.accessToken()).toBe('access-token-1');
    expect(evil.requests).toEqual([]);
    expect(acme.sent('/token')).toHaveLength(1);
  });

  it('pollutes no prototype', async () => {
    const { session } = await acme.signedIn();
    const [key, record] = await sessionRecord(acme.store);
    const polluting = '{"__proto__":{"polluted":true},"constructor":{"prototype":{"polluted":true}},';
    const tokens = JSON.stringify(record['tokens']).replace('{', polluting);
    const text = JSON.stringify({ ...record, tokens: null }).replace('{', polluting);
    await acme.store.plant(
      key,
      text.replace('"tokens":null', () => `"tokens":${tokens}`),
    );
    await acme.clock.advance(HOUR);
    expect(await session.accessToken()).toBe('access-token-2');
    expect({}).not.toHaveProperty('polluted');
    expect(session.info()).not.toHaveProperty('polluted');
  });
});
