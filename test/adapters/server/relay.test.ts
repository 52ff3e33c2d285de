import {
  createTestClient,
  confidentialApp,
  consent,
  defaultUser,
  publicApp,
  startEmulator,
  xAt,
} from 'authchart/testing';
import type { EmulatorApp, Emulator } from 'authchart/testing';
import { nodeListener } from 'authchart/node';
import express from 'express';
import fastify from 'fastify';
import { connect } from 'node:net';
import { inspect } from 'node:util';
import { describe, expect, it, onTestFinished } from 'vitest';
import { relay } from 'authchart/server';
import { relayTransport } from '../../../src/adapters/browser/relay-transport.js';
import { serveHttp } from '../loopback-servers.js';
import { PATH, standOnPage, startRelayBench } from './support/relay-bench.js';

const scopes = ['users.read', 'tweet.read', 'offline.access'];

async function emulate(): Promise<Emulator> {
  const emulator = await startEmulator();
  onTestFinished(() => emulator.close());
  return emulator;
}

/** A client as a page has it: it knows no secret. */
async function pageOf(app: EmulatorApp, mount?: Parameters<typeof startRelayBench>[1]) {
  const emulator = await emulate();
  const provider = xAt(emulator.endpoints);
  const { client_id: clientId, client_secret: clientSecret } = app;
  const bench = await startRelayBench({ provider, clientId, clientSecret }, mount);
  const redirectUri = `${bench.origin}/callback`;
  emulator.registerRedirectUri(clientId, redirectUri);
  const client = createTestClient({
    provider,
    clientId,
    redirectUri,
    scopes,
    runtime: { transport: bench.transport, browser: true },
  });
  onTestFinished(() => client.close());
  async function signIn() {
    const { url } = await client.begin();
    const { callbackUrl } = await consent(url);
    return client.complete(callbackUrl ?? '');
  }
  return { emulator, bench, client, signIn };
}

const me = (emulator: Emulator) => emulator.endpoints.usersMe;

describe.each([
  ['a public app', publicApp],
  ['a confidential app, whose secret the relay alone has', confidentialApp],
])('a page of %s', (_, app) => {
  it('signs in, calls the API, renews and signs out', async () => {
    const { emulator, signIn } = await pageOf(app);
    const session = await signIn();
    const response = await session.fetch(me(emulator));
    expect([response.status, response.headers.get('x-rate-limit-limit')]).toEqual([200, '75']);
    expect(await response.json()).toMatchObject({ data: { id: defaultUser.id } });
    const before = await session.accessToken();
    await session.renew();
    expect(await session.accessToken()).not.toBe(before);
    expect((await session.signOut()).revocations).toEqual([
      expect.objectContaining({ token: 'refresh_token', revoked: true }),
      expect.objectContaining({ token: 'access_token', revoked: true }),
    ]);
    expect(emulator.counters).toMatchObject({ tokenHits: 2, revokeHits: 2 });
  });

  it('leaves no header of the page in what the provider is sent, and no secret in what the page is', async () => {
    const { emulator, bench, signIn } = await pageOf(app);
    const session = await signIn();
    await session.fetch(me(emulator), { headers: { 'x-canary': 'CANARY', cookie: 'CANARY=1' } });
    const sent = emulator.requests.filter(({ path }) => path.startsWith('/2/'));
    expect(sent).toHaveLength(2);
    for (const { headers } of sent) {
      expect(inspect(headers)).not.toContain('CANARY');
      expect(Object.keys(headers).filter((name) => /cookie|origin|referer|^authchart/.test(name))).toEqual(
        [],
      );
    }
    expect(sent[0]?.headers.authorization?.split(' ')[0]).toBe(app.client_secret ? 'Basic' : undefined);
    expect(sent[1]?.headers.authorization).toMatch(/^Bearer /);
    if (app.client_secret) {
      const credentials = btoa(`${app.client_id}:${app.client_secret}`);
      for (const text of [app.client_secret, credentials]) expect(bench.seen.join()).not.toContain(text);
    }
  });
});

it('renews on 401 and asks again', async () => {
  const { emulator, signIn } = await pageOf(publicApp);
  const session = await signIn();
  emulator.clock.advance(7_200_000);
  expect((await session.fetch(me(emulator))).status).toBe(200);
});

