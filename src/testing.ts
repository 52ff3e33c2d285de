import { memoryStore } from './adapters/memory/memory-store.js';
import { keepAlive, nodeClock } from './adapters/node/node-clock.js';
import { nodeTransport } from './adapters/node/node-transport.js';
import { platformCryptography } from './adapters/platform/platform.js';
import { atOnce } from './client/chunks/at-once.js';
import { createClientOf } from './client/create-client.js';
import type { Client, ClientOptions } from './client/create-client.js';
import type { Runtime } from './client/runtime.js';

export * from './conformance/store-conformance.js';
export type { MakeStoreUnderTest, StoreUnderTest } from './conformance/store-under-test.js';
export * from './emulator/emulator.js';
export { virtualClock } from './adapters/virtual/virtual-clock.js';
export { xAt } from './services/provider/x-at.js';
export type { Runtime } from './client/runtime.js';

/**
 * A client with ruled time, chance and network. Production doors take none of these.
 *
 * @throws {@link AuthError} of phase `configuration`
 */
export function createTestClient({
  runtime = {},
  ...options
}: ClientOptions & { readonly runtime?: Partial<Runtime> }): Client {
  const clock = runtime.clock ?? nodeClock;
  const own = nodeTransport();
  return createClientOf(
    {
      cryptography: platformCryptography,
      transport: own,
      dispose: () => own.close(),
      store: runtime.store ?? memoryStore({ clock }),
      userAgent: null,
      browser: false,
      keepAlive,
      ...runtime,
      clock,
    },
    options,
    atOnce,
  );
}
