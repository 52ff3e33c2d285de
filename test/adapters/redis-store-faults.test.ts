import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import {
  afterAll,
  beforeAll,
  beforeEach,
  describe,
  expect,
  it,
  onTestFinished,
  type TestContext,
} from 'vitest';
import { redisStore, type RedisClient } from 'authchart/redis';
import { redisStoreOf } from '../../src/adapters/redis/redis-store.js';
import { virtualClock } from '../../src/adapters/virtual/virtual-clock.js';
import type { Lock, Store } from '../../src/services/ports.js';
import { redisClient, type Client, type Options } from '../support/redis-clients.js';
import { needsOwnRedis, needsRedis, startRedis, type RedisServer } from '../support/redis-server.js';
import { startRelay } from '../support/relay.js';

let server: RedisServer;
beforeAll(async () => void (server = (await startRedis())!));
afterAll(() => server?.stop());
beforeEach((context) => needsRedis(server, context));

const { signal } = new AbortController();
const canary = 'canary-of-a-value';

const calls: Readonly<Record<string, (store: Store) => Promise<unknown>>> = {
  read: (store) => store.read('personal key'),
  write: (store) => store.write('personal key', canary, { expected: null }),
  remove: (store) => store.remove('personal key'),
  lock: (store) => store.lock('personal key', { signal, ttl: 60_000 }),
};

