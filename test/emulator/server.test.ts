import { METHODS, request as httpRequest } from 'node:http';
import { type AddressInfo, connect, createServer } from 'node:net';
import { text } from 'node:stream/consumers';
import fc from 'fast-check';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { confidentialApp, publicApp, startEmulator } from '../../src/emulator/emulator.js';
import { authorizationUrl, basic, emulate, exchange, obtainCode, signIn } from './application.js';

interface Junk {
  method: string;
  path: string;
  headers: Record<string, string>;
  body: Uint8Array;
}

function send(origin: string, { method, path, headers, body }: Junk): Promise<number> {
  return new Promise((resolve, reject) => {
    const request = httpRequest(origin, { method, path, headers }, (response) => {
      response.resume().on('end', () => resolve(response.statusCode ?? 0));
    });
    request.on('error', reject).end(body);
  });
}

/** Everything the server says on a connection that gets these bytes. */
function speak(origin: string, bytes: string): Promise<string> {
  const { hostname, port } = new URL(origin);
  const socket = connect(Number(port), hostname);
  socket.end(bytes);
  return text(socket);
}

describe('the server', () => {
  it('answers 404 outside its endpoints, and 405 with Allow inside', async () => {
    const emulator = await emulate();
    expect((await fetch(`${emulator.origin}/__proto__`)).status).toBe(404);
    for (const [url, method, allow] of [
      [emulator.endpoints.token, 'GET', 'POST'],
      [emulator.endpoints.token, 'OPTIONS', 'POST'],
      [emulator.endpoints.authorization, 'POST', 'GET'],
      [emulator.endpoints.usersMe, 'HEAD', 'GET'],
    ] as const) {
      const { status, headers } = await fetch(url, { method });
      expect({ status, allow: headers.get('allow') }).toEqual({ status: 405, allow });
    }
    expect(Object.values(emulator.counters)).toEqual([0, 0, 0, 0, 0, 0]);
  });

  it('sends no CORS header', async () => {
    const emulator = await emulate();
    const headers = { origin: 'https://app.example' };
    const { headers: answered } = await exchange(emulator, 'code', {}, headers);
    expect([...answered.keys()].filter((name) => name.startsWith('access-control-'))).toEqual([]);
  });

  it('takes a body of 64 KiB and refuses a byte more', async () => {
    const emulator = await emulate();
    const form = { 'content-type': 'application/x-www-form-urlencoded' };
    const post = (size: number) =>
      send(emulator.origin, {
        method: 'POST',
        path: '/2/oauth2/token',
        headers: form,
        body: Buffer.alloc(size, 'a'),
      });
    expect(await post(64 * 1024)).toBe(400);
    expect(await post(64 * 1024 + 1)).toBe(413);
    expect(await post(2 * 1024 * 1024)).toBe(413);
    expect(emulator.counters.tokenHits).toBe(1);
  });

  it('records requests as they came, newest last, at most 1000', async () => {
    const emulator = await emulate();
    const code = await obtainCode(emulator);
    await exchange(emulator, code, {}, { 'x-probe': 'yes' });
    expect(emulator.requests.map(({ method, path }) => `${method} ${path}`)).toEqual([
      'GET /i/oauth2/authorize',
      'POST /i/oauth2/consent',
      'POST /2/oauth2/token',
    ]);
    expect(emulator.requests[0]?.search).toBe(new URL(authorizationUrl(emulator)).search);
    expect(emulator.requests[2]?.headers['x-probe']).toBe('yes');
    expect(emulator.requests[2]?.form.getAll('code')).toEqual([code]);

    for (let count = 0; count < 1000; count += 1) await fetch(`${emulator.origin}/${count}`);
    expect(emulator.requests).toHaveLength(1000);
    expect(emulator.requests.at(0)?.path).toBe('/0');
    expect(emulator.requests.at(-1)?.path).toBe('/999');
  });

  it('counts each endpoint', async () => {
    const emulator = await emulate();
    const { access_token } = await signIn(emulator);
    await fetch(emulator.endpoints.usersMe, { headers: { authorization: `Bearer ${access_token}` } });
    await fetch(emulator.endpoints.revocation, { method: 'POST' });
    await fetch(emulator.endpoints.authorizationServerMetadata);
    expect(emulator.counters).toEqual({
      authorizeHits: 1,
      consentHits: 1,
      tokenHits: 1,
      revokeHits: 1,
      apiHits: 1,
      discoveryHits: 1,
    });
  });

  it('outlives what is not HTTP, and clients that hang up', async () => {
    const emulator = await emulate();
    expect(await speak(emulator.origin, 'GARBAGE\r\n\r\n')).toMatch(/^HTTP\/1\.1 400 /);
    expect(await speak(emulator.origin, 'CONNECT a:1 HTTP/1.1\r\nHost: a\r\n\r\n')).toBe('');
    expect(await speak(emulator.origin, 'GET //?%ff#x HTTP/1.1\r\nHost: a\r\n\r\n')).toMatch(
      /^HTTP\/1\.1 404 /,
    );
    await speak(emulator.origin, 'POST /2/oauth2/token HTTP/1.1\r\nHost: a\r\nContent-Length: 9\r\n\r\nab');
    expect((await exchange(emulator, await obtainCode(emulator))).status).toBe(200);
  });

  it('answers any junk without a 5xx, and works afterwards', async () => {
    const emulator = await emulate();
    const { access_token, refresh_token } = await signIn(emulator);
    const code = await obtainCode(emulator);
    const names = [
      'grant_type code redirect_uri code_verifier client_id client_secret refresh_token token state scope',
      'response_type code_challenge code_challenge_method consent user decision user.fields __proto__',
    ].flatMap((line) => line.split(' '));
    const values = [
      'authorization_code',
      'refresh_token',
      'code',
      'S256',
      'users.read',
      'allow',
      'https://localhost/',
      publicApp.client_id,
      confidentialApp.client_id,
      code,
      access_token,
      refresh_token,
    ];
    const value = fc.oneof(fc.constantFrom(...values), fc.string({ unit: 'grapheme' }));
    const form = fc
      .array(fc.tuple(fc.constantFrom(...names), value), { maxLength: 8 })
      .map((pairs) => new URLSearchParams(pairs).toString());
    const path = fc.oneof(fc.constantFrom(...paths(emulator.endpoints)), fc.webPath(), fc.constant('//'));
    const header = fc.oneof(
      fc.constantFrom(basic()['authorization'] ?? '', `Bearer ${access_token}`, 'Basic Og==', 'Basic ÿ'),
      fc.stringMatching(/^[!-~]{0,40}$/),
    );
    const junk = fc.record({
      method: fc.oneof({ weight: 3, arbitrary: fc.constantFrom('GET', 'POST') }, fc.constantFrom(...methods)),
      path: fc.tuple(path, fc.oneof(form, fc.webQueryParameters())).map((parts) => parts.join('?')),
      headers: fc.record({
        authorization: header,
        'content-type': fc.oneof(fc.constant('application/x-www-form-urlencoded; charset=utf-8'), header),
      }),
      body: fc.oneof(
        form.map((encoded) => Buffer.from(encoded)),
        fc.uint8Array({ maxLength: 200 }),
      ),
    });
    await fc.assert(
      fc.asyncProperty(junk, async (request) => {
        expect(await send(emulator.origin, request)).toBeLessThan(500);
      }),
      { numRuns: 500 },
    );
    await signIn(emulator);
  });
});

