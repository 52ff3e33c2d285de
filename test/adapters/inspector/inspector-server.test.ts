import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { virtualClock } from 'authchart/testing';
import { createBacklog } from '../../../src/adapters/inspector/backlog.js';
import { startInspectorServer } from '../../../src/adapters/inspector/server.js';
import type { InspectorServer, InspectorServerOptions } from '../../../src/adapters/inspector/server.js';
import { standingClock } from '../../../src/adapters/inspector/standing-clock.js';
import { createSteps } from '../../../src/adapters/inspector/steps.js';
import type { FeedItem } from '../../../src/adapters/inspector/page/feed.js';
import { ask, openFeed } from './http.js';
import type { Feed } from './http.js';

let root: string;
let folder: string;
beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'authchart-inspector-'));
  folder = join(root, 'dist');
  await mkdir(join(folder, 'adapters/inspector'), { recursive: true });
  await mkdir(join(root, 'other'));
  for (const path of [
    'node.js',
    'adapters/inspector/charts.generated.js',
    'node.d.ts',
    '.hidden.js',
    'signOut.js',
  ])
    await writeFile(join(folder, path), `/* ${path} */`);
  for (const path of ['outside.js', 'other/outside.js']) await writeFile(join(root, path), 'SECRET');
  await symlink(join(root, 'outside.js'), join(folder, 'link.js'));
  await symlink(join(root, 'other'), join(folder, 'other'));
});
afterAll(() => rm(root, { recursive: true }));

async function start(options: Partial<InspectorServerOptions> = {}): Promise<InspectorServer> {
  const server = await startInspectorServer({ backlog: createBacklog(), steps: null, folder, ...options });
  let closed = false;
  onTestFinished(async () => void (closed || (await server.close())));
  return { ...server, close: () => ((closed = true), server.close()) };
}

const item = (gate: number): FeedItem => ({ type: 'gate.opened', gate });

const numbersOf = (feed: Feed) =>
  feed
    .events()
    .flatMap(({ data }) => (typeof data === 'object' && data && 'gate' in data ? [data.gate] : []));

describe('the page', () => {
  it('is a document, a stylesheet and modules of this package, each by its own type', async () => {
    const { url } = await start();
    const types = await Promise.all(
      ['', 'style.css', 'modules/signOut.js', 'modules/adapters/inspector/charts.generated.js'].map(
        async (path) => {
          const { status, headers } = await ask(url, path);
          return [status, headers['content-type']];
        },
      ),
    );
    expect(types).toEqual([
      [200, 'text/html; charset=utf-8'],
      [200, 'text/css; charset=utf-8'],
      [200, 'text/javascript; charset=utf-8'],
      [200, 'text/javascript; charset=utf-8'],
    ]);
    expect((await ask(url, 'modules/node.js')).body).toBe('/* node.js */');
    expect((await ask(url, '')).body).toMatch(/^<!doctype html>/i);
  });

  it('finds what was built of this package by itself', async () => {
    const { url } = await start({ folder: undefined as never });
    const { status, body } = await ask(url, 'modules/adapters/inspector/page/main.js');
    expect([status, body.length > 0]).toEqual([200, true]);
  });

  it.each(['', 'feed', 'modules/node.js', 'modules/nothing.js', 'nothing', '/wrong/'])(
    'guards its answer at %j',
    async (path) => {
      const { url } = await start();
      const { headers } = await ask(url, path, { method: 'HEAD' });
      expect(headers).toMatchObject({
        'content-security-policy': expect.stringMatching(/^default-src 'none'; script-src 'self'; /),
        'x-content-type-options': 'nosniff',
        'cache-control': 'no-store',
        'referrer-policy': 'no-referrer',
        'cross-origin-opener-policy': 'same-origin',
        'cross-origin-resource-policy': 'same-origin',
      });
      expect(headers['content-security-policy']).toMatch(/frame-ancestors 'none'.*require-trusted-types-for/);
      expect(headers['content-security-policy']).not.toMatch(/unsafe|\*|https?:/);
      expect(Object.keys(headers).filter((name) => name.startsWith('access-control'))).toEqual([]);
    },
  );
});

