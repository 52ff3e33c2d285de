import { once } from 'node:events';
import { get, type IncomingHttpHeaders, type IncomingMessage } from 'node:http';
import { connect, createServer, type Socket } from 'node:net';
import { describe, expect, it, onTestFinished } from 'vitest';
import { listenOnLoopback } from '../../src/adapters/node/loopback-listener.js';
import { freePort } from '../support/free-port.js';

interface Listening {
  readonly redirectUri: string;
  readonly port: number;
  readonly closed: Promise<void>;
  readonly callbacks: string[];
  /** Settles with the next callback. */
  next(): Promise<string>;
  abort(): void;
}

async function listening(redirectUri = 'http://127.0.0.1:0/cb', onCallback?: () => void): Promise<Listening> {
  const controller = new AbortController();
  const callbacks: string[] = [];
  const arrivals = new EventTarget();
  const { redirectUri: actual, closed } = await listenOnLoopback(redirectUri, {
    signal: controller.signal,
    onCallback(url) {
      callbacks.push(url);
      onCallback?.();
      arrivals.dispatchEvent(new Event('callback'));
    },
  });
  onTestFinished(async () => {
    controller.abort();
    await closed;
  });
  return {
    redirectUri: actual,
    port: Number(new URL(actual).port),
    closed,
    callbacks,
    next: async () => {
      await once(arrivals, 'callback');
      return callbacks.at(-1) ?? '';
    },
    abort: () => controller.abort(),
  };
}

/** However it comes about. */
const closeOf = (socket: Socket): Promise<unknown> =>
  new Promise((resolve) => socket.on('error', () => undefined).once('close', resolve));

/** Sends bytes as they are, and gives everything that came back once the other side has closed. */
async function raw(port: number, request: string, host = '127.0.0.1'): Promise<string> {
  const socket = connect(port, host);
  let answer = '';
  socket.setEncoding('utf8').on('data', (text: string) => (answer += text));
  socket.write(request);
  await closeOf(socket);
  return answer;
}

/** What a browser's window does; the runtime's fetch calls itself a script (`Sec-Fetch-Mode: cors`). */
async function visit(url: string): Promise<{ status: number; headers: IncomingHttpHeaders; page: string }> {
  const [response] = (await once(get(url), 'response')) as [IncomingMessage];
  let page = '';
  for await (const text of response.setEncoding('utf8')) page += text;
  return { status: response.statusCode ?? 0, headers: response.headers, page };
}

const statusOf = (answer: string): number => Number(answer.split(' ')[1]);

function ask(listener: Listening, line: string, ...headers: string[]): Promise<string> {
  const host = headers.some((header) => /^host:/i.test(header)) ? [] : [`Host: 127.0.0.1:${listener.port}`];
  return raw(listener.port, [line, ...host, ...headers, '', ''].join('\r\n'));
}

async function isRefused(port: number, host = '127.0.0.1'): Promise<boolean> {
  const socket = connect(port, host);
  const refused = await once(socket, 'connect').then(
    () => false,
    () => true,
  );
  socket.destroy();
  return refused;
}

async function occupied(host: string): Promise<number> {
  const port = await freePort();
  const server = createServer().listen({ port, host, ipv6Only: true });
  await once(server, 'listening');
  onTestFinished(() => void server.close());
  return port;
}

