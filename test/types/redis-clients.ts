import { createClient, createClientPool, createCluster } from 'redis';
import { redisStore } from 'authchart/redis';

// Compiled, never run: which clients of the `redis` package the store takes.

redisStore(createClient());
redisStore(createClient({ url: 'redis://127.0.0.1:6379', RESP: 2 }), { prefix: 'application' });
redisStore(createClient({ RESP: 3, commandOptions: { asap: true }, socket: { reconnectStrategy: false } }));
redisStore(createClient({ modules: {}, functions: {}, scripts: {} }));
void createClient()
  .connect()
  .then((client) => redisStore(client));

// @ts-expect-error a pool has no connection to listen on
redisStore(createClientPool());
// @ts-expect-error a cluster cannot be kept from keeping its process alive
redisStore(createCluster({ rootNodes: [] }));
// @ts-expect-error a store does not connect
redisStore('redis://127.0.0.1:6379');
// @ts-expect-error the clock is not an option
redisStore(createClient(), { clock: { now: () => 0 } });
