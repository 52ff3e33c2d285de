import { once } from 'node:events';
import { connect } from 'node:net';
import { createServer } from 'node:http';
import { nodeListener } from 'authchart/node';
import { AuthError, defineProvider, redact, TransportFault, x } from 'authchart';
import type { Provider, Transport } from 'authchart';
import { relay } from 'authchart/server';
import { describe, expect, it, vi } from 'vitest';
import { relayOf } from '../../../src/adapters/server/relay.js';
import { stoppedClock } from '../../services/support/protocol-ports.js';
import { serve as listenOn } from '../loopback-servers.js';

const ORIGIN = 'https://app.example';
const TOKEN = 'https://api.x.com/2/oauth2/token';
const REVOKE = 'https://api.x.com/2/oauth2/revoke';
const ME = 'https://api.x.com/2/users/me';
const BEARER = { authorization: 'Bearer CANARY-at' };
const FORM = { 'content-type': 'application/x-www-form-urlencoded' };

/** What a browser adds to a request of a script of the site. */
const own = {
  origin: ORIGIN,
  'sec-fetch-site': 'same-origin',
  'sec-fetch-mode': 'cors',
  'sec-fetch-dest': 'empty',
};

const grants = {
  code: {
    grant_type: 'authorization_code',
    client_id: 'client',
    code: 'CANARY-code',
    code_verifier: 'CANARY-v',
  },
  refresh: { grant_type: 'refresh_token', client_id: 'client', refresh_token: 'CANARY-rt' },
};

interface Sent {
  readonly url: string;
  readonly init: RequestInit;
}

function desk({ provider = x, clientSecret, answer }: Setting = {}) {
  const sent: Sent[] = [];
  const transport: Transport = {
    async fetch(url, init) {
      sent.push({ url, init });
      return answer ? answer() : Response.json({ ok: true });
    },
    close: () => Promise.resolve(),
  };
  const serve = relay({ provider, clientId: 'client', clientSecret, origin: ORIGIN, transport });
  async function ask(
    target: string,
    { headers = {}, body = null, method = 'POST', from = own }: Partial<Asked> = {},
  ) {
    const init: RequestInit = {
      method,
      headers: { 'authchart-relay': target, ...from, ...headers },
      body,
      duplex: 'half',
    };
    const response = await serve(new Request(`${ORIGIN}/auth/relay`, init));
    const text = await response.text();
    for (const [name, value] of [...response.headers, ['body', text] as const]) {
      expect(`${name}: ${value}`).not.toContain('CANARY');
    }
    return {
      status: response.status,
      said: response.headers.get('authchart-relay'),
      headers: response.headers,
      text,
    };
  }
  const spend = (form: Record<string, string> | string, more: Partial<Asked> = {}) =>
    ask(`POST ${TOKEN}`, {
      ...more,
      headers: { ...FORM, ...more.headers },
      body: typeof form === 'string' ? form : new URLSearchParams(form).toString(),
    });
  return { sent, serve, ask, spend };
}

interface Setting {
  readonly provider?: Provider;
  readonly clientSecret?: string;
  readonly answer?: () => Response | Promise<Response>;
}

interface Asked {
  readonly headers: Record<string, string>;
  readonly body: NonNullable<RequestInit['body']> | null;
  readonly method: string;
  readonly from: Record<string, string>;
}

it('a page of the site gets through, so that what follows proves something', async () => {
  const { sent, ask, spend } = desk();
  expect(await spend(grants.refresh)).toMatchObject({ status: 200, said: 'answered 200' });
  expect(await ask(`GET ${ME}`, { headers: BEARER })).toMatchObject({ status: 200, said: 'answered 200' });
  expect(sent.map(({ url }) => url)).toEqual([TOKEN, ME]);
});

