import { once } from 'node:events';
import type { IncomingMessage } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { Socket } from 'node:net';
import { inspect } from 'node:util';
import { beforeEach, describe, expect, it, onTestFinished, vi } from 'vitest';
import { nodeTransport, type NodeTransportOptions } from '../../src/adapters/node/node-transport.js';
import type { Transport } from '../../src/services/ports.js';
import { TransportFault } from '../../src/services/transport-fault.js';
import { needs } from '../support/needs.js';
import { freePort } from '../support/free-port.js';
import { selfSigned, serve, serveHttp, serveProxy, serveTcp } from './loopback-servers.js';

const noProxyVariables = ['HTTP_PROXY', 'HTTPS_PROXY', 'NO_PROXY', 'http_proxy', 'https_proxy', 'no_proxy'];

beforeEach(() => {
  for (const name of noProxyVariables) vi.stubEnv(name, undefined);
  return () => {
    vi.unstubAllEnvs();
    vi.unstubAllGlobals();
  };
});

function transportFor(options: NodeTransportOptions = {}): Required<Transport> {
  const transport = nodeTransport({ timeout: 5_000, ...options });
  onTestFinished(() => transport.close());
  return transport;
}

async function faultFrom(promise: Promise<unknown>): Promise<TransportFault> {
  const thrown = await promise.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  expect(thrown).toBeInstanceOf(TransportFault);
  return thrown as TransportFault;
}

async function bodyOf(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}

const answerOk = (text: string) => `HTTP/1.1 200 OK\r\ncontent-length: ${text.length}\r\n\r\n${text}`;

describe('requests', () => {
  it('keeps connections for later requests, through either door', async () => {
    const ports = new Set<number | undefined>();
    const port = await serveHttp((request, response) => {
      ports.add(request.socket.remotePort);
      response.end(request.method);
    });
    const transport = transportFor();
    const url = `http://127.0.0.1:${port}/`;
    for (let round = 0; round < 4; round += 1) {
      expect(await (await transport.fetch(url, { method: 'POST' })).text()).toBe('POST');
      expect(await (await transport.request(url, {})).body.text()).toBe('GET');
    }
    // A body ends a moment before its connection is free, so two take turns.
    expect(ports.size).toBeLessThanOrEqual(2);
  });

  it("answers with the runtime's own Response", async () => {
    const port = await serveHttp((_request, response) => {
      response.setHeader('set-cookie', ['a=1', 'b=2']);
      response.end('{"a":1}');
    });
    const response = await transportFor().fetch(`http://127.0.0.1:${port}/`, {});
    expect(response).toBeInstanceOf(Response);
    expect(response.headers.getSetCookie()).toEqual(['a=1', 'b=2']);
    expect(await response.json()).toEqual({ a: 1 });
  });

  it("sends the runtime's own FormData as it is", async () => {
    const port = await serveHttp((request, response) => {
      void bodyOf(request).then((body) => {
        response.setHeader('content-type', request.headers['content-type'] ?? 'none');
        response.end(body);
      });
    });
    const form = new FormData();
    form.set('title', 'a “quoted” ☃');
    form.set('file', new Blob([new Uint8Array([0, 255, 13, 10])], { type: 'image/png' }), 'dot.png');
    const response = await transportFor().fetch(`http://127.0.0.1:${port}/`, { method: 'POST', body: form });
    const echoed = await response.formData();
    expect(echoed.get('title')).toBe('a “quoted” ☃');
    const file = echoed.get('file') as File;
    expect([file.name, file.type]).toEqual(['dot.png', 'image/png']);
    expect([...new Uint8Array(await file.arrayBuffer())]).toEqual([0, 255, 13, 10]);
  });

  it("sends the body of the runtime's own Request as it is", async () => {
    const port = await serveHttp(
      (request, response) => void bodyOf(request).then((body) => response.end(body)),
    );
    const body = 'x'.repeat(300_000);
    const request = new Request('http://127.0.0.1/', { method: 'POST', body });
    const init: RequestInit = { method: 'PUT', body: request.body, duplex: 'half' };
    const response = await transportFor().fetch(`http://127.0.0.1:${port}/`, init);
    expect(await response.text()).toBe(body);
  });

  it('gives the answer of request() as text, JSON, bytes or pieces', async () => {
    const port = await serveHttp((request, response) => {
      response.writeHead(201, { 'x-method': request.method });
      response.end('{"a":1}');
    });
    const transport = transportFor();
    const ask = (): ReturnType<typeof transport.request> =>
      transport.request(`http://127.0.0.1:${port}/`, { method: 'POST', headers: { a: 'b' }, body: 'c' });
    const { statusCode, headers, body } = await ask();
    expect([statusCode, headers['x-method'], await body.text()]).toEqual([201, 'POST', '{"a":1}']);
    expect(await (await ask()).body.json()).toEqual({ a: 1 });
    expect((await (await ask()).body.arrayBuffer()).byteLength).toBe(7);
    const pieces: Uint8Array[] = [];
    for await (const piece of (await ask()).body) pieces.push(piece);
    expect(Buffer.concat(pieces).toString()).toBe('{"a":1}');
  });
});