describe('mounted in', () => {
  const applications: Record<
    string,
    (relay: ReturnType<typeof nodeListener>) => ReturnType<typeof nodeListener>
  > = {
    Express: (listener) => {
      const app = express();
      app.post(PATH, listener);
      app.use(express.urlencoded());
      app.use((_request, response) => void response.status(404).send('Not found'));
      return app as unknown as ReturnType<typeof nodeListener>;
    },
    Fastify: (listener) => {
      const app = fastify();
      app.addHook('onRequest', (request, reply, done) => {
        if (request.url !== PATH) return done();
        reply.hijack();
        listener(request.raw, reply.raw);
      });
      return (request, response) => void app.ready().then(() => app.routing(request, response));
    },
  };
  it.each(Object.entries(applications))('%s it serves the same', async (_, mount) => {
    const { emulator, signIn } = await pageOf(publicApp, (serve) => mount(nodeListener(serve)));
    const session = await signIn();
    expect((await session.fetch(me(emulator))).status).toBe(200);
    expect((await session.fetch(`${emulator.origin}/2/none`)).status).toBe(404);
  });

  it('Express behind a parser of forms, it says so', async () => {
    const emulator = await emulate();
    const app = express();
    const port = await serveHttp(app);
    const origin = `http://127.0.0.1:${port}`;
    app.use(express.urlencoded());
    app.post(
      PATH,
      nodeListener(relay({ provider: xAt(emulator.endpoints), clientId: publicApp.client_id, origin })),
    );
    const response = await fetch(origin + PATH, {
      method: 'POST',
      headers: { origin, 'authchart-relay': `POST ${emulator.endpoints.token}` },
      body: new URLSearchParams({
        grant_type: 'refresh_token',
        client_id: publicApp.client_id,
        refresh_token: 'x',
      }),
    });
    expect([response.status, await response.text()]).toEqual([
      400,
      'There is no body. Serve the relay before what parses bodies.\n',
    ]);
    expect(emulator.counters.tokenHits).toBe(0);
  });
});

describe('on Node', () => {
  it('a body that is too large is refused, and its connection serves the next request', async () => {
    const { emulator, bench } = await pageOf(publicApp);
    const size = 9 * 1024 * 1024;
    const page = `host: x\r\norigin: ${bench.origin}\r\nauthorization: Bearer x\r\n`;
    const target = `authchart-relay: POST ${emulator.origin}/2/media\r\n`;
    const socket = connect(Number(new URL(bench.origin).port), '127.0.0.1');
    onTestFinished(() => void socket.destroy());
    let answers = '';
    socket.on('data', (piece: Buffer) => (answers += piece.toString()));
    socket.write(`POST ${PATH} HTTP/1.1\r\n${page}${target}transfer-encoding: chunked\r\n\r\n`);
    socket.write(`${size.toString(16)}\r\n`);
    socket.write(Buffer.alloc(size));
    socket.write('\r\n0\r\n\r\n');
    socket.write(`POST ${PATH} HTTP/1.1\r\n${page}content-length: 0\r\n\r\n`);
    await expect.poll(() => answers.match(/HTTP\/1.1 \d+/g)).toEqual(['HTTP/1.1 413', 'HTTP/1.1 400']);
    expect(emulator.requests).toEqual([]);
  });

  it('leaves a body that the handler does not want to what comes next', async () => {
    const app = express();
    app.use(nodeListener(async () => new Response(null, { status: 404 })));
    app.use(express.urlencoded());
    app.use((request, response) => void response.json(request.body));
    const port = await serveHttp(app);
    const response = await fetch(`http://127.0.0.1:${port}/`, {
      method: 'POST',
      body: new URLSearchParams({ text: 'x'.repeat(50_000) }),
    });
    expect(await response.json()).toEqual({ text: 'x'.repeat(50_000) });
  });
});

describe('where no relay answers', () => {
  const cases: readonly [string, number, string][] = [
    ['no such path', 404, 'provider_unreachable'],
    ['a path that takes no POST', 405, 'provider_unreachable'],
    ['a page in its place', 200, 'outcome_unknown'],
    ['a proxy in front that gave up', 502, 'outcome_unknown'],
    ['a firewall in front', 403, 'outcome_unknown'],
  ];
  it.each(cases)('%s (%i) is %s', async (_, status, code) => {
    const emulator = await emulate();
    const port = await serveHttp((_request, response) => void response.writeHead(status).end('<h1>Hi</h1>'));
    standOnPage(`http://127.0.0.1:${port}`);
    const client = createTestClient({
      provider: xAt(emulator.endpoints),
      clientId: publicApp.client_id,
      redirectUri: 'http://127.0.0.1:8976/callback',
      scopes,
      runtime: { transport: relayTransport(PATH), browser: true },
    });
    onTestFinished(() => client.close());
    const { url } = await client.begin();
    const { callbackUrl } = await consent(url);
    await expect(client.complete(callbackUrl ?? '')).rejects.toMatchObject({ code });
  });
});