/** What it was rejected with, once nothing is found in it that does not belong into a log. */
async function refusal(attempt: Promise<unknown>, secrets: readonly string[] = []): Promise<unknown> {
  const error = await attempt.then(
    () => expect.fail('It was not refused.'),
    (error: unknown) => error,
  );
  const { hostname, port } = new URL(server.url);
  const { stack = '', cause } = error as Error;
  const shown = `${stack}${JSON.stringify(error)}${String(cause)}`.replaceAll(/\(?(file|node):\S+/g, '');
  for (const secret of [canary, 'personal key', hostname, `:${port}`, ...secrets])
    expect(shown).not.toContain(secret);
  return error;
}

const unavailable = (words: string) => ({
  code: 'store_unavailable',
  phase: 'store',
  retryable: true,
  message: expect.stringContaining(words) as string,
});

describe('a Redis store without its Redis', () => {
  async function cutOff(options: Options = {}) {
    const relay = await startRelay(server.url);
    const client = await redisClient(relay.url, options);
    const clock = virtualClock();
    const prefix = server.freshPrefix();
    const store = redisStoreOf({ client, clock, prefix });
    const direct = redisStore(await redisClient(server.url), { prefix });
    const restore = await relay.cut();
    await expect.poll(() => client.isReady).toBe(false);
    return { client, clock, store, direct, restore };
  }

  it.each(Object.keys(calls))('gives %s up after five seconds', async (call) => {
    const { clock, store } = await cutOff();
    let settled = false;
    const attempt = refusal(calls[call]!(store)).finally(() => (settled = true));
    await clock.advance(4_999);
    expect(settled).toBe(false);
    await clock.advance(1);
    expect(await attempt).toMatchObject(unavailable('did not answer within 5 seconds'));
  });

  it('does not do later what it has given up', async () => {
    const { client, clock, store, direct, restore } = await cutOff();
    await direct.write('removed', 'value', { expected: null });
    const attempts = [
      store.write('written', canary, { expected: null }),
      store.remove('removed'),
      store.lock('locked', { signal, ttl: 60_000 }),
    ].map((attempt) => refusal(attempt));
    await clock.advance(5_000);
    await Promise.all(attempts);
    await restore();
    await expect.poll(() => client.isReady).toBe(true);
    // Whatever was still in the queue of the client went before this.
    expect(await store.read('written')).toBeUndefined();
    expect(await direct.read('written')).toBeUndefined();
    expect(await direct.read('removed')).toMatchObject({ value: 'value' });
    const lock = await direct.lock('locked', { signal: AbortSignal.timeout(10_000), ttl: 60_000 });
    await lock.release();
  });

  it('does in time what it has not given up', async () => {
    const { clock, store, direct, restore } = await cutOff();
    const attempt = store.write('key', 'value', { expected: null });
    await clock.advance(4_000);
    await restore();
    expect(await attempt).toMatchObject({ written: true });
    expect(await direct.read('key')).toMatchObject({ value: 'value' });
  });

  it('says so at once where the client keeps nothing while it is offline', async () => {
    const { store } = await cutOff({ disableOfflineQueue: true });
    for (const call of Object.values(calls))
      expect(await refusal(call(store))).toMatchObject(unavailable('ClientOfflineError'));
  });

  it('says so at once where the connection is lost while Redis owes an answer', async (context) => {
    const own = needsOwnRedis(server, context);
    const relay = await startRelay(server.url);
    const store = redisStore(await redisClient(relay.url), { prefix: server.freshPrefix() });
    own.pause();
    onTestFinished(() => own.resume());
    const attempt = refusal(store.read('personal key'));
    // The client sends in a turn of its own.
    for (let turn = 0; turn < 3; turn++) await new Promise((resolve) => setImmediate(resolve));
    await relay.cut();
    expect(await attempt).toMatchObject(unavailable('SocketClosedUnexpectedlyError'));
  });

  it.each([
    ['was closed', async (client: Client) => client.close()],
    ['was destroyed', async (client: Client) => client.destroy()],
  ])('says that its client %s', async (_, end) => {
    const client = await redisClient(server.url);
    const store = redisStore(client, { prefix: server.freshPrefix() });
    await end(client);
    for (const call of Object.values(calls))
      expect(await refusal(call(store))).toMatchObject(unavailable('closed, or was never connected'));
  });
});

describe('a Redis store whose Redis is paused', () => {
  async function harness(context: TestContext) {
    const own = needsOwnRedis(server, context);
    const clock = virtualClock();
    const prefix = server.freshPrefix();
    const store = redisStoreOf({ client: await redisClient(server.url), clock, prefix });
    const other = redisStore(await redisClient(server.url), { prefix });
    onTestFinished(() => own.resume());
    return { own, clock, store, other };
  }

  for (const [call, make] of Object.entries(calls))
    it(`gives ${call} up after five seconds, and works when Redis goes on`, async (context) => {
      const { own, clock, store } = await harness(context);
      own.pause();
      const attempt = refusal(make(store));
      await clock.advance(5_000);
      expect(await attempt).toMatchObject(unavailable('did not answer within 5 seconds'));
      own.resume();
      expect(await store.write('other', 'value', { expected: null })).toMatchObject({ written: true });
    });

  it('frees by itself a lock it was given too late to know', async (context) => {
    const { own, clock, store, other } = await harness(context);
    own.pause();
    const attempt = refusal(store.lock('key', { signal, ttl: 3_600_000 }));
    await clock.advance(5_000);
    await attempt;
    own.resume();
    await expect(other.lock('key', { signal: AbortSignal.timeout(500), ttl: 1 })).rejects.toMatchObject({
      code: 'cancelled',
    });
    let lock: Lock | undefined;
    void store.lock('key', { signal, ttl: 3_600_000 }).then((taken) => (lock = taken));
    await expect
      .poll(async () => {
        await clock.advance(250);
        return lock;
      })
      .toBeDefined();
  });

  it('for longer than a lock lasts gives it to one other afterwards', async (context) => {
    const { own, other: store } = await harness(context);
    const enough = new AbortController();
    const first = await store.lock('key', { signal, ttl: 400 });
    own.pause();
    await once(first.lost, 'abort');
    const holders: Lock[] = [];
    const waiting = [1, 2, 3].map(async () => {
      holders.push(await store.lock('key', { signal: enough.signal, ttl: 60_000 }));
    });
    await new Promise((resolve) => setTimeout(resolve, 100));
    own.resume();
    await Promise.race(waiting);
    // Comes late, and ends nothing that is not its own.
    await first.release();
    await new Promise((resolve) => setTimeout(resolve, 1_000));
    expect(holders.map(({ lost }) => lost.aborted)).toEqual([false]);
    enough.abort();
    await Promise.allSettled(waiting);
    await holders[0]?.release();
  });
});

describe('a Redis that refuses', () => {
  /** Changes settings of the server for the length of a test. */
  async function configured(context: TestContext, settings: Readonly<Record<string, string>>): Promise<void> {
    needsOwnRedis(server, context);
    const admin = await redisClient(server.url);
    for (const [name, value] of Object.entries(settings)) {
      const before = (await admin.configGet(name))[name] ?? '';
      onTestFinished(async () => void (await admin.configSet(name, before)));
      await admin.configSet(name, value);
    }
  }

  const open = async (options?: Options) =>
    redisStore(await redisClient(server.url, options), { prefix: server.freshPrefix() });

  it('whoever has not said who they are: NOAUTH', async (context) => {
    await configured(context, { requirepass: 'password-canary' });
    // RESP 3 would have been refused when the client connected.
    const store = await open({ RESP: 2, disableClientInfo: true });
    for (const call of Object.values(calls))
      expect(await refusal(call(store), ['password-canary'])).toMatchObject(unavailable('NOAUTH'));
  });

  it('to write while it has no memory: OOM', async (context) => {
    const store = await open();
    await configured(context, { 'maxmemory-policy': 'noeviction', maxmemory: '1' });
    expect(await refusal(calls['write']!(store))).toMatchObject(unavailable('OOM'));
    expect(await store.read('personal key')).toBeUndefined();
  });

  it('to write while it has too few replicas: NOREPLICAS', async (context) => {
    const store = await open();
    await configured(context, { 'min-replicas-to-write': '1' });
    expect(await refusal(calls['write']!(store))).toMatchObject(unavailable('NOREPLICAS'));
    expect(await store.read('personal key')).toBeUndefined();
  });

  it('to write while it is a replica: READONLY', async (context) => {
    needsOwnRedis(server, context);
    const store = await open();
    const admin = await redisClient(server.url);
    onTestFinished(async () => void (await admin.sendCommand(['REPLICAOF', 'NO', 'ONE'])));
    await admin.sendCommand(['REPLICAOF', '127.0.0.1', '1']);
    expect(await refusal(calls['write']!(store))).toMatchObject(unavailable('READONLY'));
    expect(await store.read('personal key')).toBeUndefined();
  });

  describe('a user', () => {
    async function restricted(context: TestContext, ...rules: string[]) {
      needsOwnRedis(server, context);
      const admin = await redisClient(server.url);
      onTestFinished(async () => void (await admin.aclDelUser('application')));
      await admin.aclSetUser('application', ['reset', 'on', '>password-canary', ...rules]);
      const prefix = server.freshPrefix();
      const client = await redisClient(server.url, { username: 'application', password: 'password-canary' });
      return { store: redisStore(client, { prefix }), all: redisStore(admin, { prefix }) };
    }

    it('who may do nothing: NOPERM', async (context) => {
      const { store } = await restricted(context, '~*', '&*', '-@all');
      for (const call of Object.values(calls))
        expect(await refusal(call(store), ['password-canary', 'application'])).toMatchObject(
          unavailable('NOPERM'),
        );
    });

    it('who may not publish, before anything is written: NOPERM', async (context) => {
      const { store, all } = await restricted(context, '~*', '+@all');
      expect(await refusal(calls['write']!(store))).toMatchObject(unavailable('NOPERM'));
      expect(await all.read('personal key')).toBeUndefined();
      await all.write('personal key', 'value', { expected: null });
      expect(await refusal(calls['remove']!(store))).toMatchObject(unavailable('NOPERM'));
      expect(await store.read('personal key')).toMatchObject({ value: 'value' });
    });

    it('but not one who has the rights that the documentation names', async (context) => {
      const documented = (await readFile('src/redis.ts', 'utf8')).match(/[+~&][a-z*:]+/g) ?? [];
      expect(documented).toContain('+evalsha');
      const rules = documented.map((rule) => rule.replace(/authchart:\*$/, 'authchart-test-*'));
      const { store } = await restricted(context, ...rules);
      let told = 0;
      const stop = store.watch?.('key', () => void told++);
      const result = await store.write('key', 'value', { expected: null, ttl: 60_000 });
      await expect.poll(() => told).toBeGreaterThan(0);
      stop?.();
      const expected = result.written ? result.version : null;
      expect(await store.write('key', 'next', { expected })).toMatchObject({ written: true });
      expect(await store.read('key')).toMatchObject({ value: 'next' });
      expect(await store.remove('key')).toBe(true);
      await (await store.lock('key', { signal, ttl: 60_000 })).release();
    });
  });
});

describe('whatever a client rejects with', () => {
  function failing(error: unknown): RedisClient {
    const reject = async () => {
      throw error;
    };
    const client = { evalSha: reject, eval: reject, subscribe: reject, unref: () => undefined };
    return {
      ...client,
      withCommandOptions: () => client,
      duplicate: () => expect.fail('Nobody watches.'),
    } as RedisClient;
  }
  const withCode = (message: string, code: string) => Object.assign(new Error(message), { code });
  class ReconnectStrategyError extends Error {}

  it.each([
    [new Error('MOVED 3999 10.0.0.7:6381'), 'MOVED'],
    [new Error('LOADING Redis is loading the dataset in memory'), 'LOADING'],
    [new Error('WRONGPASS invalid username-password pair or user is disabled.'), 'WRONGPASS'],
    [new Error('ERR Error running script (call to f_0): @user_script:3: 10.0.0.7'), 'ERR'],
    [new Error('ERR ACL failure in script: User canary has no permissions'), 'NOPERM'],
    [withCode('connect ECONNREFUSED 10.0.0.7:6379', 'ECONNREFUSED'), 'ECONNREFUSED'],
    [Object.assign(new AggregateError([], '10.0.0.7'), { code: 'ETIMEDOUT' }), 'ETIMEDOUT'],
    [new ReconnectStrategyError('10.0.0.7 is gone'), 'ReconnectStrategyError'],
    [new Error('10.0.0.7: the queue is full'), 'Error'],
  ])('is named by its kind alone: %s', async (error, kind) => {
    const store = redisStore(failing(error));
    for (const call of Object.values(calls))
      expect(await refusal(call(store), ['10.0.0.7', '3999'])).toMatchObject(
        unavailable(`Redis failed with ${kind}. `),
      );
  });

  it('is no fault of Redis where it is a mistake in the program', async () => {
    const store = redisStore(failing(new TypeError(canary)));
    expect(await refusal(store.read('key'))).toMatchObject({ code: 'unexpected', phase: 'store' });
  });
});