describe('faults before anything was sent', () => {
  it.each(['fetch', 'request'] as const)('says that a name does not resolve, from %s', async (door) => {
    const fault = await faultFrom(transportFor()[door]('https://nothing.invalid/', {}));
    expect([fault.kind, fault.sent]).toEqual(['dns', false]);
  });

  it.each(['fetch', 'request'] as const)('says that a connection was refused, from %s', async (door) => {
    const fault = await faultFrom(transportFor()[door](`http://127.0.0.1:${await freePort()}/`, {}));
    expect([fault.kind, fault.sent]).toEqual(['refused', false]);
  });

  it('says that a handshake takes too long', async () => {
    const port = await serveTcp(() => undefined);
    const fault = await faultFrom(transportFor({ timeout: 100 }).fetch(`https://127.0.0.1:${port}/`, {}));
    expect([fault.kind, fault.sent]).toEqual(['timeout', false]);
  });

  it('says that a handshake was broken off', async () => {
    const port = await serveTcp((socket) => socket.once('data', () => socket.resetAndDestroy()));
    const fault = await faultFrom(transportFor().fetch(`https://127.0.0.1:${port}/`, {}));
    expect([fault.kind, fault.sent]).toEqual(['reset', false]);
  });

  it('says that the other side does not speak TLS', async () => {
    const port = await serveHttp((_request, response) => response.end());
    const fault = await faultFrom(transportFor().fetch(`https://127.0.0.1:${port}/`, {}));
    expect([fault.kind, fault.sent]).toEqual(['tls', false]);
  });

  it('does nothing for a signal that has aborted already', async () => {
    let connections = 0;
    const port = await serveTcp(() => (connections += 1));
    const signal = AbortSignal.abort();
    const fault = await faultFrom(transportFor().fetch(`http://127.0.0.1:${port}/`, { signal }));
    expect([fault.kind, fault.sent, connections]).toEqual(['aborted', false, 0]);
  });
});

describe('certificates', () => {
  beforeEach(needs('openssl'));

  it.each([undefined, '0'])(
    'refuses a self-signed one, with NODE_TLS_REJECT_UNAUTHORIZED=%s (L11)',
    async (value) => {
      vi.stubEnv('NODE_TLS_REJECT_UNAUTHORIZED', value);
      let requests = 0;
      const server = createTlsServer(selfSigned(), (_request, response) => {
        requests += 1;
        response.end();
      });
      const port = await serve(server);
      for (const options of [{}, { proxy: `http://127.0.0.1:${(await serveProxy()).port}` }]) {
        const fault = await faultFrom(transportFor(options).fetch(`https://127.0.0.1:${port}/`, {}));
        expect([fault.kind, fault.sent, requests]).toEqual(['tls', false, 0]);
      }
    },
  );
});

