import { nodeClock } from './adapters/node/node-clock.js';
import type { RedisClient } from './adapters/redis/redis-client.js';
import { redisStoreOf, type RedisStoreOptions } from './adapters/redis/redis-store.js';
import type { Store } from './services/ports.js';

export type { RedisClient } from './adapters/redis/redis-client.js';
export type { RedisStoreOptions } from './adapters/redis/redis-store.js';
export type { Store } from './services/ports.js';

/**
 * A store in Redis, shared by any number of processes and machines. Takes a connected client of the `redis` package,
 * version 5.10 or newer, and neither closes nor changes it; watching opens one connection more. Values are not encrypted.
 *
 * Its methods reject with {@link AuthError} `store_unavailable`, after five seconds at the latest, where Redis cannot
 * be reached or refuses; a call that was rejected so may still have been done. With `record_unreadable` where a key
 * holds what this store did not write; it is not overwritten.
 *
 * Redis must keep what it was told (`maxmemory-policy noeviction`, `appendonly yes`). Its user needs `+eval +evalsha
 * +type +hmget +hset +persist +pexpire +del +publish +subscribe +unsubscribe`, the keys `~authchart:*` and the channels
 * `&authchart:*`.
 *
 * @throws {@link AuthError} `invalid_option` for another kind of client, or a prefix that is empty
 *
 * @example
 * ```ts
 * const redis = createClient({ url: 'redis://127.0.0.1:6379' });
 * redis.on('error', (error) => console.error(error));
 * await redis.connect();
 * const store = redisStore(redis);
 * ```
 */
export const redisStore = (client: RedisClient, options?: RedisStoreOptions): Store =>
  redisStoreOf({ ...options, client, clock: nodeClock });
