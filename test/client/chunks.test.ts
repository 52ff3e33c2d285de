import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { keepAlive } from '../../src/adapters/node/node-clock.js';
import { nodeTransport } from '../../src/adapters/node/node-transport.js';
import { platformCryptography as cryptography } from '../../src/adapters/platform/platform.js';
import { onDemand } from '../../src/client/chunks/chunk.js';
import type { Chunk } from '../../src/client/chunks/chunk.js';
import type { Chunks } from '../../src/client/chunks/chunks.js';
import { createClientOf } from '../../src/client/create-client.js';
import { standaloneServices } from '../../src/client/standalone.js';
import { json } from '../services/support/loopback-server.js';
import {
  callbackOf,
  eventually,
  failureOf,
  reached,
  redirectUri,
  startAcme,
  whileTimePasses,
} from './support/acme.js';
import type { Acme } from './support/acme.js';
import { flowRecord, sessionRecord } from './support/stores.js';

let acme: Acme;
beforeEach(async () => {
  acme = await startAcme();
});
afterEach(() => acme.close());

const UNAVAILABLE = { code: 'chunk_unavailable', phase: 'session', retryable: true };

const load = {
  tokens: () => import('../../src/client/chunks/tokens.js'),
  accounts: () => import('../../src/client/chunks/accounts.js'),
  recorder: () => import('../../src/client/chunks/recorder.js'),
  explain: () => import('../../src/client/chunks/explain.js'),
  standalone: () => import('../../src/client/chunks/standalone.js'),
};

/** A file that is not there as long as the network is down. */
class Network {
  up = false;
  fetched = 0;

  of<Code>(file: () => Promise<Code>): Chunk<Code> {
    return onDemand(async () => {
      this.fetched += 1;
      // What browsers say of it names the file.
      if (!this.up)
        throw new TypeError('Failed to fetch dynamically imported module: https://app.example/a.js');
      return file();
    });
  }
}

/** A client in a page whose chunks come over a network of their own. */
function pageOf(network: Network, chunks: Partial<Chunks> = {}, flightRecorder = false) {
  const transport = nodeTransport();
  return createClientOf(
    {
      clock: acme.clock,
      cryptography,
      transport,
      store: acme.store,
      userAgent: null,
      browser: true,
      keepAlive,
      dispose: () => transport.close(),
    },
    { provider: acme.provider, clientId: 'client', redirectUri, scopes: ['read', 'offline'], flightRecorder },
    {
      tokens: network.of(load.tokens),
      accounts: network.of(load.accounts),
      recorder: network.of(load.recorder),
      explain: network.of(load.explain),
      ...chunks,
    },
  );
}

describe('a chunk', () => {
  it('is fetched once for all who wait for it, and is at hand from then on', async () => {
    const network = new Network();
    network.up = true;
    const chunk = network.of(() => Promise.resolve('code'));
    expect(chunk.loaded).toBeNull();
    expect(await Promise.all([chunk.load(), chunk.load()])).toEqual(['code', 'code']);
    expect(chunk.loaded).toBe('code');
    expect(await chunk.load()).toBe('code');
    expect(network.fetched).toBe(1);
  });

  it('that could not be loaded is fetched again by the next who wants it', async () => {
    const network = new Network();
    const chunk = network.of(() => Promise.resolve('code'));
    const failures = await Promise.all([failureOf(chunk.load()), failureOf(chunk.load())]);
    expect(failures).toMatchObject([UNAVAILABLE, UNAVAILABLE]);
    expect(network.fetched).toBe(1);
    network.up = true;
    expect(await chunk.load()).toBe('code');
  });

  it('that could not be loaded is not named: its URL is nobody’s business', async () => {
    const failure = await failureOf(new Network().of(load.tokens).load());
    expect(JSON.stringify([failure, failure['message'], failure['stack']])).not.toContain('app.example');
  });
});