describe('a stranger', () => {
  it.each([
    ['evil.example', 421],
    ['evil.example:PORT', 421],
    ['127.0.0.1', 421],
    ['127.0.0.1:1', 421],
    ['localhost', 421],
    ['localhost.:PORT', 421],
    ['localhost.evil.example:PORT', 421],
    ['[::1]:PORT', 421],
    ['127.0.0.1:PORT', 200],
    ['localhost:PORT', 200],
  ])('who calls the server %s gets %i', async (host, status) => {
    const { url } = await start();
    const { port } = new URL(url);
    for (const path of ['', 'feed', 'modules/node.js']) {
      const method = path === 'feed' && status === 200 ? 'HEAD' : 'GET';
      const answered = await ask(url, path, { method, headers: { host: host.replace('PORT', port) } });
      expect([path, answered.status]).toEqual([path, status]);
      if (status !== 200) expect(answered.body).toBe('Misdirected Request\n');
    }
  });

  it('who gives two names gets nothing', async () => {
    const { url } = await start();
    const { host, hostname, port, pathname } = new URL(url);
    const socket = connect(Number(port), hostname);
    socket.write(
      `GET ${pathname} HTTP/1.1\r\nHost: ${host}\r\nHost: evil.example\r\nConnection: close\r\n\r\n`,
    );
    let text = '';
    for await (const piece of socket.setEncoding('utf8')) text += piece;
    expect(text).toMatch(/^HTTP\/1\.1 4\d\d /);
    expect(text).not.toContain('<!doctype');
  });

  it('who does not know the secret finds nothing, whatever it asks for', async () => {
    const { url } = await start();
    const secret = url.split('/')[3]!;
    expect(secret).toMatch(/^[A-Za-z0-9_-]{22}$/);
    const other = secret.startsWith('A') ? `B${secret.slice(1)}` : `A${secret.slice(1)}`;
    for (const path of [
      '/',
      '//',
      `/${other}/`,
      `/${secret.slice(0, -1)}/`,
      `/${secret}`,
      `/${secret}x/`,
      '/*',
    ])
      for (const method of ['GET', 'POST', 'OPTIONS']) {
        const { status, body, headers } = await ask(url, path, { method });
        expect([path, status, body, headers.allow]).toEqual([path, 404, 'Not Found\n', undefined]);
        // Nor does it keep a connection that somebody else may need.
        expect(headers.connection).toBe('close');
      }
  });

  it('has no secret of another server', async () => {
    const [one, other] = [await start(), await start()];
    expect(one.url.split('/')[3]).not.toBe(other.url.split('/')[3]);
  });

  it.each<[string, Record<string, string>, number]>([
    ['a page of another site', { 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'no-cors' }, 403],
    ['a page at another port', { 'sec-fetch-site': 'same-site', 'sec-fetch-mode': 'cors' }, 403],
    ['a page that tells its origin', { origin: 'http://evil.example' }, 403],
    ['a page at another port that tells its origin', { origin: 'http://127.0.0.1:1' }, 403],
    ['a page without an origin', { origin: 'null' }, 403],
    [
      'a frame',
      { 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'navigate', 'sec-fetch-dest': 'iframe' },
      403,
    ],
    [
      'a form',
      {
        'sec-fetch-site': 'cross-site',
        'sec-fetch-mode': 'navigate',
        'sec-fetch-dest': 'document',
        origin: 'http://evil.example',
      },
      403,
    ],
    [
      'a link that is followed',
      { 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'navigate', 'sec-fetch-dest': 'document' },
      200,
    ],
    ['an address that was typed', { 'sec-fetch-site': 'none' }, 200],
    ['the page itself', { 'sec-fetch-site': 'same-origin', 'sec-fetch-mode': 'cors' }, 200],
  ])('is told by what browsers say: %s', async (_, headers, status) => {
    const { url } = await start();
    for (const path of ['', 'feed', 'modules/node.js', 'style.css'])
      expect((await ask(url, path, { method: 'HEAD', headers })).status).toBe(status);
  });

  it('is no stranger at the name the page was opened with', async () => {
    const { url } = await start();
    const host = `localhost:${new URL(url).port}`;
    const own = await ask(url, '', { headers: { host, origin: `http://${host}` } });
    const other = await ask(url, '', { headers: { host, origin: new URL(url).origin } });
    expect([own.status, other.status]).toEqual([200, 403]);
  });
});