describe('faults after something was sent', () => {
  it.each(['fetch', 'request'] as const)('says that a connection was reset, from %s', async (door) => {
    const port = await serveTcp((socket) => socket.once('data', () => socket.resetAndDestroy()));
    const fault = await faultFrom(
      transportFor()[door](`http://127.0.0.1:${port}/`, { method: 'POST', body: 'a' }),
    );
    expect([fault.kind, fault.sent]).toEqual(['reset', true]);
  });

  it('says that a connection was closed without an answer', async () => {
    const port = await serveTcp((socket) => socket.once('data', () => socket.end()));
    const fault = await faultFrom(transportFor().fetch(`http://127.0.0.1:${port}/`, {}));
    expect([fault.kind, fault.sent]).toEqual(['reset', true]);
  });

  it.each(['fetch', 'request'] as const)(
    'says that an answer takes too long, from %s (E11)',
    async (door) => {
      const port = await serveTcp(() => undefined);
      const fault = await faultFrom(transportFor({ timeout: 100 })[door](`http://127.0.0.1:${port}/`, {}));
      expect([fault.kind, fault.sent]).toEqual(['timeout', true]);
    },
  );

  it('says that an answer is not HTTP', async () => {
    const port = await serveTcp((socket) =>
      socket.once('data', () => socket.end('220 smtp.example ready\r\n')),
    );
    const fault = await faultFrom(transportFor().fetch(`http://127.0.0.1:${port}/`, {}));
    expect([fault.kind, fault.sent]).toEqual(['unknown', true]);
  });

  it('says that headers have no end', async () => {
    const port = await serveTcp((socket) =>
      socket.once('data', () => socket.write(`HTTP/1.1 200 OK\r\na: ${'b'.repeat(100_000)}\r\n`)),
    );
    const fault = await faultFrom(transportFor().fetch(`http://127.0.0.1:${port}/`, {}));
    expect([fault.kind, fault.sent]).toEqual(['too_large', true]);
  });

  it('says that a body stopped half-way', async () => {
    const port = await serveTcp((socket) =>
      socket.once('data', () => socket.write('HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\nab')),
    );
    const transport = transportFor({ timeout: 100 });
    const url = `http://127.0.0.1:${port}/`;
    expect(await faultFrom((await transport.request(url, {})).body.text())).toMatchObject({
      kind: 'timeout',
      sent: true,
    });
    const { body } = await transport.request(url, {});
    const reading = (async () => {
      for await (const piece of body) expect(piece.toString()).toBe('ab');
    })();
    expect(await faultFrom(reading)).toMatchObject({ kind: 'timeout', sent: true });
  });

  it('leaves a body that is not JSON to its reader', async () => {
    const port = await serveHttp((_request, response) => response.end('<html>'));
    const { body } = await transportFor().request(`http://127.0.0.1:${port}/`, {});
    await expect(body.json()).rejects.toThrow(SyntaxError);
  });

  it('does not forget what was sent when a redirect leads nowhere', async () => {
    const nowhere = await freePort();
    const port = await serveHttp((_request, response) =>
      response.writeHead(307, { location: `http://127.0.0.1:${nowhere}/` }).end(),
    );
    const fault = await faultFrom(
      transportFor().fetch(`http://127.0.0.1:${port}/`, { method: 'POST', body: 'a' }),
    );
    expect([fault.kind, fault.sent]).toEqual(['refused', true]);
  });

  it('does not claim to know what a replaced fetch has sent', async () => {
    const refused = Object.assign(new Error('no'), { code: 'ECONNREFUSED' });
    vi.stubGlobal('fetch', () => Promise.reject(new TypeError('fetch failed', { cause: refused })));
    const fault = await faultFrom(transportFor().fetch('http://127.0.0.1/', {}));
    expect([fault.kind, fault.sent]).toEqual(['refused', true]);
  });

  it.each(['fetch', 'request'] as const)(
    'ends with the signal of the caller, from %s (E11)',
    async (door) => {
      const abort = new AbortController();
      const closed: Promise<unknown>[] = [];
      const port = await serveTcp((socket) => {
        closed.push(once(socket, 'close'));
        socket.once('data', () => abort.abort(new Error('canary-reason')));
      });
      const { signal } = abort;
      const fault = await faultFrom(transportFor()[door](`http://127.0.0.1:${port}/`, { signal }));
      expect([fault.kind, fault.sent]).toEqual(['aborted', true]);
      await Promise.all(closed);
    },
  );

  it('ends a body with the signal of the caller', async () => {
    const abort = new AbortController();
    const port = await serveTcp((socket) =>
      socket.once('data', () => socket.write('HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\nab')),
    );
    const { body } = await transportFor().request(`http://127.0.0.1:${port}/`, { signal: abort.signal });
    const reading = body.text();
    abort.abort();
    expect(await faultFrom(reading)).toMatchObject({ kind: 'aborted', sent: true });
  });

  it('holds nothing of the request or of the original error', async () => {
    const port = await serveTcp((socket) => socket.once('data', () => socket.end('canary-answer\r\n\r\n')));
    const request = {
      method: 'POST',
      headers: { authorization: 'Bearer canary-token' },
      body: 'canary-body',
    };
    for (const door of ['fetch', 'request'] as const) {
      const fault = await faultFrom(transportFor()[door](`http://127.0.0.1:${port}/canary-path`, request));
      expect(fault.cause).toBeUndefined();
      expect(inspect(fault, { showHidden: true, depth: 9 }) + fault.stack).not.toMatch(
        /canary|127\.0\.0\.1:\d/,
      );
    }
  });
});

