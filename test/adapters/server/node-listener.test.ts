import type { AuthHandler } from 'authchart/server';
import { nodeListener, webRequest } from 'authchart/node';
import express from 'express';
import fastify from 'fastify';
import { once } from 'node:events';
import type { RequestListener } from 'node:http';
import { connect } from 'node:net';
import type { AddressInfo } from 'node:net';
import { describe, expect, it, onTestFinished } from 'vitest';
import { WebBrowser } from '../../support/web-browser.js';
import { serveHttp } from '../loopback-servers.js';
import { startServerBench } from './support/bench.js';

interface Place {
  readonly origin: string;
  /** Known when the port is. */
  readonly auth: Promise<AuthHandler>;
  open(port: number): Promise<void>;
}

function place(): Place & { origin: string } {
  let settle: (auth: AuthHandler) => void;
  const own = {
    origin: '',
    auth: new Promise<AuthHandler>((resolve) => (settle = resolve)),
    async open(port: number) {
      own.origin = `http://127.0.0.1:${port}`;
      const bench = await startServerBench(`${own.origin}/auth/callback`);
      onTestFinished(() => bench.close());
      settle(bench.handlerOf());
    },
  };
  return own;
}

const greet = async (auth: Promise<AuthHandler>, request: Request): Promise<string> => {
  const session = await (await auth).session(request);
  return session ? `signed in for ${session.info()?.scopes.toSorted().join(' ')}` : 'signed out';
};
const more = { scopes: ['users.read', 'tweet.read', 'like.read'], returnTo: '/?more' };

/** The same small application in each framework. */
const applications: Readonly<Record<string, () => Promise<Place>>> = {
  async 'http.createServer'() {
    const own = place();
    const auth = nodeListener(async (request) => (await own.auth)(request));
    const connectMore = nodeListener(async (request) => (await own.auth).login(request, more));
    const home = nodeListener(async (request) => new Response(await greet(own.auth, request)));
    const listener: RequestListener = (request, response) => {
      if (request.url === '/connect') return connectMore(request, response);
      return request.url?.startsWith('/auth/') ? auth(request, response) : home(request, response);
    };
    await own.open(await serveHttp(listener));
    return own;
  },

  async Express() {
    const own = place();
    const app = express();
    app.use(nodeListener(async (request) => (await own.auth)(request)));
    app.get(
      '/connect',
      nodeListener(async (request) => (await own.auth).login(request, more)),
    );
    app.get('/', (request, response) =>
      greet(own.auth, webRequest(request)).then((text) => response.send(text)),
    );
    await own.open(await serveHttp(app));
    return own;
  },

  async 'Express, mounted, behind parsers and other cookies'() {
    const own = place();
    const app = express();
    app.use(express.urlencoded({ extended: false }), express.json(), (_, response, next) => {
      response.cookie('other', '1');
      next();
    });
    app.use(
      '/auth',
      nodeListener(async (request) => (await own.auth)(request)),
    );
    app.get(
      '/connect',
      nodeListener(async (request) => (await own.auth).login(request, more)),
    );
    app.get('/', (request, response) =>
      greet(own.auth, webRequest(request)).then((text) => response.send(text)),
    );
    await own.open(await serveHttp(app));
    return own;
  },

  async Fastify() {
    const own = place();
    const app = fastify();
    const listener = nodeListener(async (request) => (await own.auth)(request));
    // Before the body is looked at: Fastify has no parser for the forms of browsers.
    app.addHook('onRequest', (request, reply, done) => {
      if (!request.url.startsWith('/auth/')) return done();
      reply.hijack();
      listener(request.raw, reply.raw);
    });
    const connectMore = nodeListener(async (request) => (await own.auth).login(request, more));
    app.get('/connect', (request, reply) => {
      reply.hijack();
      connectMore(request.raw, reply.raw);
    });
    app.get('/', (request) => greet(own.auth, webRequest(request.raw)));
    await app.listen({ host: '127.0.0.1', port: 0 });
    onTestFinished(() => app.close());
    await own.open((app.server.address() as AddressInfo).port);
    return own;
  },
};