describe('whoever is no script of a page of the site', () => {
  const { origin: _, ...unnamed } = own;
  const strangers: readonly [string, Partial<Asked>][] = [
    ['another origin', { from: { ...own, origin: 'https://evil.example', 'sec-fetch-site': 'cross-site' } }],
    [
      'a sibling domain',
      { from: { ...own, origin: 'https://evil.app.example', 'sec-fetch-site': 'same-site' } },
    ],
    [
      'the same host over http',
      { from: { ...own, origin: 'http://app.example', 'sec-fetch-site': 'cross-site' } },
    ],
    ['another port', { from: { ...own, origin: 'https://app.example:8443', 'sec-fetch-site': 'same-site' } }],
    ['our origin in other letters', { from: { ...own, origin: 'https://APP.example' } }],
    ['two origins', { from: { ...own, origin: `${ORIGIN} https://evil.example` } }],
    ['a sandbox', { from: { ...own, origin: 'null', 'sec-fetch-site': 'cross-site' } }],
    ['an old browser in a sandbox', { from: { origin: 'null' } }],
    ['no browser', { from: {} }],
    ['no origin', { from: unnamed }],
    ['our origin, says a stranger', { from: { ...own, 'sec-fetch-site': 'cross-site' } }],
    ['a form', { from: { ...own, 'sec-fetch-mode': 'navigate', 'sec-fetch-dest': 'document' } }],
    ['an image', { from: { ...own, 'sec-fetch-mode': 'no-cors', 'sec-fetch-dest': 'image' } }],
    ['a socket', { from: { ...own, 'sec-fetch-mode': 'websocket' } }],
  ];
  it.each(strangers)('(%s) is refused', async (__, asked) => {
    const { sent, ask, spend } = desk();
    expect(await spend(grants.refresh, asked)).toMatchObject({ status: 403, said: 'refused' });
    expect(await ask(`GET ${ME}`, { headers: BEARER, ...asked })).toMatchObject({ status: 403 });
    expect(sent).toEqual([]);
  });

  it.each(['GET', 'HEAD', 'OPTIONS', 'PUT', 'DELETE'])(
    'gets nothing with %s, not even a preflight',
    async (method) => {
      const { sent, ask } = desk();
      const preflight = {
        'access-control-request-method': 'POST',
        'access-control-request-headers': 'authchart-relay',
      };
      const { status, headers } = await ask(`GET ${ME}`, { method, headers: { ...BEARER, ...preflight } });
      expect([status, headers.get('allow')]).toEqual([405, 'POST']);
      expect([...headers.keys()].filter((name) => name.startsWith('access-control'))).toEqual([]);
      expect(sent).toEqual([]);
    },
  );
});

