import { createHash, randomBytes } from 'node:crypto';
import { AuthError } from '../../services/auth-error.js';
import { leases } from '../../services/lease.js';
import type { Clock, Store } from '../../services/ports.js';
import { changes } from './changes.js';
import { entries } from './entries.js';
import type { RedisClient } from './redis-client.js';

export interface RedisStoreOptions {
  /** With what all keys and channels begin. Default: `authchart`. */
  readonly prefix?: string;
}

/** Sessions and pending sign-ins in Redis; see `redisStore` of `authchart/redis`. */
export function redisStoreOf({
  client,
  clock,
  prefix = 'authchart',
}: RedisStoreOptions & { readonly client: RedisClient; readonly clock: Clock }): Store {
  check(client, prefix);
  const ports = { client, clock };
  const channelOf = (key: string) => `${prefix}:changed:${nameOf(key)}`;
  const records = entries({ ...ports, redisKeyOf: (key) => `${prefix}:entry:${nameOf(key)}`, channelOf });
  const locks = entries({
    ...ports,
    redisKeyOf: (key) => `${prefix}:lock:${nameOf(key)}`,
    channelOf: () => null,
  });
  const watch = changes(ports);
  return {
    ...records,
    lock: leases(locks, { clock, randomBytes }),
    watch: (key, listener) => watch(channelOf(key), listener),
  };
}

/**
 * Keys are hostile, and may hold a person's name: they show nowhere in Redis. Of UTF-16, for UTF-8 would make all lone
 * surrogates one.
 */
function nameOf(key: string): string {
  return createHash('sha256').update(key, 'utf16le').digest('base64url');
}

/** What tells a client from those of other packages and versions, from a pool, a cluster and a sentinel. */
const MEMBERS = ['withCommandOptions', 'duplicate', 'subscribe', 'unref'];

function check(client: RedisClient, prefix: string): void {
  if (typeof prefix !== 'string' || prefix === '')
    throw new AuthError('invalid_option', { detail: 'The prefix of the Redis store is not a name.' });
  if (!MEMBERS.every((member) => typeof Object(client)[member] === 'function'))
    throw new AuthError('invalid_option', {
      detail:
        'The Redis store takes what `createClient` of the `redis` package gives, version 5.10 or newer.',
    });
}