describe('the redirect URI', () => {
  it('gets the real port where it asks for any, and is ready before it is named (M5)', async () => {
    const listener = await listening('http://127.0.0.1:0/cb?tenant=:0');
    expect(listener.redirectUri).toBe(`http://127.0.0.1:${listener.port}/cb?tenant=:0`);
    const arrival = listener.next();
    await visit(`${listener.redirectUri}&code=a&state=b`);
    expect(await arrival).toBe(`${listener.redirectUri}&code=a&state=b`);
  });

  it('keeps its very text where the port is fixed', async () => {
    const redirectUri = `http://127.0.0.1:${await freePort()}`;
    const listener = await listening(redirectUri);
    expect(listener.redirectUri).toBe(redirectUri);
    const arrival = listener.next();
    await visit(`${redirectUri}?code=a`);
    expect(await arrival).toBe(`${redirectUri}/?code=a`);
  });

  it('may be an IPv6 literal (M6)', async () => {
    const listener = await listening(`http://[::1]:${await freePort()}/cb`);
    expect(listener.redirectUri).toMatch(/^http:\/\/\[::1\]:\d+\/cb$/);
    const arrival = listener.next();
    expect((await visit(`${listener.redirectUri}?code=a`)).status).toBe(200);
    expect(await arrival).toBe(`${listener.redirectUri}?code=a`);
    expect(await isRefused(listener.port, '127.0.0.1')).toBe(true);
  });

  it('is served in both families if it says localhost (M3)', async () => {
    const listener = await listening('http://localhost:0/cb');
    for (const host of ['127.0.0.1', '::1']) {
      const arrival = listener.next();
      const request = `GET /cb?from=${host} HTTP/1.1\r\nHost: localhost:${listener.port}\r\n\r\n`;
      expect(statusOf(await raw(listener.port, request, host))).toBe(200);
      expect(await arrival).toBe(`http://localhost:${listener.port}/cb?from=${host}`);
    }
    listener.abort();
    await listener.closed;
    expect(await isRefused(listener.port, '::1')).toBe(true);
  });

  it.each([
    ['https://localhost/', 'https://localhost'],
    ['https://127.0.0.1:8976/cb', 'https://127.0.0.1:8976'],
    ['http://app.example/cb?secret=canary', 'http://app.example'],
    ['http://0.0.0.0:1/cb', 'http://0.0.0.0:1'],
    ['http://[::]:1/cb', 'http://[::]:1'],
    ['http://127.0.0.2:1/cb', 'http://127.0.0.2:1'],
    ['http://localhost.evil.example:1/', 'http://localhost.evil.example:1'],
    ['http://user:canary@127.0.0.1:1/cb', 'http://127.0.0.1:1'],
    ['http://127.0.0.1:1/cb#canary', 'http://127.0.0.1:1'],
    ['com.example.app:/canary', 'com.example.app:'],
    ['canary', 'not a URL'],
  ])('cannot be %s', async (redirectUri, named) => {
    const error: unknown = await listening(redirectUri).catch((reason: unknown) => reason);
    expect(error).toMatchObject({ code: 'redirect_uri_not_local' });
    expect((error as Error).message).toContain(`${named}.`);
    expect((error as Error).message).not.toContain('canary');
  });
});

describe('the port', () => {
  it('is open at its own address only (M2)', async () => {
    const listener = await listening();
    // Also an address of this machine, so whatever listens at all of them answers here.
    expect(await isRefused(listener.port, '127.0.0.2')).toBe(true);
    expect(await isRefused(listener.port)).toBe(false);
  });

  it('is named if another program has it, and no other is taken instead (M7)', async () => {
    const port = await occupied('127.0.0.1');
    await expect(listening(`http://127.0.0.1:${port}/cb`)).rejects.toMatchObject({
      code: 'port_in_use',
      message: expect.stringContaining(`Port ${port} of 127.0.0.1 is taken by another program.`) as string,
    });
  });

  it('counts as taken if another program has it in one of two families (M7)', async () => {
    const port = await occupied('::1');
    await expect(listening(`http://localhost:${port}/cb`)).rejects.toMatchObject({
      code: 'port_in_use',
      message: expect.stringContaining(`Port ${port} of ::1 is taken`) as string,
    });
    expect(await isRefused(port)).toBe(true);
  });

  it('is closed with every connection when the signal aborts, and free for the next listener (M4)', async () => {
    const first = await listening();
    const idle = connect(first.port, '127.0.0.1');
    const unfinished = connect(first.port, '127.0.0.1');
    await Promise.all([once(idle, 'connect'), once(unfinished, 'connect')]);
    unfinished.write('GET /cb?code=a HTTP/1.1\r\nHost: ');
    const ends = [idle, unfinished].map(closeOf);
    first.abort();
    await Promise.all([first.closed, ...ends]);
    expect(await isRefused(first.port)).toBe(true);
    expect(first.callbacks).toEqual([]);

    for (let round = 0; round < 3; round += 1) {
      const next = await listening(first.redirectUri);
      await visit(`${next.redirectUri}?code=a`);
      next.abort();
      await next.closed;
    }
  });

  it('is not left open if the signal has aborted before (M4)', async () => {
    const redirectUri = `http://127.0.0.1:${await freePort()}/cb`;
    const sink = { signal: AbortSignal.abort(), onCallback: () => undefined };
    await expect(listenOnLoopback(redirectUri, sink)).rejects.toMatchObject({ code: 'cancelled' });
    expect(await isRefused(Number(new URL(redirectUri).port))).toBe(true);
  });
});