describe('a path', () => {
  it.each([
    '../outside.js',
    'modules/../outside.js',
    'modules/../../outside.js',
    'modules/adapters/../../outside.js',
    'modules/..%2foutside.js',
    'modules/%2e%2e/outside.js',
    'modules/..\\outside.js',
    'modules/./node.js',
    'modules//node.js',
    'modules/.hidden.js',
    'modules/node.d.ts',
    'modules/node.js?',
    'modules/node.js%00.js',
    'modules/node.js/',
    'modules/adapters',
    'modules/',
    'modules/link.js',
    'modules/other/outside.js',
    'modules/nothing.js',
    'modules/a..js',
    'feed/',
    'style.css/',
    'next',
    '?',
  ])('like %j leads nowhere', async (path) => {
    const { url } = await start();
    const { status, body } = await ask(url, path);
    expect([status, body]).toEqual([404, 'Not Found\n']);
  });

  it('is for reading', async () => {
    const { url } = await start();
    for (const path of ['', 'style.css', 'feed', 'modules/node.js'])
      for (const method of ['POST', 'PUT', 'DELETE', 'OPTIONS', 'PATCH']) {
        const { status, headers } = await ask(url, path, {
          method,
          headers: { origin: new URL(url).origin },
        });
        expect([path, method, status, headers.allow]).toEqual([path, method, 405, 'GET, HEAD']);
      }
    const head = await ask(url, '', { method: 'HEAD' });
    expect([head.status, head.body, Number(head.headers['content-length']) > 0]).toEqual([200, '', true]);
  });

  it('lets nobody step where nothing waits for steps', async () => {
    const { url } = await start();
    const headers = { origin: new URL(url).origin, 'content-type': 'application/json' };
    expect((await ask(url, 'next', { method: 'POST', headers, body: '{"gate":1}' })).status).toBe(404);
  });
});

