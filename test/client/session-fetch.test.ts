import { rateLimitOf } from 'authchart';
import { Readable } from 'node:stream';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { json, loopbackServer, text } from '../services/support/loopback-server.js';
import { failureOf, held, reset, startAcme, whileTimePasses } from './support/acme.js';
import type { Acme } from './support/acme.js';

type Body = NonNullable<RequestInit['body']>;

let acme: Acme;
beforeEach(async () => {
  acme = await startAcme();
});
afterEach(() => acme.close());

const denied = json({ title: 'Unauthorized' }, 401);
const api = () => `${acme.origin}/api`;
const bearers = () => acme.sent('/api').map(({ headers }) => headers.authorization);

describe('session.fetch', () => {
  it('adds the token in the header, and nowhere else (J1)', async () => {
    const { session } = await acme.signedIn();
    const response = await session.fetch(`${api()}?a=1`, { headers: { 'x-own': 'kept' } });
    expect(await response.json()).toEqual({ ok: true });
    expect(acme.sent('/api')[0]).toMatchObject({
      url: '/api?a=1',
      headers: { authorization: 'Bearer access-token-1', 'x-own': 'kept' },
    });
  });

  it.each([
    ['a look-alike domain', (origin: string) => `${origin}.evil.example/2`],
    ['user information in front', (origin: string) => origin.replace('//', '//user:pw@')],
    ['the host as user information', (origin: string) => `${origin}@evil.example/2`],
    ['another port', () => 'http://127.0.0.1:1/2'],
    ['another scheme', (origin: string) => origin.replace('http:', 'https:')],
    ['no scheme', () => '//evil.example/2'],
    ['a relative URL', () => '/2/users/me'],
    ['a script', () => 'javascript:1'],
    ['an empty URL', () => ''],
  ])('sends nothing to %s (J3)', async (_, elsewhere) => {
    const { session } = await acme.signedIn();
    const url = elsewhere(acme.origin);
    const outcome = await session.fetch(url).catch((error: unknown) => error);
    if (outcome instanceof Response) expect(new URL(outcome.url).origin).toBe(acme.origin);
    else expect(outcome).toMatchObject({ code: 'origin_not_allowed', phase: 'api' });
    expect(
      acme.server.requests.filter(({ url }) => !url.startsWith('/token') && !url.startsWith('/api')),
    ).toEqual([]);
  });

  it.each<[string, (origin: string) => [string | Request, RequestInit?]]>([
    ['a header', (origin) => [`${origin}/api`, { headers: { Authorization: 'Bearer own' } }]],
    [
      'a header of a Request',
      (origin) => [new Request(`${origin}/api`, { headers: { authorization: 'Bearer own' } })],
    ],
    ['a query parameter', (origin) => [`${origin}/api?access_token=own`]],
  ])('refuses a token of the caller in %s (J2)', async (_, call) => {
    const { session } = await acme.signedIn();
    expect(await failureOf(session.fetch(...call(acme.origin)))).toMatchObject({
      code: 'authorization_header_present',
    });
    expect(acme.sent('/api')).toHaveLength(0);
  });

  it('renews once and repeats once on 401 (H12)', async () => {
    const { session } = await acme.signedIn();
    acme.api.push(denied);
    expect((await session.fetch(api())).status).toBe(200);
    expect(bearers()).toEqual(['Bearer access-token-1', 'Bearer access-token-2']);
    expect(acme.spent()).toHaveLength(1);
  });

  it('gives up on an API that always answers 401 (H12)', async () => {
    const { session } = await acme.signedIn();
    acme.api.push(denied, denied, denied);
    const response = await session.fetch(api());
    expect(response.status).toBe(401);
    await response.text();
    expect(acme.sent('/api')).toHaveLength(2);
    expect(acme.spent()).toHaveLength(1);
  });

  it('renews once for many that are refused together (H3, H12)', async () => {
    const { session } = await acme.signedIn();
    const deniesTheFirst: typeof denied = (request, response) =>
      (request.headers.authorization === 'Bearer access-token-1' ? denied : json({}))(request, response);
    acme.api.push(...Array.from({ length: 40 }, () => deniesTheFirst));
    const responses = await Promise.all(Array.from({ length: 20 }, () => session.fetch(api())));
    expect(responses.map(({ status }) => status)).toEqual(Array.from({ length: 20 }, () => 200));
    await Promise.all(responses.map((response) => response.text()));
    expect(acme.spent()).toHaveLength(1);
  });

  it('does not renew for one that is refused after the others have a new token (H12)', async () => {
    const { session } = await acme.signedIn();
    const slow = held(denied);
    acme.api.push(slow.answer);
    const late = session.fetch(api());
    await slow.arrived;
    await session.renew();
    slow.go();
    expect((await late).status).toBe(200);
    expect(acme.spent()).toHaveLength(1);
  });

  it('joins a renewal under way when it is refused (H3)', async () => {
    const { session } = await acme.signedIn();
    const renewal = held(
      json({ access_token: 'new', token_type: 'bearer', expires_in: 60, refresh_token: 'next' }),
    );
    acme.script.push(renewal.answer);
    const renewing = session.renew();
    await renewal.arrived;
    acme.api.push((request, response) => {
      denied(request, response);
      setImmediate(() => renewal.go());
    });
    expect((await session.fetch(api())).status).toBe(200);
    await renewing;
    expect(acme.spent()).toHaveLength(1);
  });

  it('gives the 401 to the caller if the session cannot be renewed', async () => {
    acme.grant = { refresh_token: null };
    const { session } = await acme.signedIn();
    acme.api.push(denied);
    const response = await session.fetch(api());
    expect(response.status).toBe(401);
    expect(await response.json()).toEqual({ title: 'Unauthorized' });
    expect(acme.sent('/api')).toHaveLength(1);
  });

  it('says so if the renewal after a 401 is refused', async () => {
    const { session } = await acme.signedIn();
    acme.api.push(denied);
    acme.script.push(json({ error: 'invalid_grant' }, 400));
    expect(await failureOf(session.fetch(api()))).toMatchObject({ code: 'session_revoked' });
    expect(acme.sent('/api')).toHaveLength(1);
  });

  it('never renews on 403 (J6)', async () => {
    const { session } = await acme.signedIn();
    acme.api.push(json({ title: 'Forbidden' }, 403));
    const response = await session.fetch(api());
    expect([response.status, await response.json()]).toEqual([403, { title: 'Forbidden' }]);
    expect(acme.sent('/api')).toHaveLength(1);
    expect(acme.spent()).toHaveLength(0);
  });

  it.each<[string, () => Body]>([
    ['a web stream', () => new Blob(['streamed']).stream()],
    ['a Node stream', () => Readable.from(['streamed']) as unknown as Body],
    [
      'what is iterated',
      () =>
        (async function* () {
          yield new TextEncoder().encode('streamed');
        })() as unknown as Body,
    ],
  ])('does not repeat %s, which is gone once it was sent (H12)', async (_, body) => {
    const { session } = await acme.signedIn();
    acme.api.push(denied);
    const init = { method: 'POST', body: body(), duplex: 'half' } as RequestInit;
    const response = await session.fetch(api(), init);
    expect(response.status).toBe(401);
    await response.text();
    expect(acme.sent('/api').map(({ body }) => body)).toEqual(['streamed']);
    expect(acme.spent()).toHaveLength(0);
  });

  it.each<[string, (url: string) => [string | Request, RequestInit?], RegExp]>([
    ['text', (url) => [url, { method: 'POST', body: 'plain' }], /^plain$/],
    [
      'URLSearchParams',
      (url) => [url, { method: 'POST', body: new URLSearchParams({ a: 'b c' }) }],
      /^a=b\+c$/,
    ],
    ['bytes', (url) => [url, { method: 'PUT', body: new Uint8Array([104, 105]) }], /^hi$/],
    ['a Blob', (url) => [url, { method: 'POST', body: new Blob(['blob']) }], /^blob$/],
    ['FormData', (url) => [url, { method: 'POST', body: form() }], /name="media"; filename="a.txt"[^]*hello/],
    ['a Request', (url) => [new Request(url, { method: 'POST', body: 'in a request' })], /^in a request$/],
    [
      'a Request with FormData',
      (url) => [new Request(url, { method: 'POST', body: form() })],
      /name="media"[^]*hello/,
    ],
  ])('sends %s intact', async (_, call, sent) => {
    const { session } = await acme.signedIn();
    const response = await session.fetch(...call(api()));
    expect(await response.json()).toEqual({ ok: true });
    const [request] = acme.sent('/api');
    expect(request!.body).toMatch(sent);
    if (request!.body.includes('media')) {
      const [, boundary] = /boundary=(.+)$/.exec(request!.headers['content-type'] ?? '') ?? [];
      expect(request!.body).toContain(`--${boundary}--`);
    }
  });

  it.each<[string, () => Body, RegExp]>([
    ['text', () => 'plain', /^plain$/],
    ['FormData', form, /name="media"[^]*hello/],
  ])('repeats %s intact after a renewal', async (_, body, sent) => {
    const { session } = await acme.signedIn();
    acme.api.push(denied);
    await (await session.fetch(api(), { method: 'POST', body: body() })).text();
    expect(acme.sent('/api')).toHaveLength(2);
    for (const request of acme.sent('/api')) expect(request.body).toMatch(sent);
  });

  it('does not repeat a POST whose answer was lost (J7)', async () => {
    const { session } = await acme.signedIn();
    acme.api.push(reset);
    expect(await failureOf(session.fetch(api(), { method: 'POST', body: 'once' }))).toMatchObject({
      code: 'outcome_unknown',
      phase: 'api',
    });
    expect(acme.sent('/api')).toHaveLength(1);
  });

  it('carries no token to another origin on a redirect (J5)', async () => {
    await using evil = await loopbackServer(json({ stolen: true }));
    const { session } = await acme.signedIn();
    acme.api.push(text('', 302, { location: `${evil.origin}/steal` }));
    await (await session.fetch(api())).text();
    expect(evil.requests).toHaveLength(1);
    expect(evil.requests[0]!.headers.authorization).toBeUndefined();
  });

  it('is cancelled by its signal, typed', async () => {
    const { session } = await acme.signedIn();
    const silence = held(json({}));
    acme.api.push(silence.answer);
    const leaving = new AbortController();
    const failed = failureOf(session.fetch(api(), { signal: leaving.signal }));
    await silence.arrived;
    leaving.abort();
    expect(await failed).toMatchObject({ code: 'cancelled', phase: 'api' });
    silence.go();
  });

  it('is cancelled by the signal of its Request too', async () => {
    const { session } = await acme.signedIn();
    const request = new Request(api(), { signal: AbortSignal.abort() });
    expect(await failureOf(session.fetch(request))).toMatchObject({ code: 'cancelled' });
    expect(acme.sent('/api')).toHaveLength(0);
  });

  it('says if the provider cannot be reached', async () => {
    const { session } = await acme.signedIn();
    await acme.server.close();
    expect(await failureOf(session.fetch(api()))).toMatchObject({
      code: 'provider_unreachable',
      phase: 'api',
    });
  });
});

