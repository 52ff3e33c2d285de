import { nodeTransport } from 'authchart/node';
import { inspect } from 'node:util';
import { describe, expect, it, onTestFinished } from 'vitest';
import { authorizedFetch } from '../../../src/services/api/authorized-fetch.js';
import { missingScopes } from '../../../src/services/api/missing-scopes.js';
import type { Transport } from '../../../src/services/ports.js';
import { refreshTokens } from '../../../src/services/token-endpoint/refresh-tokens.js';
import { revokeToken } from '../../../src/services/token-endpoint/revoke-token.js';
import { clientAt } from '../../services/support/client-at.js';
import { json, loopbackServer, text } from '../../services/support/loopback-server.js';
import type { LoopbackServer } from '../../services/support/loopback-server.js';
import { stoppedClock } from '../../services/support/protocol-ports.js';
import { freePort } from '../../support/free-port.js';
import { serveTcp } from '../loopback-servers.js';
import { startRelayBench } from './support/relay-bench.js';

const CANARY = 'CANARY-rt';
const clock = stoppedClock();

/** The provider at this address, as a page sees it through its relay, and as it would see it without. */
async function twoWays(origin: string) {
  const configuration = clientAt(origin, { apiOrigins: [origin] });
  const direct = nodeTransport();
  onTestFinished(() => direct.close());
  const { provider, clientId } = configuration;
  const { transport: relayed, seen } = await startRelayBench({ provider, clientId });
  return { configuration, direct, relayed, seen };
}

async function provider(answer: LoopbackServer['answer']) {
  const server = await loopbackServer(answer);
  onTestFinished(() => server.close());
  return server;
}

/** All that a caller can learn of it. */
async function verdict(work: () => Promise<unknown>): Promise<unknown> {
  try {
    return { value: await work() };
  } catch (error) {
    const { certainty, failure, message } = error as Record<string, unknown>;
    expect(inspect(error, { depth: 9 })).not.toContain('CANARY');
    return { certainty, failure, message };
  }
}

type Way = { readonly clock: typeof clock; readonly transport: Transport };

async function compared(
  origin: string,
  ask: (way: Way, configuration: ReturnType<typeof clientAt>) => Promise<unknown>,
) {
  const { configuration, direct, relayed } = await twoWays(origin);
  const [without, through] = [
    await verdict(() => ask({ clock, transport: direct }, configuration)),
    await verdict(() => ask({ clock, transport: relayed }, configuration)),
  ];
  expect(through).toEqual(without);
  return through;
}

const refresh = (way: Way, configuration: ReturnType<typeof clientAt>) =>
  refreshTokens({ configuration, refreshToken: CANARY }, way);
const revoke = (way: Way, configuration: ReturnType<typeof clientAt>) =>
  revokeToken({ configuration, token: CANARY, hint: 'refresh_token' }, way);

const html = { 'content-type': 'text/html' };
const problem = { 'content-type': 'application/problem+json' };
const resetAt = String(clock.now() / 1000 + 90);
const tokens = { token_type: 'bearer', access_token: 'AT', refresh_token: 'RT', expires_in: 7200 };
const dead = 'Value passed for the token was invalid.';

const answers: readonly [string, LoopbackServer['answer'], object][] = [
  ['tokens', json(tokens), { value: { accessToken: 'AT' } }],
  [
    '429 with Retry-After',
    text('', 429, { 'retry-after': '7' }),
    { failure: { retryAt: clock.now() + 7_000 } },
  ],
  [
    "429 with X's reset",
    json({ title: 'Too Many Requests' }, 429, { 'x-rate-limit-reset': resetAt }),
    { failure: { retryAt: clock.now() + 90_000 } },
  ],
  ['503 with Retry-After', text('busy', 503, { 'retry-after': '7' }), { certainty: 'turnedAway' }],
  ['503 of an edge', text('<h1>503</h1>', 503, html), { certainty: 'unknown' }],
  ['500', json({ error: 'server_error' }, 500), { certainty: 'unknown' }],
  ['502', text('<h1>502</h1>', 502, html), { certainty: 'unknown' }],
  [
    'a dead grant',
    json({ error: 'invalid_request', error_description: dead }, 400),
    { certainty: 'refused' },
  ],
  ['a dead grant as problem', json({ detail: dead }, 400, problem), { certainty: 'refused' }],
  ['a wrong client', json({ error: 'unauthorized_client' }, 401), { certainty: 'misconfigured' }],
  ['a token echoed', json({ error: 'invalid_request', error_description: CANARY }, 400), {}],
  ['a firewall', text('<h1>403</h1>', 403, html), { certainty: 'turnedAway' }],
  ['404', text('', 404), { certainty: 'turnedAway' }],
  [
    'a redirect',
    text('', 307, { location: 'http://127.0.0.1:1/' }),
    { failure: { code: 'response_invalid' } },
  ],
  ['304', text('', 304), { failure: { code: 'response_invalid' } }],
  ['204', text('', 204), { failure: { code: 'response_invalid' } }],
  ['a page', text('<h1>Hi</h1>', 200, html), { failure: { code: 'response_invalid' } }],
  ['no JSON', json('{'), { failure: { code: 'response_invalid' } }],
  [
    'no UTF-8',
    (_, response) => response.writeHead(200, { 'content-type': 'application/json' }).end(Buffer.of(0xff)),
    {},
  ],
  ['2 MiB', json({ ...tokens, more: 'x'.repeat(2 ** 21) }), { failure: { code: 'response_invalid' } }],
  ['a broken connection', (_, response) => void response.destroy(), { certainty: 'unknown' }],
  [
    'a connection that breaks in the middle',
    (_, response) => {
      response.writeHead(200, { 'content-type': 'application/json', 'content-length': '100' });
      response.write('{', () => response.destroy());
    },
    { certainty: 'unknown' },
  ],
];