describe('proxies', () => {
  const origin = (): Promise<number> => serveHttp((_request, response) => response.end('origin'));

  it.each(['fetch', 'request'] as const)(
    'goes through the given one with its credentials, from %s',
    async (door) => {
      const [target, { port, tunnels }] = [await origin(), await serveProxy()];
      const transport = transportFor({ proxy: `http://user:p%40ss@127.0.0.1:${port}` });
      const answer = await transport[door](`http://127.0.0.1:${target}/`, {});
      expect(await ('text' in answer ? answer.text() : answer.body.text())).toBe('origin');
      expect(tunnels).toEqual([`127.0.0.1:${target} Basic ${btoa('user:p@ss')}`]);
    },
  );

  it('goes through the one of the environment, except where NO_PROXY says otherwise', async () => {
    const [target, { port, tunnels }] = [await origin(), await serveProxy()];
    vi.stubEnv('HTTP_PROXY', `http://127.0.0.1:${port}`);
    vi.stubEnv('NO_PROXY', 'other.example');
    await (await transportFor().fetch(`http://127.0.0.1:${target}/`, {})).text();
    expect(tunnels).toHaveLength(1);
    vi.stubEnv('NO_PROXY', '127.0.0.1');
    await (await transportFor().fetch(`http://127.0.0.1:${target}/`, {})).text();
    expect(tunnels).toHaveLength(1);
  });

  it('prefers the given one to the whole environment, and none if it is empty', async () => {
    const [target, given, other] = [await origin(), await serveProxy(), await serveProxy()];
    vi.stubEnv('HTTP_PROXY', `http://127.0.0.1:${other.port}`);
    vi.stubEnv('NO_PROXY', '127.0.0.1');
    const proxied = transportFor({ proxy: `http://127.0.0.1:${given.port}` });
    await (await proxied.fetch(`http://127.0.0.1:${target}/`, {})).text();
    vi.stubEnv('NO_PROXY', undefined);
    await (await transportFor({ proxy: '' }).fetch(`http://127.0.0.1:${target}/`, {})).text();
    expect([given.tunnels.length, other.tunnels.length]).toEqual([1, 0]);
  });

  it.each(['403 Forbidden', '407 Proxy Authentication Required', '501 Not Implemented'])(
    'says that a proxy answers %s to CONNECT',
    async (refusal) => {
      const [target, { port }] = [await origin(), await serveProxy(refusal)];
      for (const scheme of ['http', 'https']) {
        const transport = transportFor({ proxy: `http://user:canary@127.0.0.1:${port}` });
        const fault = await faultFrom(transport.fetch(`${scheme}://127.0.0.1:${target}/`, {}));
        expect([fault.kind, fault.sent]).toEqual(['proxy', false]);
        expect(inspect(fault)).not.toContain('canary');
      }
    },
  );

  it('says that a proxy which only forwards plain requests opens no tunnel', async () => {
    const port = await serveHttp((_request, response) => response.end('forwarded'));
    const transport = transportFor({ proxy: `http://127.0.0.1:${port}` });
    const fault = await faultFrom(transport.fetch(`http://127.0.0.1:${await origin()}/`, {}));
    expect([fault.kind, fault.sent]).toEqual(['proxy', false]);
  });

  it('says that a proxy is not there, is silent, or was given up', async () => {
    const silent = await serveTcp(() => undefined);
    const url = `https://127.0.0.1:${await freePort()}/`;
    const absent = transportFor({ proxy: `http://127.0.0.1:${await freePort()}` });
    expect(await faultFrom(absent.fetch(url, {}))).toMatchObject({ kind: 'refused', sent: false });
    const slow = transportFor({ proxy: `http://127.0.0.1:${silent}`, timeout: 100 });
    expect(await faultFrom(slow.fetch(url, {}))).toMatchObject({ kind: 'timeout', sent: false });

    const abort = new AbortController();
    const asked = await serveTcp((socket: Socket) => socket.once('data', () => abort.abort()));
    const patient = transportFor({ proxy: `http://127.0.0.1:${asked}`, timeout: 1_000 });
    const fault = await faultFrom(patient.fetch(url, { signal: abort.signal }));
    expect([fault.kind, fault.sent]).toEqual(['aborted', false]);
  });

  it('refuses what is no proxy URL without repeating it', async () => {
    const thrown = (run: () => unknown): unknown => {
      try {
        return run();
      } catch (error) {
        return error;
      }
    };
    for (const proxy of ['canary', 'ftp://user:canary@proxy.example', 'http://canary@:x']) {
      const error = thrown(() => nodeTransport({ proxy }));
      expect(error).toMatchObject({ code: 'invalid_option' });
      expect(inspect(error)).not.toContain('canary');
    }
    vi.stubEnv('HTTPS_PROXY', 'http://user:canary@:x');
    const error = await transportFor()
      .fetch('http://127.0.0.1/', {})
      .catch((reason: unknown) => reason);
    expect(error).toMatchObject({ code: 'invalid_option' });
    expect(inspect(error)).not.toContain('canary');
  });

  it.each([0, -1, Number.NaN, 2 ** 31])('refuses the timeout %s', (timeout) => {
    expect(() => nodeTransport({ timeout })).toThrow(expect.objectContaining({ code: 'invalid_option' }));
  });
});