describe('the feed', () => {
  it('tells what was, in order and numbered, and then what happens', async () => {
    const backlog = createBacklog();
    backlog.add(item(1));
    backlog.add(item(2));
    const { url } = await start({ backlog });
    const feed = await openFeed(url);
    await feed.until(() => feed.events().length === 2);
    backlog.add(item(3));
    await feed.until(() => feed.events().length === 3);
    expect(feed.events()).toEqual([1, 2, 3].map((id) => ({ id, name: 'message', data: item(id) })));
  });

  it.each([
    ['2', [3, 4]],
    ['4', []],
    ['5', [1, 2, 3, 4]],
    ['-1', [1, 2, 3, 4]],
    ['two', [1, 2, 3, 4]],
    ['99999999999999999999', [1, 2, 3, 4]],
  ])('goes on after the event %s', async (last, numbers) => {
    const backlog = createBacklog();
    for (const gate of [1, 2, 3, 4]) backlog.add(item(gate));
    const { url } = await start({ backlog });
    const feed = await openFeed(url, { 'last-event-id': last });
    backlog.add(item(9));
    await feed.until(() => numbersOf(feed).includes(9));
    expect(numbersOf(feed)).toEqual([...numbers, 9]);
  });

  it('keeps the newest, and says how many it dropped', async () => {
    const backlog = createBacklog(3);
    for (let gate = 1; gate <= 5; gate++) backlog.add(item(gate));
    const { url } = await start({ backlog });
    const [all, some, late] = await Promise.all(
      ['0', '1', '2'].map((last) => openFeed(url, { 'last-event-id': last })),
    );
    await Promise.all([all, some, late].map((feed) => feed!.until(() => numbersOf(feed!).includes(5))));
    expect(all!.events()[0]).toEqual({ id: null, name: 'dropped', data: { count: 2 } });
    expect(some!.events()[0]).toEqual({ id: null, name: 'dropped', data: { count: 1 } });
    expect(late!.events()[0]).toEqual({ id: 3, name: 'message', data: item(3) });
    expect([all, some, late].map((feed) => numbersOf(feed!))).toEqual([
      [3, 4, 5],
      [3, 4, 5],
      [3, 4, 5],
    ]);
  });

  it('keeps 5,000 unless told otherwise', () => {
    const backlog = createBacklog();
    for (let gate = 1; gate <= 5_001; gate++) backlog.add(item(gate));
    expect([backlog.oldest(), backlog.at(1), backlog.at(2), backlog.at(5_001), backlog.at(5_002)]).toEqual([
      2,
      undefined,
      item(2),
      item(5_001),
      undefined,
    ]);
  });

  it('gives signs of life', async () => {
    const { url } = await start({ heartbeat: 5 });
    const feed = await openFeed(url);
    await feed.until(() => /(?:^|\n\n):\n\n:\n\n/.test(feed.text()));
    expect(feed.events()).toEqual([]);
  });

  // More of them than sockets and their buffers hold.
  const large = (gate: number, size = 100_000): FeedItem =>
    Object.assign(item(gate), { padding: 'x'.repeat(size) });

  it('sends a reader who takes his time all of it', async () => {
    const backlog = createBacklog();
    const { url } = await start({ backlog });
    const feed = await openFeed(url);
    feed.pause();
    for (let gate = 1; gate <= 200; gate++) backlog.add(large(gate));
    await new Promise((resolve) => setImmediate(resolve));
    feed.resume();
    await feed.until(() => numbersOf(feed).length === 200);
    expect(numbersOf(feed)).toEqual(Array.from({ length: 200 }, (_, index) => index + 1));
  });

  it('lets go of a reader who has fallen out of the backlog, and of no other', async () => {
    const backlog = createBacklog(5);
    const { url } = await start({ backlog });
    const [slow, quick] = [await openFeed(url), await openFeed(url)];
    slow.pause();
    for (let gate = 1; gate <= 40; gate++) {
      backlog.add(large(gate, 1_000_000));
      await quick.until(() => numbersOf(quick).at(-1) === gate);
    }
    slow.resume();
    await slow.ended;
    expect(numbersOf(slow).length).toBeLessThan(40);
    expect(numbersOf(quick)).toHaveLength(40);
  });

  it('lets go of a reader who takes nothing for a whole beat', async () => {
    const backlog = createBacklog();
    const { url } = await start({ backlog, heartbeat: 20 });
    const slow = await openFeed(url);
    slow.pause();
    for (let gate = 1; gate <= 400; gate++) backlog.add(large(gate));
    // One that has everything waits and sees beats pass.
    const idle = await openFeed(url, { 'last-event-id': '400' });
    await idle.until(() => (idle.text().match(/^:$/gm)?.length ?? 0) > 3);
    slow.resume();
    await slow.ended;
    expect(numbersOf(slow).length).toBeLessThan(400);
    expect(numbersOf(idle)).toEqual([]);
  });

  it('has places for sixteen, which become free', async () => {
    const { url } = await start();
    const feeds = await Promise.all(Array.from({ length: 16 }, () => openFeed(url)));
    expect((await ask(url, 'feed')).status).toBe(503);
    feeds[0]!.close();
    await expect.poll(async () => (await openFeed(url)).status).toBe(200);
  });

  it('keeps nothing of a reader who has left', async () => {
    const backlog = createBacklog();
    let watching = 0;
    const watch = (listener: () => void) => {
      watching++;
      const unwatch = backlog.watch(listener);
      return () => {
        watching--;
        unwatch();
      };
    };
    const { url } = await start({ backlog: { ...backlog, watch } });
    const feed = await openFeed(url);
    expect(watching).toBe(1);
    feed.close();
    await expect.poll(() => watching).toBe(0);
  });

  it('ends with the server, as everything does', async () => {
    const { url, close } = await start();
    const feed = await openFeed(url);
    await close();
    await feed.ended;
    await expect(ask(url, '')).rejects.toMatchObject({ code: 'ECONNREFUSED' });
  });
});

