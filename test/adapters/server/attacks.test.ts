import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { connect } from 'node:net';
import { gzipSync } from 'node:zlib';
import { nodeListener, nodeTransport } from 'authchart/node';
import { createAuthHandler } from 'authchart/server';
import { confidentialApp, createTestClient, startEmulator, xAt } from 'authchart/testing';
import { describe, expect, it, onTestFinished } from 'vitest';
import { nodeClock } from '../../../src/adapters/node/node-clock.js';
import { benchStore } from '../../client/support/stores.js';
import { decide, ORIGIN, sessionOf, signIn, startServerBench } from './support/bench.js';
import { Browser } from './support/browser.js';

const SESSION = '__Host-authchart-session.auth';
const withCookie = (cookie: string) => new Request(`${ORIGIN}/`, { headers: { cookie } });
const soon = () => new Promise((resolve) => setTimeout(resolve, 1_500));

async function bench() {
  const own = await startServerBench();
  onTestFinished(() => own.close());
  return own;
}

/** Two handlers over one store; renewals of the second are answered once `open` is called. */
async function gated() {
  const store = benchStore(nodeClock);
  const emulator = await startEmulator();
  emulator.registerRedirectUri(confidentialApp.client_id, `${ORIGIN}/auth/callback`);
  const own = nodeTransport();
  let arrived = () => {};
  let open = () => {};
  const sent = new Promise<void>((resolve) => (arrived = resolve));
  const gate = new Promise<void>((resolve) => (open = resolve));
  const slow: typeof own = {
    ...own,
    async fetch(url, init) {
      const response = await own.fetch(url, init);
      if (String(init.body).includes('grant_type=refresh_token')) {
        arrived();
        await gate;
      }
      return response;
    },
  };
  const clientWith = (transport: typeof own) =>
    createTestClient({
      provider: xAt(emulator.endpoints),
      clientId: confidentialApp.client_id,
      clientSecret: confidentialApp.client_secret!,
      redirectUri: `${ORIGIN}/auth/callback`,
      scopes: ['users.read', 'tweet.read', 'offline.access'],
      runtime: { store, transport },
    });
  const [one, other] = [clientWith(own), clientWith(slow)];
  onTestFinished(async () => {
    open();
    await Promise.all([one.close(), other.close()]);
    await own.close();
    await emulator.close();
  });
  return { emulator, store, sent, open, one: createAuthHandler(one), other: createAuthHandler(other) };
}

describe('a cookie that a sibling domain can set', () => {
  it('is no cookie of ours, whatever space stands before its name (N11, N13)', async () => {
    const auth = (await bench()).handlerOf();
    const attacker = new Browser(ORIGIN);
    await signIn(attacker, auth);
    for (const space of ['\u00a0', '\u000b', '\u000c']) {
      const planted = { headers: { get: () => `${space}${SESSION}=${attacker.jar.get(SESSION)}` } };
      expect(await auth.session(planted as unknown as Request)).toBeNull();
    }
    expect(await auth.session(withCookie(`a=b; ${SESSION}=${attacker.jar.get(SESSION)}`))).not.toBeNull();
  });
});

describe('nobody', () => {
  it('is whom sessionName() gives undefined for, and not the session "default" (C3)', async () => {
    const users = new Map<string, string>();
    const sessionName = (request: Request) => users.get(request.headers.get('x-user') ?? '') as string;
    const auth = (await bench()).handlerOf({ sessionName });
    const browser = new Browser(ORIGIN);
    expect((await browser.go(auth, '/auth/login')).status).toBe(401);
    expect(await sessionOf(browser, auth)).toBeNull();
  });

  it('is expected where the account is not known yet: the option is refused (C24)', async () => {
    const auth = (await bench()).handlerOf();
    const browser = new Browser(ORIGIN);
    await signIn(browser, auth);
    const { account } = (await sessionOf(browser, auth))!.info()!;
    const login = await browser.go(
      (request) => auth.login(request, { expectedAccount: account?.id as string }),
      '/likes',
    );
    expect(login.status).toBe(500);
  });
});