describe('without the chunk of tokens', () => {
  it('no sign-in begins: the human does not leave for the provider in vain', async () => {
    const network = new Network();
    const client = pageOf(network);
    expect(await failureOf(client.begin())).toMatchObject(UNAVAILABLE);
    expect(await acme.store.dump()).toEqual({});
    network.up = true;
    const { state } = await client.begin();
    expect((await client.complete(callbackOf(state))).info()).toMatchObject({ standing: 'fresh' });
    expect(network.fetched).toBe(2);
    await client.close();
  });

  it('a callback claims nothing and sends nothing; the same callback signs in later', async () => {
    const { state } = await acme.clientOf().begin();
    const network = new Network();
    const client = pageOf(network);
    const [, before] = await flowRecord(acme.store);
    expect(await failureOf(client.complete(callbackOf(state)))).toMatchObject(UNAVAILABLE);
    const [, after] = await flowRecord(acme.store);
    expect(after).toEqual(before);
    expect(after['status']).toBe('pending');
    expect(acme.server.requests).toEqual([]);
    network.up = true;
    expect((await client.complete(callbackOf(state))).info()).toMatchObject({ standing: 'fresh' });
    expect(acme.sent('/token')).toHaveLength(1);
    await client.close();
  });

  it('a stored session is restored and used', async () => {
    await acme.signedIn();
    const network = new Network();
    const client = pageOf(network);
    const session = await client.session();
    expect(await session?.accessToken()).toBe('access-token-1');
    expect((await session?.fetch(`${acme.origin}/api`))?.status).toBe(200);
    await client.close();
  });

  it('a session that was restored while it was there is renewed: it is fetched ahead', async () => {
    await acme.signedIn();
    const network = new Network();
    network.up = true;
    const client = pageOf(network);
    const session = (await client.session())!;
    await eventually(() => network.fetched === 1);
    network.up = false;
    await session.renew();
    expect(acme.spent()).toEqual(['refresh-token-1']);
    expect(network.fetched).toBe(1);
    await client.close();
  });

  it('nobody who is signed out, and no session that cannot be renewed, asks for it', async () => {
    const network = new Network();
    const client = pageOf(network);
    expect(await client.session()).toBeNull();
    await acme.clientOf().adopt({ access_token: 'theirs', expires_in: 60 });
    expect(await (await client.session())?.accessToken()).toBe('theirs');
    expect(network.fetched).toBe(0);
    await client.close();
  });

  it('a renewal announces nothing and spends nothing, and is tried again by itself', async () => {
    await acme.signedIn();
    const network = new Network();
    const client = pageOf(network);
    const session = (await client.session())!;
    const [, before] = await sessionRecord(acme.store);
    const asked = new Set<string>();
    acme.store.down = (method) => asked.add(method) === undefined;
    expect(await failureOf(session.renew())).toMatchObject(UNAVAILABLE);
    // Not even for the lock: others may be able to renew.
    expect([...asked]).toEqual(['read']);
    expect((await sessionRecord(acme.store))[1]).toEqual(before);
    expect(acme.spent()).toEqual([]);
    // Whoever has a token that works goes on with it.
    expect(await session.accessToken()).toBe('access-token-1');
    const stale = reached(session, 'stale');
    const release = session.subscribe(() => {});
    expect(await failureOf(session.renew())).toMatchObject(UNAVAILABLE);
    await stale;
    expect(acme.spent()).toEqual([]);
    network.up = true;
    await whileTimePasses(acme.clock, reached(session, 'fresh'));
    expect(acme.spent()).toEqual(['refresh-token-1']);
    release();
    await client.close();
  });

  it('a sign-out ends the session here and in the store, and says that the provider was not told', async () => {
    await acme.signedIn();
    const client = pageOf(new Network());
    const session = (await client.session())!;
    const notRevoked = (token: string) => ({ token, revoked: false, failure: UNAVAILABLE });
    expect(await session.signOut()).toMatchObject({
      cleared: true,
      revocations: [notRevoked('refresh_token'), notRevoked('access_token')],
    });
    expect(session.info()).toBeNull();
    expect((await sessionRecord(acme.store))[1]).toMatchObject({ status: 'signedOut' });
    await client.close();
  });

  /** Loads when it is told to. */
  function late() {
    let arrive = () => {};
    const arrived = new Promise<void>((resolve) => (arrive = resolve));
    const tokens = onDemand(async () => {
      await arrived;
      return load.tokens();
    });
    return { tokens, arrive };
  }

  it('a renewal that was left while it loaded sends nothing', async () => {
    await acme.signedIn();
    const { tokens, arrive } = late();
    const client = pageOf(new Network(), { tokens });
    const session = (await client.session())!;
    const renewing = failureOf(session.renew());
    const signedOut = session.signOut({ revoke: false });
    arrive();
    expect(await signedOut).toMatchObject({ cleared: true });
    expect(await renewing).toMatchObject({ code: 'not_signed_in' });
    expect(acme.spent()).toEqual([]);
    await client.close();
  });

  it('a sign-in that was left while it loaded stores nothing', async () => {
    const { tokens, arrive } = late();
    const client = pageOf(new Network(), { tokens });
    const controller = new AbortController();
    const beginning = failureOf(client.begin({ signal: controller.signal }));
    controller.abort();
    expect(await beginning).toMatchObject({ code: 'cancelled' });
    arrive();
    await client.close();
    expect(await acme.store.dump()).toEqual({});
  });
});