describe.each(Object.entries(applications))('with %s', (_, start) => {
  it('a person signs in, gets more scopes, and signs out', async () => {
    const { origin } = await start();
    const browser = new WebBrowser();
    expect((await browser.visit(`${origin}/`)).text).toBe('signed out');
    const home = await browser.visit(`${origin}/auth/login?returnTo=${encodeURIComponent('/?back')}`);
    expect([home.url.search, home.text]).toEqual([
      '?back',
      'signed in for offline.access tweet.read users.read',
    ]);
    const stepped = await browser.visit(`${origin}/connect`);
    expect([stepped.url.search, stepped.text]).toEqual([
      '?more',
      'signed in for like.read tweet.read users.read',
    ]);
    expect([...browser.jar.keys()].filter((cookie) => cookie !== 'other')).toEqual([
      'authchart-session.auth',
    ]);
    const facts = await browser.open(`${origin}/auth/session`);
    expect(JSON.parse(facts.text)).toMatchObject({ signedIn: true });
    const out = await browser.submit(`${origin}/auth/logout`);
    expect([out.status, out.headers.location]).toEqual([303, `${origin}/`]);
    expect((await browser.visit(`${origin}/`)).text).toBe('signed out');
  });

  it('a refused sign-in is a page, and a strange request what the framework makes of it', async () => {
    const { origin } = await start();
    const browser = new WebBrowser();
    const denied = await browser.visit(`${origin}/auth/login`, { allow: false });
    expect([denied.status, denied.headers['content-type']]).toEqual([403, 'text/html; charset=utf-8']);
    expect(denied.headers['cache-control']).toBe('no-store');
    expect(denied.text).toContain('<code>access_denied</code>');
    expect((await browser.submit(`${origin}/auth/logout`, { origin: 'https://evil.example' })).status).toBe(
      403,
    );
    expect((await browser.submit(`${origin}/auth/login`)).headers.allow).toBe('GET');
    const unknown = await browser.open(`${origin}/auth/unknown`);
    expect(unknown.status).toBe(404);
  });
});