describe('closing', () => {
  it('refuses later requests, and may be repeated', async () => {
    const transport = nodeTransport();
    await transport.close();
    await transport.close();
    await expect(transport.fetch('http://127.0.0.1/', {})).rejects.toMatchObject({ code: 'client_closed' });
    await expect(transport.request('http://127.0.0.1/', {})).rejects.toMatchObject({ code: 'client_closed' });
  });

  it('lets a request under way end, and closes its connection then', async () => {
    let ended: Promise<unknown> | undefined;
    const arrived = new EventTarget();
    const port = await serveTcp((socket) => {
      ended = once(socket, 'close');
      socket.once('data', () => arrived.dispatchEvent(Object.assign(new Event('request'), { socket })));
    });
    const transport = nodeTransport();
    const request = once(arrived, 'request') as Promise<[Event & { socket: Socket }]>;
    const answer = transport.fetch(`http://127.0.0.1:${port}/`, {});
    const [{ socket }] = await request;
    const closing = transport.close();
    socket.write(answerOk('late'));
    expect(await (await answer).text()).toBe('late');
    await closing;
    await ended;
  });

  it('does not wait for ever for a body that nobody reads', async () => {
    const port = await serveHttp((_request, response) => response.end('x'.repeat(5_000_000)));
    const transport = nodeTransport({ timeout: 100 });
    const response = await transport.fetch(`http://127.0.0.1:${port}/`, {});
    await transport.close();
    expect(await response.text()).toHaveLength(5_000_000);
  });
});