describe('callbacks', () => {
  it('are answered with one and the same page, each of them (M10)', async () => {
    const listener = await listening();
    const pages = new Set<string>();
    for (const query of ['code=a&state=b', 'error=access_denied', 'code=a&state=b', 'x']) {
      const arrival = listener.next();
      const { status, page } = await visit(`${listener.redirectUri}?${query}`);
      expect(status).toBe(200);
      pages.add(page);
      expect(await arrival).toBe(`${listener.redirectUri}?${query}`);
    }
    expect(pages.size).toBe(1);
  });

  it('reach the human as a whole page even if the first one closes the listener', async () => {
    for (let round = 0; round < 20; round += 1) {
      const listener: Listening = await listening('http://127.0.0.1:0/cb', () => listener.abort());
      const { page } = await visit(`${listener.redirectUri}?code=a`);
      expect(page).toContain('You can close this window');
      expect(page.trimEnd()).toMatch(/<\/html>$/);
      await listener.closed;
      expect(listener.callbacks).toHaveLength(1);
    }
  });

  it('count even if the browser is gone before its page', async () => {
    const listener = await listening();
    const arrival = listener.next();
    const socket = connect(listener.port, '127.0.0.1').on('error', () => undefined);
    socket.write(`GET /cb?code=a HTTP/1.1\r\nHost: 127.0.0.1:${listener.port}\r\n\r\n`, () =>
      socket.resetAndDestroy(),
    );
    expect(await arrival).toBe(`${listener.redirectUri}?code=a`);
  });

  it.each([
    ['HEAD /cb?code=a HTTP/1.1', 405],
    ['POST /cb?code=a HTTP/1.1', 405],
    ['PUT /cb?code=a HTTP/1.1', 405],
    ['DELETE /cb?code=a HTTP/1.1', 405],
    ['OPTIONS /cb?code=a HTTP/1.1', 405],
    ['OPTIONS * HTTP/1.1', 404],
    ['GET /cb HTTP/1.1', 404],
    ['GET /cb? HTTP/1.1', 404],
    ['GET /favicon.ico?code=a HTTP/1.1', 404],
    ['GET /?code=a HTTP/1.1', 404],
    ['GET /cb/?code=a HTTP/1.1', 404],
    ['GET /CB?code=a HTTP/1.1', 404],
    ['GET /cb%2f?code=a HTTP/1.1', 404],
    ['GET /%63b?code=a HTTP/1.1', 404],
    ['GET //cb?code=a HTTP/1.1', 404],
    ['GET /x/../cb?code=a HTTP/1.1', 404],
    ['GET /cb#?code=a HTTP/1.1', 404],
    ['GET http://127.0.0.1:PORT/cb?code=a HTTP/1.1', 404],
    ['GET http://evil.example/cb?code=a HTTP/1.1', 404],
  ])('are not: %s (M8)', async (line, status) => {
    const listener = await listening();
    const answer = await ask(listener, line.replace('PORT', String(listener.port)), 'Content-Length: 0');
    expect(statusOf(answer)).toBe(status);
    expect(listener.callbacks).toEqual([]);
    // The sign-in still waits.
    const arrival = listener.next();
    await visit(`${listener.redirectUri}?code=b`);
    await arrival;
  });

  it('are not tunnels or upgrades (M8)', async () => {
    const listener = await listening();
    expect(await ask(listener, 'CONNECT 127.0.0.1:80 HTTP/1.1')).toBe('');
    expect(statusOf(await ask(listener, 'BREW /cb?code=a HTTP/1.1'))).toBe(400);
    expect(listener.callbacks).toEqual([]);
  });

  it.each([
    ['Host: evil.example', 421],
    ['Host: evil.example:PORT', 421],
    ['Host: localhost:PORT', 421],
    ['Host: 127.0.0.1', 421],
    ['Host: 127.0.0.1:1', 421],
    ['Host: 127.0.0.1:PORT.', 421],
    ['Host: user@127.0.0.1:PORT', 421],
    ['Host:', 421],
    ['Host: 127.0.0.1:PORT\r\nHost: evil.example', 400],
    ['Host: 127.0.0.1:PORT\r\nHost: 127.0.0.1:PORT', 400],
  ])('have exactly our authority, not %j (M9)', async (host, status) => {
    const listener = await listening();
    const answer = await ask(
      listener,
      'GET /cb?code=a HTTP/1.1',
      host.replaceAll('PORT', String(listener.port)),
    );
    expect(statusOf(answer)).toBe(status);
    expect(answer).not.toContain('authchart');
    expect(listener.callbacks).toEqual([]);
  });

  it.each(['1.0', '1.1'])('name a Host, in HTTP/%s too (M9)', async (version) => {
    const listener = await listening();
    const answer = await raw(listener.port, `GET /cb?code=a HTTP/${version}\r\n\r\n`);
    expect(statusOf(answer)).toBe(400);
    expect(listener.callbacks).toEqual([]);
  });

  it.each([
    ['Origin: https://evil.example'],
    ['Origin: http://127.0.0.1:1'],
    ['Origin: null'],
    ['Origin: null\r\nSec-Fetch-Mode: cors'],
    ['Sec-Fetch-Mode: cors'],
    ['Sec-Fetch-Mode: no-cors'],
    ['Sec-Fetch-Mode: same-origin'],
    ['Sec-Fetch-Mode: websocket'],
    ['Sec-Fetch-Mode: navigate\r\nSec-Fetch-Dest: iframe'],
    ['Sec-Fetch-Mode: no-cors\r\nSec-Fetch-Dest: image'],
  ])('are not sent by scripts, images or frames: %j (M14)', async (headers) => {
    const listener = await listening();
    const answer = await ask(listener, 'GET /cb?code=a HTTP/1.1', headers);
    expect(statusOf(answer)).toBe(403);
    expect(answer).not.toMatch(/access-control/i);
    expect(listener.callbacks).toEqual([]);
  });

  it.each([
    [
      'Sec-Fetch-Mode: navigate\r\nSec-Fetch-Dest: document\r\nSec-Fetch-Site: cross-site\r\nSec-Fetch-User: ?1',
    ],
    ['Sec-Fetch-Mode: navigate\r\nOrigin: null'],
    ['Origin: http://127.0.0.1:PORT'],
  ])('are what the navigation of a window sends: %j', async (headers) => {
    const listener = await listening();
    const arrival = listener.next();
    const answer = await ask(
      listener,
      'GET /cb?code=a HTTP/1.1',
      headers.replace('PORT', String(listener.port)),
    );
    expect(statusOf(answer)).toBe(200);
    await arrival;
  });
});