describe('a target that is neither endpoint nor API', () => {
  const elsewhere = [
    'https://evil.example/',
    'https://api.x.com.evil.example/2/users/me',
    'https://evil.example/https://api.x.com/2/users/me',
    'https://evilapi.x.com/2/users/me',
    'https://x.com/2/users/me',
    'https://x.com/i/oauth2/authorize',
    'https://api.x.com@evil.example/2/users/me',
    'https://user:pass@api.x.com/2/users/me',
    'https://user@api.x.com/2/users/me',
    'https://:@api.x.com/2/users/me',
    'https://api.x.com:443/2/users/me',
    'https://api.x.com:8443/2/users/me',
    'https://api.x.com./2/users/me',
    'https://API.x.com/2/users/me',
    'https:/api.x.com/2/users/me',
    'https:api.x.com/2/users/me',
    'https:\\\\api.x.com\\2\\users\\me',
    'https://api.x.com\\@evil.example/',
    'https://evil.example\\.api.x.com/',
    'https://api.x.com%2eevil.example/',
    'https://api.x.com/2/users/me#',
    'https://api.x.com/2/users/me#x',
    'https://api.x.com/2/users/./me',
    'https://api.x.com/2/users/x/../me',
    'https://api.x.com/2/users/x/%2e%2e/me',
    'http://api.x.com/2/users/me',
    'ftp://api.x.com/2/users/me',
    'ws://api.x.com/2/users/me',
    'wss://api.x.com/2/users/me',
    'file:///etc/passwd',
    'data:text/html,x',
    'javascript:1',
    'blob:https://api.x.com/2/users/me',
    '//api.x.com/2/users/me',
    '/2/users/me',
    '',
    'http://127.0.0.1/',
    'http://localhost/',
    'http://[::1]/',
    'http://169.254.169.254/latest/meta-data/',
    'https://169.254.169.254/latest/meta-data/',
    'https://2852039166/',
    'https://metadata.google.internal/',
    `${ME}?access_token=CANARY`,
  ];
  it.each(elsewhere)('%s', async (url) => {
    const { sent, ask } = desk();
    const { status, said } = await ask(`GET ${url}`, { headers: BEARER });
    expect([400, 403]).toContain(status);
    expect(said).toBe('refused');
    expect(sent).toEqual([]);
  });

  it.each([
    `HEAD ${ME}`,
    `OPTIONS ${ME}`,
    `TRACE ${ME}`,
    `CONNECT ${ME}`,
    `get ${ME}`,
    `GET  ${ME}`,
    `GET ${ME} HTTP/1.1`,
    `GET ${ME}, GET ${ME}`,
    `GET\t${ME}`,
    `${ME}`,
    'GET',
    '',
  ])('a target that reads %j', async (target) => {
    const { sent, ask } = desk();
    const { status } = await ask(target, { headers: BEARER });
    expect([status, sent]).toEqual([400, []]);
  });

  it('is none at all', async () => {
    const { sent, serve } = desk();
    const response = await serve(
      new Request(`${ORIGIN}/auth/relay`, { method: 'POST', headers: { ...own, ...BEARER } }),
    );
    expect([response.status, sent]).toEqual([400, []]);
  });

  it('is no query of the address either', async () => {
    const { sent, serve } = desk();
    const target = new URLSearchParams({ 'authchart-relay': `GET ${ME}`, url: ME });
    const request = new Request(`${ORIGIN}/auth/relay?${target}`, {
      method: 'POST',
      headers: { ...own, ...BEARER },
    });
    expect([(await serve(request)).status, sent]).toEqual([400, []]);
  });
});

describe('the API', () => {
  const beside = [
    '/2/oauth2/token/',
    '/2/oauth2/token?x=1',
    '/2/oauth2/token;x',
    '/2/oauth2/%74oken',
    '/2/oauth2/%2574oken',
    '/2/OAUTH2/Token',
    '/2//oauth2/token',
    '//2/oauth2/token',
    '/2/users/..%2foauth2/token',
    '/2/users/%252e%252e/oauth2/token',
    '/2%2foauth2%2ftoken',
    '/2/oauth2%5ctoken',
    '/2/oauth2;/..;/oauth2/token',
    '/2/oauth2/introspect',
    '/2/oauth2/invalidate_token',
    '/2/oauth2',
    '/2/oauth2/',
    '/2/oauth2/%zz',
    '/2/users/%ff',
    // Servers disagree on where these lead.
    '/1.1/a%2Fb',
    '/x;y=z',
    '/2/oauth2/token;%2f..%2f..%2ftweets',
    '/2/oauth2/token/..%2f..%2f..%2ftweets',
    '/2/oauth2;%2f..%2fx/token',
    '/2/oauth2%00/token',
    '/2/oa%09uth2/token',
    '/2/oauth2%EF%BC%8Ftoken',
  ];
  it.each(beside)('does not begin at %s', async (path) => {
    const { sent, ask } = desk({ clientSecret: 'CANARY-secret' });
    for (const method of ['GET', 'POST']) {
      expect(await ask(`${method} https://api.x.com${path}`, { headers: BEARER })).toMatchObject({
        said: 'refused',
      });
    }
    expect(sent).toEqual([]);
  });

  it.each([
    '/2/oauth2x',
    '/2/users/me',
    '/1.1/a%20b',
    '/',
    '/2/tweets/1?expansions=a,b&q=%C3%A9',
    '/2/%C3%A9',
  ])('does at %s', async (path) => {
    const { sent, ask } = desk();
    expect((await ask(`GET https://api.x.com${path}`, { headers: BEARER })).status).toBe(200);
    expect(sent[0]?.url).toBe(`https://api.x.com${path}`);
  });

  it('is open beside endpoints that have no folder of their own', async () => {
    const provider = defineProvider({
      id: 'acme',
      endpoints: { authorization: 'https://acme.example/authorize', token: 'https://acme.example/token' },
      apiOrigins: ['https://acme.example'],
    });
    const { sent, ask } = desk({ provider });
    expect((await ask('GET https://acme.example/me', { headers: BEARER })).status).toBe(200);
    for (const path of ['/authorize', '/token/', '/TOKEN', '/x/..%2ftoken']) {
      expect((await ask(`POST https://acme.example${path}`, { headers: BEARER })).status).toBe(403);
    }
    expect(sent).toHaveLength(1);
  });

  it.each<Record<string, string>>([
    {},
    { authorization: 'Basic Q0FOQVJZ' },
    { authorization: 'Bearer' },
    { authorization: 'Bearer ' },
    { authorization: 'Bearer a, Basic b' },
    { authorization: 'Bearer CANARY é' },
    { 'proxy-authorization': 'Bearer CANARY' },
    { cookie: 'authorization=Bearer CANARY' },
  ])('is asked with an access token alone, not with %j', async (headers) => {
    const { sent, ask } = desk({ clientSecret: 'CANARY-secret' });
    expect((await ask(`GET ${ME}`, { headers })).status).toBe(403);
    expect(sent).toEqual([]);
  });

  it('never has the secret of the client', async () => {
    const { sent, ask } = desk({ clientSecret: 'CANARY-secret' });
    await ask(`POST https://api.x.com/2/tweets`, { headers: BEARER, body: '{}' });
    expect(sent[0]?.init.headers).toEqual({ 'content-type': 'text/plain;charset=UTF-8', ...BEARER });
  });
});

