import { afterAll, beforeAll, beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import { redisStore } from 'authchart/redis';
import type { Store } from '../../src/services/ports.js';
import { redisClient, type Client, type Options } from '../support/redis-clients.js';
import { needsOwnRedis, needsRedis, startRedis, type RedisServer } from '../support/redis-server.js';
import { startRelay } from '../support/relay.js';

let server: RedisServer;
beforeAll(async () => void (server = (await startRedis())!));
afterAll(() => server?.stop());
beforeEach((context) => needsRedis(server, context));

async function harness(options: Options = {}) {
  const relay = await startRelay(server.url);
  // The name of a client is that of its duplicates too.
  const name = `authchart-test-${crypto.randomUUID()}`;
  const prefix = server.freshPrefix();
  const client = await redisClient(relay.url, { ...options, name });
  // Another process, which is not cut off.
  const admin = await redisClient(server.url);
  const other = redisStore(admin, { prefix });
  return { relay, client, store: redisStore(client, { prefix }), other, connections };

  /** How many there are of the store, its client's own among them. */
  async function connections(): Promise<number> {
    const list = (await admin.sendCommand(['CLIENT', 'LIST'])) as string;
    return list.split('\n').filter((line) => line.includes(` name=${name} `)).length;
  }
}

function watched(store: Store, key: string, act: () => unknown = () => undefined) {
  const seen = { times: 0 };
  const stop = store.watch!(key, () => {
    seen.times++;
    return act();
  });
  return { seen, stop };
}

/** Watched, and past the telling at which the subscription stands. */
async function standing(store: Store, key: string, act?: () => unknown) {
  const { seen, stop } = watched(store, key, act);
  await expect.poll(() => seen.times).toBe(1);
  seen.times = 0;
  return { seen, stop };
}

async function put(store: Store, key: string, value: string): Promise<void> {
  const expected = (await store.read(key))?.version ?? null;
  expect(await store.write(key, value, { expected })).toMatchObject({ written: true });
}

/** Long enough for what may not come, and for connections to end. */
const settle = () => new Promise((resolve) => setTimeout(resolve, 300));

describe('who watches a key of the Redis store', () => {
  it('is told once when the subscription stands, and then once for each change', async () => {
    const { store, other } = await harness();
    const first = await standing(store, 'key');
    const second = watched(store, 'key');
    await put(other, 'key', 'one');
    await expect.poll(() => [first.seen.times, second.seen.times]).toEqual([1, 1]);
    await put(store, 'key', 'two');
    await other.write('key', 'refused', { expected: null });
    await other.remove('key');
    await other.remove('key');
    await expect.poll(() => [first.seen.times, second.seen.times]).toEqual([3, 3]);
    await settle();
    expect([first.seen.times, second.seen.times]).toEqual([3, 3]);
    first.stop();
    second.stop();
  });

  it('is told of what changed before the subscription stood', async () => {
    const { relay, store, other } = await harness();
    const restore = await relay.cut();
    const { seen, stop } = watched(store, 'key');
    await put(other, 'key', 'value');
    await settle();
    expect(seen.times).toBe(0);
    await restore();
    await expect.poll(() => seen.times).toBeGreaterThan(0);
    stop();
  });

  it('is told of what changed while the connection was lost, and goes on', async () => {
    const { relay, client, store, other } = await harness();
    const keys = [await standing(store, 'one'), await standing(store, 'two')];
    const restore = await relay.cut();
    await put(other, 'one', 'unheard');
    await settle();
    expect(keys.map(({ seen }) => seen.times)).toEqual([0, 0]);
    await restore();
    await expect.poll(() => keys.map(({ seen }) => seen.times)).toEqual([1, 1]);
    await put(other, 'two', 'heard');
    await expect.poll(() => keys.map(({ seen }) => seen.times)).toEqual([1, 2]);
    await expect.poll(() => client.isReady).toBe(true);
    for (const { stop } of keys) stop();
  });

  it.each<[string, Options]>([
    ['whose client gives up at once', { socket: { reconnectStrategy: false } }],
    ['whose client gives up with an error', { socket: { reconnectStrategy: () => new Error('no more') } }],
    ['whose client ends what is silent for long', { socket: { socketTimeout: 200 } }],
    ['whose client speaks RESP 2', { RESP: 2 }],
  ])('is told after a loss, and goes on, in a process %s', async (_, options) => {
    const { relay, store, other } = await harness(options);
    const { seen, stop } = watched(store, 'key');
    await expect.poll(() => seen.times).toBeGreaterThan(0);
    const restore = await relay.cut();
    const before = seen.times;
    await restore();
    await expect.poll(() => seen.times).toBeGreaterThan(before);
    const then = seen.times;
    await put(other, 'key', 'value');
    await expect.poll(() => seen.times).toBeGreaterThan(then);
    stop();
  });

  it('is told after Redis was started anew, and goes on', async (context) => {
    const own = needsOwnRedis(server, context);
    const { store, other } = await harness();
    const { seen, stop } = await standing(store, 'key');
    await own.kill();
    await settle();
    await own.start();
    await expect.poll(() => seen.times).toBe(1);
    await put(other, 'key', 'value');
    await expect.poll(() => seen.times).toBe(2);
    stop();
  });

  it('is told of what was said while Redis was paused', async (context) => {
    const own = needsOwnRedis(server, context);
    const { store, other } = await harness();
    const { seen, stop } = await standing(store, 'key');
    own.pause();
    const late = watched(store, 'other');
    const writing = put(other, 'key', 'value');
    await settle();
    own.resume();
    await writing;
    await expect.poll(() => [seen.times, late.seen.times]).toEqual([1, 1]);
    stop();
    late.stop();
  });

  it('is told no more after stopping, not even of what was on its way', async () => {
    const { store, other } = await harness();
    const gone = await standing(store, 'key');
    const stays = await standing(store, 'other');
    const first = put(other, 'key', 'value');
    gone.stop();
    gone.stop();
    await first;
    await put(other, 'key', 'next');
    await put(other, 'other', 'value');
    await expect.poll(() => stays.seen.times).toBe(1);
    expect(gone.seen.times).toBe(0);
    stays.stop();
  });

  it('may stop within a telling, itself or another', async () => {
    const { store, other } = await harness();
    const second = { stop: () => undefined as void };
    const first = await standing(store, 'key');
    const stopper = watched(store, 'key', () => {
      first.stop();
      stopper.stop();
      second.stop();
    });
    const later = watched(store, 'key');
    second.stop = later.stop;
    await put(other, 'key', 'value');
    await expect.poll(() => stopper.seen.times).toBe(1);
    await put(other, 'key', 'next');
    await settle();
    expect([first.seen.times, stopper.seen.times, later.seen.times]).toEqual([1, 1, 0]);
  });

  it('breaks nothing by throwing or rejecting', async () => {
    const { store, other } = await harness();
    const faulty = [
      watched(store, 'key', () => {
        throw new Error('a bug of the listener');
      }),
      watched(store, 'key', () => Promise.reject(new Error('a bug of the listener'))),
    ];
    const sound = await standing(store, 'key');
    await put(other, 'key', 'one');
    await put(other, 'key', 'two');
    await expect.poll(() => sound.seen.times).toBe(2);
    for (const { seen, stop } of [...faulty, sound]) {
      expect(seen.times).toBeGreaterThanOrEqual(2);
      stop();
    }
  });

  it('may come and go and come again at once', async () => {
    const { store, other } = await harness();
    const stays = await standing(store, 'other');
    for (let turn = 0; turn < 20; turn++) {
      watched(store, 'key').stop();
      watched(store, 'key').stop();
      const last = watched(store, 'key');
      await expect.poll(() => last.seen.times).toBeGreaterThan(0);
      await put(other, 'key', String(turn));
      await expect.poll(() => last.seen.times).toBeGreaterThan(1);
      last.stop();
    }
    stays.stop();
  });
});

describe('watching in Redis', () => {
  const subscriptions = async (client: Client, pattern: string): Promise<number> =>
    (await client.pubSubChannels(pattern)).length;

  it('takes one connection more, from the first listener to the last', async () => {
    const { store, connections } = await harness();
    expect(await connections()).toBe(1);
    const keys = await Promise.all(['one', 'two', 'three'].map((key) => standing(store, key)));
    expect(await connections()).toBe(2);
    for (const { stop } of keys.slice(1)) stop();
    await settle();
    expect(await connections()).toBe(2);
    keys[0]!.stop();
    await expect.poll(connections).toBe(1);
    const again = await standing(store, 'one');
    expect(await connections()).toBe(2);
    again.stop();
    await expect.poll(connections).toBe(1);
  });

  it('follows the channels alone that somebody listens to', async () => {
    const client = await redisClient(server.url);
    const prefix = server.freshPrefix();
    const store = redisStore(client, { prefix });
    const keys = await Promise.all(['one', 'two', 'three'].map((key) => standing(store, key)));
    expect(await subscriptions(client, `${prefix}:changed:*`)).toBe(3);
    keys[1]!.stop();
    await expect.poll(() => subscriptions(client, `${prefix}:changed:*`)).toBe(2);
    keys[0]!.stop();
    keys[2]!.stop();
    await expect.poll(() => subscriptions(client, `${prefix}:changed:*`)).toBe(0);
  });

  it('leaves no connection behind, whenever it ends', async () => {
    const { relay, store, connections } = await harness();
    for (const wait of [
      async () => undefined,
      () => Promise.resolve(),
      ...[0, 1, 2, 4, 8].map((milliseconds) => () => new Promise((done) => setTimeout(done, milliseconds))),
    ]) {
      for (let turn = 0; turn < 5; turn++) {
        const { stop } = watched(store, 'key');
        await wait();
        stop();
      }
    }
    await settle();
    await expect.poll(connections).toBe(1);
    const restore = await relay.cut();
    watched(store, 'key').stop();
    const late = watched(store, 'key');
    await settle();
    late.stop();
    await restore();
    await settle();
    await expect.poll(connections).toBe(1);
  });

  it('leaves no connection behind where Redis was paused when it ended', async (context) => {
    const own = needsOwnRedis(server, context);
    const { store, connections } = await harness();
    own.pause();
    const { stop } = watched(store, 'key');
    await settle();
    stop();
    own.resume();
    await expect.poll(connections).toBe(1);
  });

  it('goes on trying where Redis does not let it subscribe', async (context) => {
    needsOwnRedis(server, context);
    const admin = await redisClient(server.url);
    onTestFinished(async () => void (await admin.aclDelUser('watcher')));
    const allow = (...rules: string[]) => admin.aclSetUser('watcher', rules);
    await allow('reset', 'on', '>password', '~*', '&*', '+@all', '-subscribe');
    const client = await redisClient(server.url, { username: 'watcher', password: 'password' });
    const store = redisStore(client, { prefix: server.freshPrefix() });
    const { seen, stop } = watched(store, 'key');
    await put(store, 'key', 'value');
    await settle();
    expect(seen.times).toBe(0);
    await allow('+subscribe');
    await expect.poll(() => seen.times).toBe(1);
    await put(store, 'key', 'next');
    await expect.poll(() => seen.times).toBe(2);
    stop();
  });

  it('outlives the client it was made from', async () => {
    const { client, store, other, connections } = await harness();
    const { seen, stop } = await standing(store, 'key');
    client.destroy();
    await put(other, 'key', 'value');
    await expect.poll(() => seen.times).toBe(1);
    stop();
    await expect.poll(connections).toBe(0);
  });
});