describe('the page', () => {
  it('repeats nothing of the request and carries no permission (M12)', async () => {
    const listener = await listening();
    const plain = await visit(`${listener.redirectUri}?code=a`);
    const hostile = await ask(
      listener,
      `GET /cb?error=<script>canary</script>&error_description=${'canary'.repeat(1000)} HTTP/1.1`,
      'User-Agent: canary',
    );
    expect(hostile.slice(hostile.indexOf('\r\n\r\n') + 4)).toBe(plain.page);
    expect(hostile).not.toMatch(/canary|access-control|<script/i);
    const { headers } = plain;
    expect(headers['content-security-policy']).toMatch(
      /^default-src 'none'; style-src 'sha256-[\w+/]{43}='; .*frame-ancestors 'none'$/,
    );
    expect(headers['x-content-type-options']).toBe('nosniff');
    expect(headers['cache-control']).toBe('no-store');
    expect(headers['referrer-policy']).toBe('no-referrer');
    expect(headers['content-type']).toBe('text/html; charset=utf-8');
    expect(headers['connection']).toBe('close');
  });

  it('has the style its policy allows', async () => {
    const { createHash } = await import('node:crypto');
    const listener = await listening();
    const response = await visit(`${listener.redirectUri}?code=a`);
    const style = /<style>(.*)<\/style>/s.exec(response.page)?.[1] ?? '';
    const hash = createHash('sha256').update(style).digest('base64');
    expect(response.headers['content-security-policy']).toContain(`'sha256-${hash}'`);
  });

  it('comes with the same headers when it is a refusal (M12)', async () => {
    const listener = await listening();
    const response = await visit(`http://127.0.0.1:${listener.port}/canary`);
    expect(response.headers['content-security-policy']).toContain("default-src 'none'");
    expect([response.status, response.page]).toEqual([404, 'Not Found\n']);
  });
});

