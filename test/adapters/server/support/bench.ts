import type { ClientOptions, Session } from 'authchart';
import { createAuthHandler } from 'authchart/server';
import type { AuthHandler, AuthHandlerOptions } from 'authchart/server';
import { confidentialApp, consent, createTestClient, startEmulator, xAt } from 'authchart/testing';
import type { ConsentDecision, Emulator } from 'authchart/testing';
import { nodeClock } from '../../../../src/adapters/node/node-clock.js';
import { benchStore } from '../../../client/support/stores.js';
import type { BenchStore } from '../../../client/support/stores.js';
import type { Answer, Browser, Serve } from './browser.js';

export const ORIGIN = 'https://app.example';

/** The emulated X, and handlers over one store: instances of one application, as behind a load balancer. */
export interface ServerBench {
  readonly emulator: Emulator;
  readonly store: BenchStore;
  handlerOf(options?: AuthHandlerOptions, client?: Partial<ClientOptions>): AuthHandler;
  /** Time passes for the emulator and for the clients. */
  pass(milliseconds: number): void;
  close(): Promise<void>;
}

export async function startServerBench(redirectUri = `${ORIGIN}/auth/callback`): Promise<ServerBench> {
  let shift = 0;
  const clock = { ...nodeClock, now: () => nodeClock.now() + shift };
  const store = benchStore(clock);
  const users = [
    { id: '1', username: 'ada', name: 'Ada Lovelace' },
    { id: '2', username: 'grace', name: 'Grace Hopper' },
  ];
  const emulator = await startEmulator({ users });
  emulator.registerRedirectUri(confidentialApp.client_id, redirectUri);
  const clients: ReturnType<typeof createTestClient>[] = [];
  return {
    emulator,
    store,
    handlerOf(options, client = {}) {
      const own = createTestClient({
        provider: xAt(emulator.endpoints),
        clientId: confidentialApp.client_id,
        clientSecret: confidentialApp.client_secret,
        redirectUri,
        scopes: ['users.read', 'tweet.read', 'offline.access'],
        ...client,
        runtime: { clock, store },
      });
      clients.push(own);
      return createAuthHandler(own, options);
    },
    pass(milliseconds) {
      shift += milliseconds;
      emulator.clock.advance(milliseconds);
    },
    async close() {
      store.down = () => false;
      await Promise.all(clients.map((client) => client.close()));
      await emulator.close();
    },
  };
}

/** Goes to the provider and decides there. What comes back is the callback, as path and query. */
export async function decide(login: Answer, decision: ConsentDecision = {}): Promise<string> {
  const { callbackUrl } = await consent(login.location ?? '', decision);
  const { pathname, search } = new URL(callbackUrl ?? '');
  return pathname + search;
}

/** A whole sign-in of a browser. */
export async function signIn(
  browser: Browser,
  serve: Serve,
  { path = '/auth/login', ...decision }: ConsentDecision & { readonly path?: string } = {},
): Promise<Answer> {
  const login = await browser.go(serve, path);
  return browser.go(serve, await decide(login, decision));
}

/** Whose session a browser has. */
export const sessionOf = (browser: Browser, auth: AuthHandler): Promise<Session | null> =>
  auth.session(new Request(`${ORIGIN}/`, { headers: { cookie: browser.cookieHeader() } }));

/** The `Sec-Fetch-*` and other refusals are told apart from failures by their code. */
export const codeOf = ({ text }: Answer): string | undefined => /<code>(\w+)<\/code>/.exec(text)?.[1];
