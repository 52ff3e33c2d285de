import { afterAll, beforeAll, describe, it } from 'vitest';
import { needsRedis, startRedis } from '../support/redis-server.js';
import type { RedisServer } from '../support/redis-server.js';
import { build } from './support/build.js';
import {
  chaos,
  expectLossesExplained,
  expectNothingLost,
  forgiving,
  strict,
  TIMEOUT,
} from './support/chaos.js';
import { sharedRedis } from './support/shared-redis.js';

let server: RedisServer | null;
beforeAll(async () => {
  await build();
  server = await startRedis();
}, 120_000);
afterAll(() => server?.stop());

describe('eight workers that share a session in Redis, killed, stopped and cut off at random', () => {
  it.concurrent(
    'lose nothing where the server forgives for a while',
    async (context) => {
      needsRedis(server, context);
      expectNothingLost(await chaos(context, { shared: await sharedRedis(server), reuse: forgiving }));
    },
    TIMEOUT,
  );

  it.concurrent(
    'lose at a strict server only what was rotated and could not be saved',
    async (context) => {
      needsRedis(server, context);
      expectLossesExplained(await chaos(context, { shared: await sharedRedis(server), reuse: strict }));
    },
    TIMEOUT,
  );
});