describe('the token endpoint', () => {
  it.each(['GET', 'PUT', 'PATCH', 'DELETE'])('is not asked by %s', async (method) => {
    const { sent, ask } = desk();
    for (const url of [TOKEN, REVOKE]) {
      expect((await ask(`${method} ${url}`, { headers: FORM, body: 'client_id=client' })).said).toBe(
        'refused',
      );
    }
    expect(sent).toEqual([]);
  });

  const refused: readonly [string, Record<string, string> | string][] = [
    ['another client', { ...grants.refresh, client_id: 'other' }],
    ['the client in other letters', { ...grants.refresh, client_id: 'Client' }],
    ['no client', { grant_type: 'refresh_token', refresh_token: 'CANARY' }],
    ['two clients', 'grant_type=refresh_token&refresh_token=CANARY&client_id=client&client_id=other'],
    ['a secret', { ...grants.refresh, client_secret: 'CANARY' }],
    ['an assertion', { ...grants.refresh, client_assertion: 'CANARY', client_assertion_type: 'x' }],
    ['a password', { grant_type: 'password', client_id: 'client', username: 'a', password: 'CANARY' }],
    ['client credentials', { grant_type: 'client_credentials', client_id: 'client' }],
    [
      'a token exchange',
      { grant_type: 'urn:ietf:params:oauth:grant-type:token-exchange', client_id: 'client' },
    ],
    ['a device code', { grant_type: 'urn:ietf:params:oauth:grant-type:device_code', client_id: 'client' }],
    ['no grant type', { client_id: 'client', refresh_token: 'CANARY' }],
    ['an empty grant type', { ...grants.refresh, grant_type: '' }],
    ['another grant type', { ...grants.refresh, grant_type: 'Refresh_Token' }],
    ['two grant types', 'grant_type=refresh_token&grant_type=password&refresh_token=CANARY&client_id=client'],
    ['a code without its verifier', { ...grants.code, code_verifier: '' }],
    ['an array', 'grant_type[]=refresh_token&refresh_token=CANARY&client_id=client'],
    ['another parameter', { ...grants.refresh, audience: 'https://evil.example' }],
    ['JSON', JSON.stringify(grants.refresh)],
    ['nothing', ''],
  ];
  it.each(refused)('is not asked with %s', async (_, form) => {
    for (const clientSecret of ['', 'CANARY-secret']) {
      const { sent, spend } = desk({ clientSecret });
      expect((await spend(form)).said).toBe('refused');
      expect(sent).toEqual([]);
    }
  });

  it.each<[string, Record<string, string>]>([
    ['no form', { 'content-type': 'application/json' }],
    ['a form with parts', { 'content-type': 'multipart/form-data; boundary=x' }],
    ['a page that authenticates itself', { authorization: 'Basic Q0FOQVJZ' }],
    ['a page with an access token', BEARER],
  ])('is not asked by %s', async (_, headers) => {
    const { sent, spend } = desk();
    expect((await spend(grants.refresh, { headers })).said).toBe('refused');
    expect(sent).toEqual([]);
  });

  it('is sent what was checked: parsed and written again, whatever a lenient parser might make of the bytes', async () => {
    const { sent, spend } = desk();
    await spend(
      '&&grant%5Ftype=refresh%5Ftoken&refresh_token=a%00b%26client_id%3Dother;x=y&client_id=client&',
    );
    expect(sent[0]?.init.body).toBe(
      'grant_type=refresh_token&refresh_token=a%00b%26client_id%3Dother%3Bx%3Dy&client_id=client',
    );
    const bytes = Uint8Array.of(...new TextEncoder().encode('client_id=client&token='), 0xff);
    const broken = desk();
    expect((await broken.ask(`POST ${REVOKE}`, { headers: FORM, body: bytes })).status).toBe(400);
    expect(broken.sent).toEqual([]);
  });

  it('knows a confidential client by HTTP Basic and by nothing else', async () => {
    const { sent, spend, ask } = desk({ clientSecret: 'CANARY-secret' });
    await spend(grants.code);
    await ask(`POST ${REVOKE}`, {
      headers: FORM,
      body: 'client_id=client&token=CANARY&token_type_hint=access_token',
    });
    for (const { init } of sent) {
      expect(init.headers).toEqual({
        accept: 'application/json',
        authorization: `Basic ${btoa('client:CANARY-secret')}`,
        ...FORM,
      });
      expect(init.body).not.toContain('client_id');
    }
  });

  it('is not reached by a revocation that brings a grant', async () => {
    const { sent, ask } = desk();
    const body = new URLSearchParams({ ...grants.refresh, token: 'x' }).toString();
    expect((await ask(`POST ${REVOKE}`, { headers: FORM, body })).said).toBe('refused');
    expect(sent).toEqual([]);
  });
});