const methods = METHODS.filter((method) => method !== 'CONNECT');
const paths = (endpoints: object) => [
  ...Object.values(endpoints).map((url: string) => new URL(url).pathname),
  '/i/oauth2/consent',
];

describe('the life of an emulator', () => {
  it('listens on the loopback interface, on the port it was given', async () => {
    const probe = createServer().listen(0, '127.0.0.1');
    await new Promise((resolve) => probe.once('listening', resolve));
    const { port } = probe.address() as AddressInfo;
    await expect(startEmulator({ port })).rejects.toMatchObject({ code: 'EADDRINUSE' });
    await new Promise((resolve) => probe.close(resolve));
    const emulator = await emulate({ port });
    expect(emulator.origin).toBe(`http://127.0.0.1:${port}`);
    expect(emulator.endpoints.issuer).toBe(emulator.origin);
  });

  it('ends at close, with every connection, however often it is called', async () => {
    const emulator = await startEmulator();
    const { hostname, port } = new URL(emulator.origin);
    const idle = connect(Number(port), hostname);
    await new Promise((resolve) => idle.once('connect', resolve));
    const ended = text(idle).catch(() => '');
    await Promise.all([emulator.close(), emulator.close()]);
    await emulator.close();
    await ended;
    await expect(fetch(emulator.origin)).rejects.toThrow(TypeError);
  });

  it('has a clock that stands at `now`, or else follows the real one, and only moves forward', async () => {
    const { clock } = await emulate({ now: 5 });
    clock.advance(10);
    expect(clock.now()).toBe(15);
    expect(() => clock.advance(-1)).toThrow(RangeError);
    expect(() => clock.advance(Number.NaN)).toThrow(RangeError);

    vi.useFakeTimers({ toFake: ['Date'], now: 1_000 });
    onTestFinished(() => void vi.useRealTimers());
    const real = await startEmulator();
    onTestFinished(() => real.close());
    real.clock.advance(10);
    vi.setSystemTime(2_000);
    expect(real.clock.now()).toBe(2_010);
  });
});
