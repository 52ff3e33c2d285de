import { RESP_TYPES } from 'redis';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { redisStore } from 'authchart/redis';
import { nodeClock } from '../../src/adapters/node/node-clock.js';
import { redisStoreOf } from '../../src/adapters/redis/redis-store.js';
import type { Clock, Store } from '../../src/services/ports.js';
import { conforms } from '../support/conforms.js';
import { keysOf, redisClient, type Client, type Options } from '../support/redis-clients.js';
import { needsOwnRedis, needsRedis, startRedis, type RedisServer } from '../support/redis-server.js';
import { startRelay } from '../support/relay.js';

let server: RedisServer;
beforeAll(async () => void (server = (await startRedis())!));
afterAll(() => server?.stop());
beforeEach((context) => needsRedis(server, context));

const { signal } = new AbortController();

conforms(
  'the Redis store',
  async () => {
    const relay = await startRelay(server.url);
    const prefix = server.freshPrefix();
    return {
      async open({ clockAhead = 0 } = {}) {
        // An outage shows at once: the deadline has tests of its own.
        const offline = { disableOfflineQueue: true, socket: { reconnectStrategy: 50 } };
        const client = await redisClient(relay.url, offline);
        const clock = { ...nodeClock, now: () => nodeClock.now() + clockAhead };
        return redisStoreOf({ client, clock, prefix });
      },
      interrupt: () => relay.cut(),
      pause: () => relay.pause(),
    };
  },
  { clock: 'own', watches: true, canBeDown: true },
);

async function harness() {
  const client = await redisClient(server.url);
  const prefix = server.freshPrefix();
  const store = redisStore(client, { prefix });
  const written = async (key: string, value: string, ttl?: number) => {
    const result = await store.write(key, value, { expected: null, ...(ttl !== undefined && { ttl }) });
    if (!result.written) throw new Error('Nobody else writes here.');
    return result.version;
  };
  /** The Redis key of the only entry. */
  const onlyKey = async () => {
    const [key = '', ...others] = await keysOf(client, `${prefix}:entry:`);
    expect(others).toEqual([]);
    return key;
  };
  return { client, prefix, store, written, onlyKey };
}

describe('what the Redis store leaves in Redis', () => {
  it('is named by the prefix and a hash, whatever the keys are', async () => {
    const { client, prefix, store, written } = await harness();
    const keys = [
      'session/x/client/alice@mail.example',
      '*',
      '\r\nFLUSHALL\r\n',
      '\ud800',
      'k'.repeat(9_000),
    ];
    for (const key of keys) {
      await written(key, 'value');
      await store.lock(key, { signal, ttl: 60_000 });
    }
    const names = await keysOf(client, prefix);
    expect(names).toHaveLength(2 * keys.length);
    for (const name of names) expect(name.slice(prefix.length)).toMatch(/^:(entry|lock):[A-Za-z0-9_-]{43}$/);
  });

  it('lies under `authchart` where no prefix is given', async () => {
    const client = await redisClient(server.url);
    const store = redisStore(client);
    const key = `test ${crypto.randomUUID()}`;
    const before = await keysOf(client, 'authchart:entry:');
    await store.write(key, 'value', { expected: null, ttl: 60_000 });
    expect(await keysOf(client, 'authchart:entry:')).toHaveLength(before.length + 1);
    await store.remove(key);
  });

  it('tells a change by an empty message, and nothing of locks or of what was refused', async () => {
    const { client, prefix, store, written } = await harness();
    const heard: string[][] = [];
    const listener = await redisClient(server.url);
    await listener.pSubscribe(`${prefix}*`, (message, channel) => void heard.push([channel, message]));
    const version = await written('key', 'value');
    await store.write('key', 'other', { expected: null });
    await store.write('key', 'next', { expected: version });
    await store.remove('key', { expected: version });
    await store.remove('other');
    await (await store.lock('key', { signal, ttl: 60_000 })).release();
    await store.remove('key');
    await client.publish(`${prefix}:end`, 'end');
    await expect.poll(() => heard.at(-1)?.[1]).toBe('end');
    expect(heard.slice(0, -1).map(([, message]) => message)).toEqual(['', '', '']);
    for (const [channel = ''] of heard.slice(0, -1))
      expect(channel.slice(prefix.length)).toMatch(/^:changed:[A-Za-z0-9_-]{43}$/);
  });

  it('goes by the time to live that Redis counts, in whole milliseconds', async () => {
    const { client, store, written, onlyKey } = await harness();
    const hour = 3_600_000;
    const orders: string[] = [];
    await (await redisClient(server.url)).monitor((line) => void orders.push(String(line)));
    let expected: string | null = await written('key', 'value', hour - 0.5);
    const key = await onlyKey();
    await expect.poll(() => orders.join('\n')).toContain(`"PEXPIRE" "${key}" "${hour}"`);
    expect(await client.pTTL(key)).toBeGreaterThan(hour - 60_000);
    for (const forever of [{}, { ttl: Infinity }]) {
      const result = await store.write('key', 'value', { expected, ...forever });
      expect(await client.pTTL(key)).toBe(-1);
      expected = result.written ? result.version : null;
    }
  });

  it.each([0, -1, -Infinity, NaN, Number.MIN_VALUE])(
    'is gone at once, or as good as, with a time to live of %d',
    async (ttl) => {
      const { client, prefix, store, written } = await harness();
      await written('key', 'value', ttl);
      await expect.poll(() => store.read('key')).toBeUndefined();
      expect(await keysOf(client, prefix)).toEqual([]);
    },
  );

  it.each([2 ** 31, 1e15, Number.MAX_SAFE_INTEGER, 1e300, Number.MAX_VALUE])(
    'stays with a time to live of %d',
    async (ttl) => {
      const { store, written } = await harness();
      const version = await written('key', 'value', ttl);
      expect(await store.read('key')).toEqual({ value: 'value', version });
    },
  );

  it('is written again under another version when somebody has deleted it', async () => {
    const { client, store, written, onlyKey } = await harness();
    const before = await written('key', 'value');
    await client.del(await onlyKey());
    expect(await store.write('key', 'late', { expected: before })).toEqual({ written: false });
    const after = await written('key', 'value');
    expect(after).not.toBe(before);
    // 128 bits of chance.
    for (const version of [before, after]) expect(version).toMatch(/^[\w-]{22}$/);
  });
});