describe('what goes out', () => {
  it('has nothing of the page but what is named', async () => {
    const { sent, ask, spend } = desk();
    const smuggled = {
      cookie: 'CANARY=1',
      host: 'evil.example',
      'transfer-encoding': 'chunked',
      'content-length': '0',
      connection: 'close, authorization',
      'x-forwarded-for': '127.0.0.1',
      'x-forwarded-host': 'evil.example',
      'x-http-method-override': 'DELETE',
      forwarded: 'host=evil.example',
      referer: `${ORIGIN}/?code=CANARY`,
      expect: '100-continue',
      te: 'trailers',
      upgrade: 'h2c',
      range: 'bytes=0-1',
      accept: 'application/json',
    };
    await ask(`GET ${ME}`, { headers: { ...smuggled, ...BEARER } });
    await spend(grants.refresh, { headers: smuggled });
    expect(sent.map(({ init }) => init.headers)).toEqual([
      { accept: 'application/json', ...BEARER },
      { accept: 'application/json', ...FORM },
    ]);
    for (const { init } of sent) {
      expect(init).toMatchObject({
        redirect: 'manual',
        credentials: 'omit',
        cache: 'no-store',
        referrerPolicy: 'no-referrer',
      });
    }
  });

  it('is one request, whatever the wire brings: a second target is none', async () => {
    const { sent, serve } = desk();
    const port = await listenOn(createServer(nodeListener(serve)));
    const raw = async (lines: readonly string[]) => {
      const socket = connect(port, '127.0.0.1');
      socket.end([`POST / HTTP/1.1`, 'host: x', 'connection: close', ...lines, '', ''].join('\r\n'));
      socket.resume();
      await once(socket, 'close');
    };
    const page = Object.entries({ ...own, ...BEARER }).map(([name, value]) => `${name}: ${value}`);
    const empty = 'content-length: 0';
    await raw([...page, `authchart-relay: GET ${ME}`, `Authchart-Relay: GET https://evil.example/`, empty]);
    await raw([
      ...page,
      `authchart-relay: GET ${ME}`,
      'authorization: Basic Q0FOQVJZ',
      'origin: https://evil.example',
      empty,
    ]);
    await raw([...page, `authchart-relay: GET ${ME}\r\n https://evil.example/`, empty]);
    await raw([...page, `authchart-relay: GET ${ME}`, 'origin: https://evil.example', empty]);
    expect(sent).toEqual([]);
    await raw([...page, `authchart-relay: GET ${ME}`, empty]);
    expect(sent).toHaveLength(1);
  });

  it('is no body that is too large, and no more of it is read', async () => {
    const { sent, ask } = desk();
    let pulled = 0;
    const endless = new ReadableStream({
      pull: (controller) => controller.enqueue(new Uint8Array(2 ** 20).fill((pulled += 1))),
    });
    expect((await ask('POST https://api.x.com/2/media', { headers: BEARER, body: endless })).status).toBe(
      413,
    );
    expect(pulled).toBeLessThan(12);
    expect(sent).toEqual([]);
  });
});