describe('a sign-out', () => {
  it('that the store missed is told later, whatever the next try says (I6)', async () => {
    const world = await bench();
    const auth = world.handlerOf();
    const browser = new Browser(ORIGIN);
    await signIn(browser, auth);
    const id = browser.jar.get(SESSION);
    world.store.down = () => true;
    expect((await browser.post(auth, '/auth/logout', { accept: '*/*' })).status).toBe(503);
    world.store.down = () => false;
    await browser.post(auth, '/auth/logout', { accept: '*/*' });
    await soon();
    expect(await auth.session(withCookie(`${SESSION}=${id}`))).toBeNull();
  });

  it('does not wait for the token endpoint (I6)', async () => {
    const { sent, other, store } = await gated();
    const browser = new Browser(ORIGIN);
    await signIn(browser, other);
    void (await sessionOf(browser, other))!.renew().catch(() => undefined);
    await sent;
    expect((await browser.post(other, '/auth/logout')).status).toBe(303);
    expect(await store.text()).not.toContain('"live"');
  });
});

describe('a sign-in beside a renewal of the session it takes the place of', () => {
  it('does not wait for it, and what that brings is not revoked (H16)', async () => {
    const { emulator, sent, open, one, other } = await gated();
    const browser = new Browser(ORIGIN);
    await signIn(browser, one);
    const callback = await decide(await browser.go(one, '/auth/login'));
    const renewing = (await sessionOf(browser, other))!.renew().catch(() => undefined);
    await sent;
    expect((await browser.go(other, callback)).status).toBe(303);
    open();
    await renewing;
    await soon();
    expect(emulator.counters.revokeHits).toBe(0);
  });
});

describe('a session of a browser', () => {
  it.each([
    ['of the option', { sessionMaxAge: 60 }, 60],
    ['of thirty days', {}, 30 * 86_400],
  ])('ends in the store too, by the limit %s, also if it is renewed (N11)', async (_, options, seconds) => {
    const world = await bench();
    const auth = world.handlerOf(options);
    const browser = new Browser(ORIGIN);
    const before = Date.now();
    await signIn(browser, auth);
    await (await sessionOf(browser, auth))!.renew();
    const records = Object.entries(await world.store.dump()).filter(([key]) => key.startsWith('session/'));
    const ends = records.map(([, { endsAt }]) => Math.round((Number(endsAt) - before) / 1_000));
    expect(ends).toEqual([expect.toSatisfy((end: number) => end >= seconds && end < seconds + 60)]);
  });
});

describe('what nodeListener passes on', () => {
  it('is as long as it says, also of an answer that came packed', async () => {
    const upstream = createServer((_, response) => {
      const body = gzipSync(JSON.stringify({ data: 'A'.repeat(3000) }));
      response.writeHead(200, { 'content-encoding': 'gzip', 'content-length': body.length }).end(body);
    }).listen(0, '127.0.0.1');
    await once(upstream, 'listening');
    const { port } = upstream.address() as AddressInfo;
    const app = createServer(nodeListener(() => fetch(`http://127.0.0.1:${port}/`))).listen(0, '127.0.0.1');
    await once(app, 'listening');
    onTestFinished(() => void (upstream.close(), app.close()));
    const socket = connect((app.address() as AddressInfo).port, '127.0.0.1');
    socket.write('GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n');
    let raw = '';
    for await (const piece of socket) raw += String(piece);
    const [head = '', body = ''] = raw.split('\r\n\r\n');
    expect(body).toHaveLength(Number(/content-length: (\d+)/i.exec(head)?.[1]));
    expect(JSON.parse(body)).toHaveProperty('data');
  });
});

describe('the cookies of a visitor', () => {
  it('fit into a header line of 8 KiB, whatever five links asked for (N22)', async () => {
    const auth = (await bench()).handlerOf();
    const browser = new Browser(ORIGIN);
    await signIn(browser, auth);
    const longest = encodeURIComponent(`/${'?'.repeat(511)}`);
    for (let tab = 0; tab < 5; tab++) await browser.go(auth, `/auth/login?returnTo=${longest}`);
    expect(`Cookie: ${browser.cookieHeader()}`.length).toBeLessThan(6_000);
  });
});
