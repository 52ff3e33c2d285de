import { createHash } from 'node:crypto';
import { sealed } from 'authchart';
import type { SealingKey } from 'authchart';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { callbackOf, failureOf, startAcme } from './support/acme.js';
import type { Acme } from './support/acme.js';

let acme: Acme;
beforeEach(async () => {
  acme = await startAcme();
});
afterEach(() => acme.close());

const KEY = 'session/acme/client/default';
const LIST = 'index/acme/client/';
const keyOf = (id: string, byte: number): SealingKey => ({ id, key: new Uint8Array(32).fill(byte) });
const [old, recent] = [keyOf('old', 1), keyOf('recent', 2)];

const storeWith = (...keys: SealingKey[]) => sealed(acme.store, { keys });
const clientWith = (...keys: SealingKey[]) => acme.clientOf({}, { store: storeWith(...keys) });
const signedInWith = (...keys: SealingKey[]) => acme.signedIn({}, { store: storeWith(...keys) });
const atRest = async (key = KEY) => (await acme.store.read(key))?.value ?? '';
const flowKey = (state: string) => `flow/${createHash('sha256').update(state).digest('base64url')}`;
const revoked = () => acme.sent('/revoke').map(({ body }) => new URLSearchParams(body).get('token'));

/** Each way in which a record cannot be opened: what becomes of the store, and who comes then. */
const unopenable: Array<[string, string, () => Promise<unknown> | void, SealingKey[]]> = [
  ['is sealed with a key that is not given', 'record_key_unknown', () => {}, [recent]],
  ['is sealed with another key of the same id', 'record_seal_broken', () => {}, [keyOf('old', 3)]],
  [
    'was changed',
    'record_seal_broken',
    async () =>
      acme.store.plant(
        KEY,
        (await atRest()).replace(/.$/, (last) => (last === 'A' ? 'Q' : 'A')),
      ),
    [old],
  ],
  [
    'was sealed for another session',
    'record_seal_broken',
    async () => {
      await clientWith(old).adopt({ access_token: 'of-another' }, { session: 'another' });
      await acme.store.plant(KEY, await atRest('session/acme/client/another'));
    },
    [old],
  ],
  [
    'was planted by somebody without a key',
    'record_not_sealed',
    async () => {
      await acme.clientOf().adopt({ access_token: 'of-the-attacker' }, { session: 'attacker' });
      await acme.store.plant(KEY, await atRest('session/acme/client/attacker'));
    },
    [old],
  ],
  [
    'was sealed by a later version',
    'record_other_version',
    () => acme.store.plant(KEY, 'authchart-sealed/2.old.x.y'),
    [old],
  ],
];

describe.each(unopenable)('a session whose record %s', (_, code, meddle, keys) => {
  async function harness() {
    const { session } = await signedInWith(old);
    const original = await atRest();
    await meddle();
    const found = await atRest();
    return { session, found, original, client: clientWith(...keys) };
  }

  it('is a typed error, and its record is kept: used again when it is put right', async () => {
    const { client, found, original } = await harness();
    expect(await failureOf(client.session())).toMatchObject({ code, phase: 'store', retryable: false });
    expect(await failureOf(client.adopt({ access_token: 'given' }))).toMatchObject({ code });
    expect(await atRest()).toBe(found);
    await acme.store.plant(KEY, original);
    expect(await (await clientWith(recent, old).session())?.accessToken()).toBe('access-token-1');
    expect(acme.sent('/token')).toHaveLength(1);
  });

  it('stops a sign-in before its code is sent, and no longer once the record is removed', async () => {
    const { client, found } = await harness();
    const { state } = await client.begin();
    expect(await failureOf(client.complete(callbackOf(state)))).toMatchObject({ code });
    expect([await atRest(), acme.sent('/token').length]).toEqual([found, 1]);

    await storeWith(...keys).remove(KEY);
    expect(await (await client.complete(callbackOf(state))).accessToken()).toBe('access-token-2');
  });
});