describe('limits', () => {
  const healthy = async (listener: Listening): Promise<void> => {
    const arrival = listener.next();
    await visit(`${listener.redirectUri}?code=healthy`);
    expect(await arrival).toMatch(/code=healthy$/);
  };

  it.each([
    ['URL', (big: string) => `GET /cb?code=${big} HTTP/1.1\r\nHost: 127.0.0.1:1\r\n\r\n`],
    ['header', (big: string) => `GET /cb?code=a HTTP/1.1\r\nCookie: ${big}\r\n\r\n`],
  ])('refuse a %s of more than 16 KiB (M13)', async (_what, request) => {
    const listener = await listening();
    expect(statusOf(await raw(listener.port, request('a'.repeat(17 * 1024))))).toBe(431);
    expect(listener.callbacks).toEqual([]);
    await healthy(listener);
  });

  it('turn away the thousandth connection and live on (M13)', async () => {
    const listener = await listening();
    const sockets = Array.from({ length: 1_000 }, () => connect(listener.port, '127.0.0.1'));
    const closings = sockets.map(closeOf);
    let closed = 0;
    const enough = new Promise<void>((resolve) => {
      for (const closing of closings) void closing.then(() => (closed += 1) === 936 && resolve());
    });
    await enough;
    for (const socket of sockets) socket.destroy();
    await Promise.all(closings);
    // Our side learns of the closed connections a little later; until then it may turn this one away, too.
    for (;;) {
      const answer = await ask(listener, 'GET /cb?code=healthy HTTP/1.1');
      if (answer !== '') break;
    }
    expect(listener.callbacks.at(-1)).toMatch(/code=healthy$/);
  });

  it('end a connection that says nothing and one that never finishes (M13)', async () => {
    const listener = await listening();
    const silent = connect(listener.port, '127.0.0.1');
    const slow = connect(listener.port, '127.0.0.1');
    slow.write('GET /cb?code=a HTTP/1.1\r\nX: ');
    await Promise.all([silent.resume(), slow.resume()].map(closeOf));
    expect(listener.callbacks).toEqual([]);
    await healthy(listener);
  });

  it('leave no connection open after an answer', async () => {
    const listener = await listening();
    const request = get(`${listener.redirectUri}?code=a`, { headers: { connection: 'keep-alive' } });
    const [response] = (await once(request, 'response')) as [IncomingMessage];
    const closed = closeOf(response.socket);
    response.resume();
    await closed;
  });
});