describe('a listener', () => {
  const serveOf = async (handle: (request: Request) => Promise<Response>) =>
    `http://127.0.0.1:${await serveHttp(nodeListener(handle))}`;

  /** What the handler is asked for when these bytes arrive. */
  async function asked(target: string, ...headers: string[]): Promise<Request | undefined> {
    const seen: Request[] = [];
    const port = await serveHttp(
      nodeListener(async (request) => {
        seen.push(request);
        return new Response('ok', { status: 404 });
      }),
    );
    const socket = connect(port, '127.0.0.1');
    socket.end(
      [`${target} HTTP/1.1`, 'Host: app.example', ...headers, 'Connection: close', '', ''].join('\r\n'),
    );
    socket.resume();
    await once(socket, 'close');
    return seen[0];
  }

  it.each([
    ['GET /auth/login?a=%2F&b=+#c', 'http://localhost/auth/login?a=%2F&b=+#c'],
    ['GET //evil.example/auth/login', 'http://localhost//evil.example/auth/login'],
    ['GET /\\evil.example/auth/login', 'http://localhost//evil.example/auth/login'],
    ['GET http://evil.example/auth/login', 'http://localhost/'],
    ['GET http:///auth/login', 'http://localhost/'],
    ['OPTIONS *', 'http://localhost/'],
    ['GET /x/../auth/login', 'http://localhost/auth/login'],
  ])('takes %s for what it is, whatever Host says (M8)', async (target, url) => {
    expect((await asked(target))?.url).toBe(url);
  });

  it('hands on every header, those that come twice too', async () => {
    const request = await asked(
      'GET /',
      'Cookie: a=1',
      'Cookie: b=2',
      'Origin: https://one.example',
      'Origin: https://two.example',
    );
    expect(request?.headers.get('cookie')).toBe('a=1; b=2');
    expect(request?.headers.get('origin')).toBe('https://one.example, https://two.example');
    expect(request?.headers.get('host')).toBe('app.example');
  });

  it('hands back every header and cookie, beside those that were set before', async () => {
    const listener = nodeListener(async () => {
      const answer = new Response('{}', { status: 201, headers: { 'content-type': 'application/json' } });
      for (const cookie of ['a=1; Path=/', 'b=2; Path=/']) answer.headers.append('set-cookie', cookie);
      return answer;
    });
    const port = await serveHttp((request, response) => {
      response.setHeader('set-cookie', 'other=1').setHeader('x-other', '1');
      listener(request, response);
    });
    const { status, headers, text } = await new WebBrowser().open(`http://127.0.0.1:${port}`);
    expect([status, text, headers['content-type'], headers['x-other']]).toEqual([
      201,
      '{}',
      'application/json',
      '1',
    ]);
    expect(headers['set-cookie']).toEqual(['other=1', 'a=1; Path=/', 'b=2; Path=/']);
  });

  it('makes nothing of TRACE', async () => {
    const origin = await serveOf(async () => new Response('never'));
    expect((await new WebBrowser().open(origin, { method: 'TRACE' })).status).toBe(404);
  });

  it('survives a handler that fails, and says no word of why', async () => {
    const origin = await serveOf(async () => {
      throw new Error('canary');
    });
    for (let round = 0; round < 2; round++) {
      const page = await new WebBrowser().open(origin);
      expect([page.status, page.text]).toEqual([500, 'Internal server error\n']);
    }
  });

  it('gives the fault of a handler to the error handler of the framework', async () => {
    const fault = new Error('canary');
    const app = express();
    app.use(nodeListener(() => Promise.reject(fault)));
    const errors: unknown[] = [];
    app.use(((error, _request, response, _next) => {
      errors.push(error);
      response.status(418).end();
    }) satisfies express.ErrorRequestHandler);
    const origin = `http://127.0.0.1:${await serveHttp(app)}`;
    expect((await new WebBrowser().open(origin)).status).toBe(418);
    expect(errors).toEqual([fault]);
  });

  it('keeps quiet if somebody else has answered meanwhile', async () => {
    let answer: (response: Response) => void;
    const handled = new Promise<Response>((resolve) => (answer = resolve));
    const listener = nodeListener(() => handled);
    const wentOn: unknown[] = [];
    const responses: Parameters<RequestListener>[1][] = [];
    const port = await serveHttp((request, response) => {
      responses.push(response);
      listener(request, response, (error) => void wentOn.push(error));
      response.writeHead(503).end('too slow');
    });
    expect((await new WebBrowser().open(`http://127.0.0.1:${port}`)).text).toBe('too slow');
    answer!(new Response('late', { headers: { 'set-cookie': 'late=1' } }));
    await handled;
    await new Promise(setImmediate);
    expect(responses[0]!.getHeader('set-cookie')).toBeUndefined();
    expect(wentOn).toEqual([]);
  });

  it('outlives a browser that has gone', async () => {
    let arrive = () => {};
    const arrived = new Promise<void>((resolve) => (arrive = resolve));
    let goOn = () => {};
    const gone = new Promise<void>((resolve) => (goOn = resolve));
    const port = await serveHttp(
      nodeListener(async () => {
        arrive();
        await gone;
        return new Response('hello');
      }),
    );
    const socket = connect(port, '127.0.0.1');
    socket.write('GET / HTTP/1.1\r\nHost: app.example\r\n\r\n');
    await arrived;
    socket.resetAndDestroy();
    await once(socket, 'close');
    goOn();
    expect((await new WebBrowser().open(`http://127.0.0.1:${port}`)).text).toBe('hello');
  });
});