describe('a step', () => {
  async function startSteps() {
    const backlog = createBacklog();
    const steps = createSteps(standingClock(virtualClock()), backlog.add);
    const { url } = await start({ backlog, steps });
    const pass = (signal = new AbortController().signal) =>
      steps.gate.pass({ actor: 'x:1', machine: 'x:0', event: 'done(claimFlow)' }, signal);
    const headers = { origin: new URL(url).origin, 'content-type': 'application/json' };
    const next = (body: string, more: Record<string, string | undefined> = {}) => {
      const all = Object.entries({ ...headers, ...more }).filter(([, value]) => value !== undefined);
      return ask(url, 'next', { method: 'POST', headers: Object.fromEntries(all) as never, body });
    };
    return { url, backlog, pass, next };
  }

  it('waits until the page lets it through, and is told before and after', async () => {
    const { pass, next, backlog } = await startSteps();
    let through = false;
    const passed = pass().then(() => (through = true));
    expect(backlog.at(1)).toMatchObject({
      type: 'gate.closed',
      gate: 1,
      actor: 'x:1',
      machine: 'x:0',
      event: 'done(claimFlow)',
    });
    expect((await next('{"gate":2}')).status).toBe(404);
    expect(through).toBe(false);
    const { status, body } = await next('{"gate":1}');
    await passed;
    expect([status, body, backlog.at(2)]).toEqual([204, '', { type: 'gate.opened', gate: 1 }]);
    expect((await next('{"gate":1}')).status).toBe(404);
  });

  it.each<[string, string, Record<string, string | undefined>, number]>([
    ['without an origin', '{"gate":1}', { origin: undefined }, 403],
    ['of another origin', '{"gate":1}', { origin: 'http://evil.example' }, 403],
    ['of another port', '{"gate":1}', { origin: 'http://127.0.0.1:1' }, 403],
    ['from another site', '{"gate":1}', { 'sec-fetch-site': 'cross-site' }, 403],
    ['at another name', '{"gate":1}', { host: 'evil.example' }, 421],
    ['as a form', '{"gate":1}', { 'content-type': 'text/plain' }, 415],
    ['as a kind of JSON', '{"gate":1}', { 'content-type': 'application/jsonp' }, 415],
    ['without a type', '{"gate":1}', { 'content-type': undefined }, 415],
    ['that is too large', `{"gate":1,"x":"${'x'.repeat(1_024)}"}`, {}, 413],
    ['that is no JSON', '{gate:1}', {}, 400],
    ['that is empty', '', {}, 400],
    ['that is null', 'null', {}, 400],
    ['with a text for a number', '{"gate":"1"}', {}, 400],
    ['with a part of a number', '{"gate":1.5}', {}, 400],
  ])('is not taken for a request %s', async (_, body, headers, status) => {
    const { pass, next, backlog } = await startSteps();
    void pass();
    expect((await next(body, headers)).status).toBe(status);
    expect(backlog.newest()).toBe(1);
  });

  it('is a POST', async () => {
    const { url } = await startSteps();
    for (const method of ['GET', 'HEAD', 'PUT', 'OPTIONS'])
      expect((await ask(url, 'next', { method })).headers.allow).toBe('POST');
  });
});