describe('without the chunk of accounts', () => {
  const calls: readonly (readonly [string, (client: ReturnType<typeof pageOf>) => Promise<unknown>])[] = [
    ['accounts()', (client) => client.accounts()],
    ['adopt()', (client) => client.adopt({ access_token: 'theirs', expires_in: 60 })],
    ['account()', async (client) => (await client.session())?.account()],
    ['stepUp()', async (client) => (await client.session())?.stepUp(new Response(null, { status: 403 }))],
  ];
  it.each(calls)('%s fails before it has done anything, and works later', async (_, call) => {
    await acme.signedIn();
    acme.api.push(json({ id: 'alice' }));
    const [, before] = await sessionRecord(acme.store);
    const sent = acme.server.requests.length;
    const network = new Network();
    const client = pageOf(network);
    expect(await failureOf(call(client))).toMatchObject(UNAVAILABLE);
    expect((await sessionRecord(acme.store))[1]).toEqual(before);
    expect(acme.server.requests).toHaveLength(sent);
    network.up = true;
    await call(client);
    await client.close();
  });
});

describe('without the chunk of what stands alone', () => {
  const calls: readonly (readonly [
    string,
    (services: ReturnType<typeof standaloneServices>) => Promise<unknown>,
  ])[] = [
    [
      'exchangeCode()',
      (services) =>
        services.exchangeCode({
          provider: acme.provider,
          clientId: 'client',
          redirectUri,
          callbackUrl: callbackOf('s'.repeat(43)),
          codeVerifier: 'v'.repeat(43),
          state: 's'.repeat(43),
        }),
    ],
    [
      'renewTokens()',
      (services) =>
        services.renewTokens({
          provider: acme.provider,
          clientId: 'client',
          refreshToken: 'refresh-token-0',
        }),
    ],
  ];
  it('discover() asks nobody, and asks later', async () => {
    const network = new Network();
    const { clock, origin } = acme;
    const transport = nodeTransport();
    const ports = { clock, cryptography, transport, browser: true };
    const { discover } = standaloneServices(ports, network.of(load.standalone));
    const discovering = () => failureOf(discover(origin, { dangerouslyAllowLoopbackHttp: true }));
    expect(await discovering()).toMatchObject(UNAVAILABLE);
    expect(acme.server.requests).toEqual([]);
    network.up = true;
    expect(await discovering()).toMatchObject({ code: 'discovery_failed' });
    expect(acme.server.requests).toHaveLength(1);
    await transport.close();
  });

  it.each(calls)('%s sends nothing, and works later', async (_, call) => {
    const network = new Network();
    const { clock } = acme;
    const transport = nodeTransport();
    const ports = { clock, cryptography, transport, browser: true };
    const services = standaloneServices(ports, network.of(load.standalone));
    expect(await failureOf(call(services))).toMatchObject(UNAVAILABLE);
    expect(acme.server.requests).toEqual([]);
    network.up = true;
    await call(services);
    expect(acme.sent('/token')).toHaveLength(1);
    await transport.close();
  });
});

describe('without the chunk of the flight recorder', () => {
  it('all goes on, and what could not be written is missing, not waited for', async () => {
    const network = new Network();
    const at = new Network();
    at.up = true;
    const chunks = { tokens: at.of(load.tokens), accounts: at.of(load.accounts) };
    const client = pageOf(network, chunks, true);
    const { state } = await client.begin();
    const session = await client.complete(callbackOf(state));
    await eventually(() => network.fetched > 0);
    expect(Object.keys(await acme.store.dump()).filter((key) => key.startsWith('log/'))).toEqual([]);
    expect(await failureOf(session.explain())).toMatchObject(UNAVAILABLE);
    network.up = true;
    await session.renew();
    const { events } = await session.explain();
    expect(events).toMatchObject([{ what: 'renewed', by: expect.stringMatching(/^tab [0-9a-v]{4}$/) }]);
    await client.close();
  });
});