describe('through the relay a page judges as if it had asked itself', () => {
  it.each(answers)('a renewal that is answered with %s', async (_, answer, expected) => {
    const { origin, requests } = await provider(answer);
    expect(await compared(origin, refresh)).toMatchObject(expected);
    expect(requests).toHaveLength(2);
    expect(requests[1]?.body).toBe(requests[0]?.body);
  });

  it.each(answers.filter(([name]) => name !== 'tokens'))(
    'a revocation that is answered with %s',
    async (_, answer) => {
      const { origin } = await provider(answer);
      await compared(origin, revoke);
    },
  );

  it('a provider that is not there: nothing was sent', async () => {
    const origin = `http://127.0.0.1:${await freePort()}`;
    expect(await compared(origin, refresh)).toMatchObject({
      certainty: 'notSent',
      failure: { code: 'provider_unreachable' },
      message: expect.stringContaining('refused the connection') as unknown,
    });
  });

  it('a provider that hangs up on whoever speaks: nobody knows', async () => {
    const port = await serveTcp((socket) => void socket.once('data', () => socket.resetAndDestroy()));
    expect(await compared(`http://127.0.0.1:${port}`, refresh)).toMatchObject({ certainty: 'unknown' });
  });
});

describe('an API call', () => {
  const call = async (transport: Transport, origin: string, init: RequestInit) => {
    const api = {
      provider: clientAt(origin, { apiOrigins: [origin] }).provider,
      clock,
      transport,
      accessToken: async () => 'AT',
      renewed: async () => null,
    };
    const response = await authorizedFetch(api, `${origin}/2/things?a=%20b`, init);
    const told = ['content-type', 'retry-after', 'x-rate-limit-remaining', 'www-authenticate'];
    return {
      status: response.status,
      headers: told.map((name) => response.headers.get(name)),
      missing: missingScopes(response, undefined, [], api.provider),
      bytes: [...new Uint8Array(await response.arrayBuffer())],
    };
  };

  it.each<[string, RequestInit]>([
    ['GET', {}],
    ['POST', { method: 'POST', body: '{"text":"é"}', headers: { 'content-type': 'application/json' } }],
    ['PUT of bytes', { method: 'PUT', body: new Uint8Array([0, 255, 128]) }],
    ['PATCH', { method: 'patch', body: 'x' }],
    ['DELETE', { method: 'DELETE' }],
  ])('by %s arrives as it is, and so does its answer', async (_, init) => {
    const { origin, requests } = await provider(
      text(Buffer.of(0, 255, 10), 403, {
        'content-type': 'application/octet-stream',
        'x-rate-limit-remaining': '3',
        'www-authenticate': 'Bearer error="insufficient_scope", scope="tweet.write"',
      }),
    );
    const { direct, relayed } = await twoWays(origin);
    const without = await call(direct, origin, { ...init, method: init.method?.toUpperCase() ?? 'GET' });
    expect(await call(relayed, origin, init)).toEqual(without);
    expect(without).toMatchObject({ status: 403, missing: ['tweet.write'], bytes: [0, 255, 10] });
    const [one, two] = requests.map(({ method, url, body, headers }) => ({
      method,
      url,
      body,
      type: headers['content-type'],
      authorization: headers.authorization,
    }));
    expect(two).toEqual(one);
  });

  it('brings no cookie, no redirect and no other header back', async () => {
    const { origin } = await provider(
      text('', 302, { location: 'https://evil.example', 'set-cookie': 'a=b', 'x-other': '1', refresh: '0' }),
    );
    const { relayed } = await twoWays(origin);
    const response = await relayed.fetch(`${origin}/2/things`, { headers: { authorization: 'Bearer AT' } });
    expect(response.status).toBe(302);
    for (const name of ['location', 'set-cookie', 'x-other', 'refresh'])
      expect(response.headers.has(name)).toBe(false);
    expect(response.headers.get('cache-control')).toBe('no-store');
  });
});