describe('a rate limit', () => {
  const limited = (seconds: number) => text('', 429, { 'x-rate-limit-reset': String(seconds) });
  const inSeconds = (seconds: number) => Math.ceil(acme.clock.now() / 1000) + seconds;

  it('is given to the caller who did not ask to wait', async () => {
    const { session } = await acme.signedIn();
    acme.api.push(limited(inSeconds(1)));
    expect((await session.fetch(api())).status).toBe(429);
    expect(acme.sent('/api')).toHaveLength(1);
  });

  it('is waited out within the bounds of the caller', async () => {
    const { session } = await acme.signedIn();
    acme.api.push(limited(inSeconds(60)));
    const began = acme.clock.now();
    const answer = whileTimePasses(acme.clock, session.fetch(api(), { waitForRateLimit: 90_000 }));
    expect((await answer).status).toBe(200);
    expect(acme.clock.now() - began).toBeGreaterThanOrEqual(60_000);
    expect(acme.sent('/api')).toHaveLength(2);
  });

  it('is not waited out beyond them', async () => {
    const { session } = await acme.signedIn();
    acme.api.push(limited(inSeconds(60)));
    const response = await session.fetch(api(), { waitForRateLimit: 30_000 });
    expect(response.status).toBe(429);
    expect(acme.sent('/api')).toHaveLength(1);
  });

  it('that is over already is waited for a second at least, and not for ever (G5)', async () => {
    const { session } = await acme.signedIn();
    acme.api.push(...Array.from({ length: 50 }, () => limited(1)));
    const began = acme.clock.now();
    const answer = whileTimePasses(acme.clock, session.fetch(api(), { waitForRateLimit: 5_000 }));
    expect((await answer).status).toBe(429);
    expect(acme.sent('/api').length).toBeLessThanOrEqual(6);
    expect(acme.clock.now() - began).toBeGreaterThanOrEqual(4_000);
  });

  it('is no longer waited for when the signal aborts', async () => {
    const { session } = await acme.signedIn();
    const answer = held(limited(inSeconds(60)));
    acme.api.push(answer.answer);
    const leaving = new AbortController();
    const failed = failureOf(session.fetch(api(), { waitForRateLimit: 90_000, signal: leaving.signal }));
    await answer.arrived;
    answer.go();
    await acme.clock.advance(10_000);
    leaving.abort();
    expect(await failed).toMatchObject({ code: 'cancelled' });
    expect(acme.sent('/api')).toHaveLength(1);
  });

  it('can be read from a response', async () => {
    const { session } = await acme.signedIn();
    acme.api.push(
      json({}, 200, {
        'x-rate-limit-limit': '75',
        'x-rate-limit-remaining': '74',
        'x-rate-limit-reset': '1800000000',
      }),
    );
    const response = await session.fetch(api());
    expect(rateLimitOf(response)).toEqual({ limit: 75, remaining: 74, resetAt: 1_800_000_000_000 });
    await response.text();
  });
});