describe('what comes back', () => {
  it('is no redirect, and nobody follows one', async () => {
    const { sent, spend } = desk({
      answer: () =>
        new Response('CANARY', { status: 307, headers: { location: 'https://evil.example/CANARY' } }),
    });
    expect(await spend(grants.code)).toMatchObject({ status: 200, said: 'answered 307', text: '' });
    expect(sent).toHaveLength(1);
  });

  it('is no answer without end', async () => {
    let pulled = 0;
    const body = () =>
      new ReadableStream({
        pull: (controller) => controller.enqueue(new Uint8Array(2 ** 20).fill((pulled += 1))),
      });
    const { ask } = desk({ answer: () => new Response(body()) });
    expect(await ask(`GET ${ME}`, { headers: BEARER })).toMatchObject({
      status: 502,
      said: 'failed too_large sent',
    });
    expect(pulled).toBeLessThan(12);
  });

  it('has headers of a list, our own guards, and no cookie', async () => {
    const bad = {
      'set-cookie': 'a=b',
      'access-control-allow-origin': '*',
      'cache-control': 'public',
      link: '<x>',
      via: 'x',
    };
    const good = { 'content-type': 'application/json', 'retry-after': '1', 'x-rate-limit-reset': '2' };
    const { ask } = desk({
      answer: () => new Response('{}', { headers: { ...bad, ...good, 'authchart-relay': 'refused' } }),
    });
    const { headers } = await ask(`GET ${ME}`, { headers: BEARER });
    expect(Object.fromEntries(headers)).toEqual({
      ...good,
      'authchart-relay': 'answered 200',
      'cache-control': 'no-store',
      'cross-origin-resource-policy': 'same-origin',
      'referrer-policy': 'no-referrer',
      'x-content-type-options': 'nosniff',
    });
  });

  it.each<[string, () => never, number, string]>([
    ['a fault before sending', thrower(new TransportFault('dns', false)), 502, 'failed dns unsent'],
    ['a fault after sending', thrower(new TransportFault('reset', true)), 502, 'failed reset sent'],
    ['a transport that gave up', thrower(new TransportFault('timeout', true)), 504, 'failed timeout sent'],
    ['a closed transport', thrower(new AuthError('client_closed')), 502, 'failed proxy unsent'],
    [
      'whatever a runtime throws',
      thrower(new TypeError('CANARY: Bearer CANARY-at')),
      502,
      'failed unknown sent',
    ],
  ])('is a word for %s, and nothing of its error', async (_, answer, status, said) => {
    const told = [vi.spyOn(console, 'error'), vi.spyOn(console, 'warn'), vi.spyOn(process, 'emitWarning')];
    const { spend } = desk({ answer });
    expect(await spend(grants.refresh)).toMatchObject({ status, said, text: '' });
    for (const spy of told) {
      expect(spy).not.toHaveBeenCalled();
      spy.mockRestore();
    }
  });
});