describe('a Redis key that somebody else has planted', () => {
  const canary = 'canary-of-the-value';
  type Plant = (client: Client, key: string) => Promise<unknown>;
  const foreign: Readonly<Record<string, Plant>> = {
    'a string': (client, key) => client.set(key, canary),
    'a list': (client, key) => client.rPush(key, canary),
    'a hash of something else': (client, key) => client.hSet(key, 'name', canary),
    'a hash without a version': (client, key) => client.hSet(key, 'value', JSON.stringify(canary)),
    'a hash without a value': (client, key) => client.hSet(key, 'version', canary),
    'a value that is not JSON': (client, key) => client.hSet(key, { version: 'v', value: canary }),
    'a value that is no text': (client, key) => client.hSet(key, { version: 'v', value: `["${canary}"]` }),
  };

  async function planted(plant: Plant) {
    const { client, store, written, onlyKey } = await harness();
    await written('key', 'value');
    const key = await onlyKey();
    await client.del(key);
    await plant(client, key);
    const before = await client.dump(key);
    return { client, store, key, isUntouched: async () => (await client.dump(key)) === before };
  }

  async function refusal(attempt: Promise<unknown>, key: string): Promise<void> {
    const error = await attempt.then(
      () => undefined,
      (error: unknown) => error,
    );
    expect(error).toMatchObject({ code: 'record_unreadable', phase: 'store' });
    expect((error as Error).message).toContain(key);
    expect(`${(error as Error).stack}${JSON.stringify(error)}`).not.toContain(canary);
  }

  it.each(Object.keys(foreign))('is refused and left as it is: %s', async (kind) => {
    const { store, key, isUntouched } = await planted(foreign[kind]!);
    await refusal(store.read('key'), key);
    for (const expected of [null, 'v', canary]) await refusal(store.write('key', 'value', { expected }), key);
    for (const options of [{}, { expected: 'v' }]) await refusal(store.remove('key', options), key);
    expect(await isUntouched()).toBe(true);
  });

  it('is refused by its readers, and not written over, where its JSON is damaged inside', async () => {
    const { store, key, isUntouched } = await planted((client, key) =>
      client.hSet(key, { version: 'v', value: `"${canary}\\q"` }),
    );
    await refusal(store.read('key'), key);
    expect(await store.write('key', 'value', { expected: null })).toEqual({ written: false });
    expect(await isUntouched()).toBe(true);
  });

  it('is refused where it is a lock', async () => {
    const { client, prefix, store } = await harness();
    await store.lock('key', { signal, ttl: 60_000 });
    const [key = ''] = await keysOf(client, prefix);
    await client.set(key, canary);
    await refusal(store.lock('key', { signal, ttl: 60_000 }), key);
  });
});