describe('a session that can no longer be opened while a process has it', () => {
  it('is not handed out from memory for longer than any other change', async () => {
    const { session } = await signedInWith(old);
    await acme.store.plant(KEY, 'planted');
    await acme.clock.advance(5_000);
    expect(await failureOf(session.accessToken())).toMatchObject({ code: 'record_not_sealed' });
    expect(await failureOf(session.renew())).toMatchObject({ code: 'record_not_sealed' });
    expect([await atRest(), acme.spent()]).toEqual(['planted', []]);
  });

  it('is signed out here and at the provider; its record stays, and the report says that', async () => {
    const { client, session } = await signedInWith(old);
    await acme.store.plant(KEY, 'planted');
    expect(await session.signOut()).toMatchObject({ cleared: false, revocations: [{ revoked: true }, {}] });
    expect(revoked()).toEqual(['refresh-token-1', 'access-token-1']);
    expect(await failureOf(session.accessToken())).toMatchObject({ code: 'not_signed_in' });
    expect(await client.session()).toBeNull();
    expect(await atRest()).toBe('planted');
  });
});

describe('a callback whose flow cannot be opened', () => {
  it.each<[string, string, (flow: string) => Promise<unknown> | void, SealingKey]>([
    ['for want of its key', 'record_key_unknown', () => {}, recent],
    ['for it was planted', 'record_not_sealed', (flow) => acme.store.plant(flow, '{}'), old],
    ['for it is that of another flow', 'record_seal_broken', swapFlow, old],
  ])('%s, sends nothing', async (_, code, meddle, key) => {
    const { state } = await clientWith(old).begin();
    const flow = flowKey(state);
    await meddle(flow);
    const found = await atRest(flow);
    expect(await failureOf(clientWith(key).complete(callbackOf(state)))).toMatchObject({
      code,
      phase: 'store',
    });
    expect([await atRest(flow), acme.sent('/token')]).toEqual([found, []]);
  });

  async function swapFlow(flow: string) {
    const { state } = await clientWith(old).begin();
    await acme.store.plant(flow, await atRest(flowKey(state)));
  }
});

describe('a list of accounts', () => {
  it('that cannot be opened is a typed error and stays, and keeps nobody from signing in', async () => {
    await signedInWith(old);
    const list = await atRest(LIST);
    const client = clientWith(recent);
    expect(await failureOf(client.accounts())).toMatchObject({ code: 'record_key_unknown' });
    await client.adopt({ access_token: 'given' }, { session: 'new' });
    expect(await atRest(LIST)).toBe(list);
  });

  it('shows a session that cannot be opened beside the others', async () => {
    await signedInWith(old);
    await clientWith(old).adopt({ access_token: 'given' }, { session: 'new' });
    await acme.store.plant(KEY, 'planted');
    expect((await clientWith(old).accounts()).sessions).toMatchObject([
      { session: 'default', failure: { code: 'record_not_sealed' } },
      { session: 'new', failure: null },
    ]);
  });
});

describe('rotating keys under a running session', () => {
  it('moves it to the new key at its next renewal, after which the old one can go', async () => {
    await signedInWith(old);
    const session = (await clientWith(recent, old).session())!;
    expect(await atRest()).toMatch(/^authchart-sealed\/1\.old\./);
    await session.renew();
    expect(await atRest()).toMatch(/^authchart-sealed\/1\.recent\./);
    expect(await (await clientWith(recent).session())?.accessToken()).toBe('access-token-2');
  });
});

describe('switching encryption on', () => {
  it('goes on with the sessions there are, once they are sealed', async () => {
    const { session } = await acme.signedIn();
    const store = storeWith(recent);
    const before = await acme.store.read(KEY);
    expect(await store.write(KEY, before!.value, { expected: before!.version })).toMatchObject({
      written: true,
    });

    const sealedSession = (await acme.clientOf({}, { store }).session())!;
    expect(await sealedSession.accessToken()).toBe('access-token-1');
    await sealedSession.renew();
    // A process that was not told is told what is missing, and does no harm.
    await acme.clock.advance(5_000);
    const found = await atRest();
    expect(await failureOf(session.accessToken())).toMatchObject({
      code: 'record_key_unknown',
      message: expect.stringContaining('has not wrapped its store in sealed()'),
    });
    expect(await atRest()).toBe(found);
  });
});