describe('session.request', () => {
  it('has the shape of undici and the token of the session', async () => {
    const { session } = await acme.signedIn();
    const { statusCode, headers, body } = await session.request(api(), { headers: { 'x-own': 'kept' } });
    expect([statusCode, headers['content-type'], await body.json()]).toEqual([
      200,
      'application/json',
      { ok: true },
    ]);
    expect(acme.sent('/api')[0]!.headers).toMatchObject({
      authorization: 'Bearer access-token-1',
      'x-own': 'kept',
    });
  });

  it.each([
    ['another origin (J3)', 'https://evil.example/', {}, 'origin_not_allowed'],
    ['a token in the URL (J2)', '/api?access_token=x', {}, 'authorization_header_present'],
    ['a header of its own (J2)', '/api', { AUTHORIZATION: 'Bearer own' }, 'authorization_header_present'],
  ])('refuses %s', async (_, url, headers, code) => {
    const { session } = await acme.signedIn();
    const target = url.startsWith('/') ? acme.origin + url : url;
    expect(await failureOf(session.request(target, { headers }))).toMatchObject({ code });
    expect(acme.sent('/api')).toHaveLength(0);
  });

  it('gives a 401 to the caller', async () => {
    const { session } = await acme.signedIn();
    acme.api.push(denied);
    const { statusCode, body } = await session.request(api());
    expect([statusCode, await body.text()]).toEqual([401, '{"title":"Unauthorized"}']);
    expect(acme.spent()).toHaveLength(0);
  });

  it('does not repeat a POST whose answer was lost (J7)', async () => {
    const { session } = await acme.signedIn();
    acme.api.push(reset);
    expect(await failureOf(session.request(api(), { method: 'POST', body: 'once' }))).toMatchObject({
      code: 'outcome_unknown',
    });
    expect(acme.sent('/api')).toHaveLength(1);
  });

  it('says if the runtime has no such transport', async () => {
    await acme.signedIn();
    const fetchOnly = { fetch, close: async () => {} };
    const session = (await acme.clientOf({}, { transport: fetchOnly }).session())!;
    expect(await failureOf(session.request(api()))).toMatchObject({ code: 'transport_unsupported' });
  });
});

function form(): FormData {
  const data = new FormData();
  data.set('media', new File(['hello'], 'a.txt', { type: 'text/plain' }));
  return data;
}