describe('the scripts of the Redis store', () => {
  it('are sent again after Redis has forgotten them', async (context) => {
    needsOwnRedis(server, context);
    const { client, store, written } = await harness();
    const version = await written('key', 'first');
    await client.scriptFlush();
    expect(await store.read('key')).toMatchObject({ value: 'first' });
    await client.scriptFlush();
    const next = await store.write('key', 'second', { expected: version });
    expect(next.written).toBe(true);
    await client.scriptFlush();
    expect(await store.remove('key')).toBe(true);
  });

  it('are known to Redis after their first use', async (context) => {
    needsOwnRedis(server, context);
    const { client, store, written } = await harness();
    await client.configResetStat();
    for (let i = 0; i < 10; i++) await written(`key ${i}`, 'value');
    for (let i = 0; i < 10; i++) await store.read(`key ${i}`);
    const calls = /^cmdstat_eval:calls=(\d+)/m.exec(await client.info('commandstats'))?.[1];
    expect(Number(calls ?? 0)).toBeLessThanOrEqual(2);
  });

  it('have one winner for each version, of eight writers on two connections', async () => {
    const { store, prefix } = await harness();
    const other = redisStore(await redisClient(server.url), { prefix });
    let expected: string | null = null;
    for (let round = 0; round < 300; round++) expected = await winnerOf(round, [store, other], expected);
  });

  /** The version that the only winner wrote. */
  async function winnerOf(round: number, stores: readonly Store[], expected: string | null): Promise<string> {
    const write = (_: unknown, writer: number) =>
      stores[writer % stores.length]!.write('key', `${round} ${writer}`, { expected });
    const results = await Promise.all(Array.from({ length: 8 }, write));
    const won = results.flatMap((result, writer) => (result.written ? [{ writer, ...result }] : []));
    expect(won).toHaveLength(1);
    const { writer, version } = won[0]!;
    for (const store of stores)
      expect(await store.read('key')).toEqual({ value: `${round} ${writer}`, version });
    return version;
  }
});

describe('the client of a Redis store', () => {
  it('may map types, speak RESP 2 or prefix keys as it likes', async () => {
    for (const options of [
      { commandOptions: { typeMapping: { [RESP_TYPES.BLOB_STRING]: Buffer, [RESP_TYPES.NUMBER]: String } } },
      { RESP: 2 },
      { keyPrefix: 'application:' },
    ] satisfies Options[]) {
      const client = await redisClient(server.url, options);
      const store = redisStore(client, { prefix: server.freshPrefix() });
      let told = 0;
      const stop = store.watch?.('key', () => void told++);
      const result = await store.write('key', 'value', { expected: null, ttl: 60_000 });
      expect(await store.read('key')).toEqual({
        value: 'value',
        version: result.written ? result.version : '',
      });
      expect(await store.remove('key')).toBe(true);
      await expect.poll(() => told).toBeGreaterThan(0);
      stop?.();
    }
  });

  it('stays open and as it was', async () => {
    const { client, store, written } = await harness();
    const before = { ...client.options };
    const listeners = client.eventNames().map((name) => [name, client.listenerCount(name)]);
    const stop = store.watch?.('key', () => undefined);
    await written('key', 'value');
    await (await store.lock('key', { signal, ttl: 60_000 })).release();
    stop?.();
    expect(client.isReady).toBe(true);
    expect(client.options).toEqual(before);
    expect(client.eventNames().map((name) => [name, client.listenerCount(name)])).toEqual(listeners);
    expect(await client.ping()).toBe('PONG');
  });

  it.each([
    ['nothing', undefined],
    ['a URL', 'redis://user:secret@127.0.0.1'],
    ['a client of another package', { call: () => undefined, duplicate: () => undefined }],
  ])('is refused where it is %s', (_, client) => {
    expect(() => redisStore(client as never)).toThrowError(
      expect.objectContaining({
        code: 'invalid_option',
        message: expect.not.stringContaining('secret') as string,
      }),
    );
  });

  it.each(['', 1, null])('takes no prefix such as %j', async (prefix) => {
    const client = await redisClient(server.url);
    expect(() => redisStore(client, { prefix: prefix as string })).toThrowError(
      expect.objectContaining({ code: 'invalid_option' }),
    );
  });

  it('leaves no timer behind', async () => {
    const timers = new Set<unknown>();
    const clock: Clock = {
      ...nodeClock,
      setTimeout(listener, milliseconds) {
        const timer = nodeClock.setTimeout(listener, milliseconds);
        timers.add(timer);
        return timer;
      },
      clearTimeout(timer) {
        timers.delete(timer);
        nodeClock.clearTimeout(timer);
      },
    };
    const client = await redisClient(server.url);
    const store = redisStoreOf({ client, clock, prefix: server.freshPrefix() });
    await store.write('key', 'value', { expected: null });
    await store.read('key');
    await store.remove('key');
    await (await store.lock('key', { signal, ttl: 60_000 })).release();
    expect(timers.size).toBe(0);
  });

  it('is the only way to its clock', async () => {
    const client = await redisClient(server.url);
    const clock = {
      setTimeout: () => {
        throw new Error('a clock that was passed in');
      },
    };
    const options = { prefix: server.freshPrefix(), clock };
    expect(await redisStore(client, options).read('key')).toBeUndefined();
  });
});
