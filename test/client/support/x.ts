import type { CallbackSink, ClientOptions, UserAgent } from 'authchart';
import { createTestClient, publicApp, startEmulator, virtualClock, xAt } from 'authchart/testing';
import type { Emulator, Runtime } from 'authchart/testing';
import { benchStore } from './stores.js';
import type { BenchStore } from './stores.js';

type Client = ReturnType<typeof createTestClient>;

/** The emulated X, and clients of it over one store and one virtual clock. */
export interface XBench {
  readonly emulator: Emulator;
  readonly clock: ReturnType<typeof virtualClock>;
  readonly store: BenchStore;
  clientOf(options?: Partial<ClientOptions>, runtime?: Partial<Runtime>): Client;
  /** Time passes for the emulator and for the clients. */
  pass(milliseconds: number): Promise<void>;
  close(): Promise<void>;
}

export async function startX(options: Parameters<typeof startEmulator>[0] = {}): Promise<XBench> {
  const clock = virtualClock();
  const store = benchStore(clock);
  const emulator = await startEmulator({ now: clock.now(), ...options });
  const clients: Client[] = [];
  return {
    emulator,
    clock,
    store,
    clientOf(options = {}, runtime = {}) {
      const client = createTestClient({
        provider: xAt(emulator.endpoints),
        clientId: publicApp.client_id,
        scopes: ['users.read', 'tweet.read', 'offline.access'],
        ...options,
        runtime: { clock, store, ...runtime },
      });
      clients.push(client);
      return client;
    },
    async pass(milliseconds) {
      emulator.clock.advance(milliseconds);
      await clock.advance(milliseconds);
    },
    async close() {
      store.down = () => false;
      await Promise.all(clients.map((client) => client.close()));
      await emulator.close();
    },
  };
}

/** A user agent in the hands of the test: it sees the page's URL and brings whatever callbacks it likes. */
export function handDriven(): UserAgent & {
  readonly page: Promise<string>;
  bring(url: string): void;
  listening(): boolean;
} {
  let show: (url: string) => void;
  let sink: CallbackSink | undefined;
  const page = new Promise<string>((resolve) => (show = resolve));
  return {
    page,
    bring: (url) => sink?.onCallback(url),
    listening: () => sink !== undefined && !sink.signal.aborted,
    async listen(redirectUri, own) {
      sink = own;
      const closed = new Promise<void>((resolve) =>
        own.signal.addEventListener('abort', () => resolve(), { once: true }),
      );
      return { redirectUri, closed };
    },
    present: async (url) => show(url),
  };
}