function thrower(error: Error): () => never {
  return () => {
    throw error;
  };
}

describe('one deadline', () => {
  const configuration = {
    provider: x,
    clientId: 'client',
    clientSecret: redact('CANARY-secret'),
    origin: ORIGIN,
  };
  const request = (body: Asked['body']) =>
    new Request(`${ORIGIN}/auth/relay`, {
      method: 'POST',
      headers: { ...own, ...FORM, 'authchart-relay': `POST ${TOKEN}` },
      body,
      duplex: 'half',
    });

  it('ends a page that never comes to its end: nothing was sent', async () => {
    const clock = stoppedClock();
    const transport = { fetch: vi.fn(), close: () => Promise.resolve() };
    const answer = relayOf(configuration, { clock, transport })(request(new ReadableStream()));
    await expect.poll(() => clock.timers).toBe(1);
    clock.advance(25_000);
    const { status, headers } = await answer;
    expect([status, headers.get('authchart-relay')]).toEqual([400, 'refused']);
    expect(transport.fetch).not.toHaveBeenCalled();
    expect(clock.timers).toBe(0);
  });

  it.each(['before its headers', 'in the middle of its body'])(
    'ends a provider that goes silent %s',
    async (where) => {
      const clock = stoppedClock();
      let signal: AbortSignal | null | undefined;
      const transport: Transport = {
        fetch(_, init) {
          signal = init.signal;
          return where === 'before its headers'
            ? new Promise(() => {})
            : Promise.resolve(new Response(new ReadableStream()));
        },
        close: () => Promise.resolve(),
      };
      const answer = relayOf(configuration, { clock, transport })(
        request(new URLSearchParams(grants.code).toString()),
      );
      await expect.poll(() => signal).toBeDefined();
      clock.advance(24_999);
      expect(signal?.aborted).toBe(false);
      clock.advance(1);
      const { status, headers } = await answer;
      expect([status, headers.get('authchart-relay')]).toEqual([504, 'failed timeout sent']);
      expect(signal?.aborted).toBe(true);
    },
  );
});

describe('relay()', () => {
  const options = { provider: x, clientId: 'client', origin: ORIGIN };
  it.each(
    [
      [
        '*',
        'null',
        '',
        'app.example',
        `${ORIGIN}/`,
        `${ORIGIN}:443`,
        'HTTPS://app.example',
        `${ORIGIN}/path`,
      ],
      [
        'http://app.example',
        'http://localhost.evil.example',
        'https://user@app.example',
        'file://',
        undefined,
      ],
    ].flat(),
  )('serves no origin %s', (origin) => {
    expect(() => relay({ ...options, origin: origin as string })).toThrow(
      expect.objectContaining({ code: 'invalid_option' }),
    );
  });

  it.each([
    ORIGIN,
    'https://app.example:8443',
    'http://localhost:5173',
    'http://127.0.0.1:1',
    'http://[::1]:1',
  ])('serves %s', (origin) => {
    expect(relay({ ...options, origin })).toBeTypeOf('function');
  });

  it.each([
    [{ clientId: '' }, 'invalid_client_id'],
    [{ clientSecret: ' CANARY' }, 'invalid_client_secret'],
    [{ provider: { ...x, apiOrigins: ['http://169.254.169.254'] } }, 'invalid_provider'],
  ])('refuses %j', (wrong, code) => {
    expect(() => relay({ ...options, ...wrong })).toThrow(expect.objectContaining({ code }));
  });
});
