import { startGate } from '../../support/tcp-gate.js';
import type { RedisServer } from '../../support/redis-server.js';
import { openStore } from '../worker/open-store.js';
import type { SharedStore } from './shared-store.js';

export async function sharedRedis(server: RedisServer): Promise<SharedStore> {
  const prefix = server.freshPrefix();
  const gate = await startGate(server.url);
  const direct = await openStore({ kind: 'redis', url: server.url, prefix });
  return {
    name: 'Redis',
    settings: { kind: 'redis', url: gate.url, prefix },
    store: direct.store,
    pause: () => gate.pause(),
    cut: async () => (await gate.cut())(),
    async close() {
      await direct.close();
      await gate.close();
    },
  };
}
