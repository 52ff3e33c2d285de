import { createClient, defineProvider, relayTransport, x } from 'authchart/browser';
import { beforeEach, describe, expect, it, onTestFinished, vi } from 'vitest';
import { reportOf, reportText } from '../../src/services/relay-protocol.js';
import { TransportFault } from '../../src/services/transport-fault.js';

const TOKEN = 'https://api.x.com/2/oauth2/token';

let calls: { readonly url: string; readonly init: RequestInit }[];
let answer: () => Promise<Response>;

beforeEach(() => {
  calls = [];
  answer = async () => new Response('{}', { headers: { 'authchart-relay': 'answered 200' } });
  vi.stubGlobal('location', { origin: 'https://app.example' });
  vi.stubGlobal('navigator', { onLine: true });
  vi.stubGlobal('fetch', (url: string, init: RequestInit) => {
    calls.push({ url, init });
    return answer();
  });
  onTestFinished(() => void vi.unstubAllGlobals());
});

const ask = (init: RequestInit = {}) => relayTransport('/auth/relay').fetch(TOKEN, init);
const faultOf = (fault: { kind: string; sent: boolean }) => expect.objectContaining(fault) as Error;

describe('relayTransport', () => {
  it('posts to its path of the own origin, with the target in a header, and no cookie', async () => {
    const body = new URLSearchParams({ a: 'b' });
    await ask({
      method: 'post',
      body,
      headers: { accept: 'x/y' },
      credentials: 'include',
      redirect: 'follow',
      mode: 'no-cors',
    });
    await ask({ headers: { authorization: 'Bearer AT' } });
    expect(calls.map(({ url, init }) => [url, init.method, [...new Headers(init.headers)]])).toEqual([
      [
        'https://app.example/auth/relay',
        'POST',
        [
          ['accept', 'x/y'],
          ['authchart-relay', `POST ${TOKEN}`],
        ],
      ],
      [
        'https://app.example/auth/relay',
        'POST',
        [
          ['authchart-relay', `GET ${TOKEN}`],
          ['authorization', 'Bearer AT'],
        ],
      ],
    ]);
    expect(calls[0]?.init).toMatchObject({
      body,
      credentials: 'omit',
      redirect: 'manual',
      mode: 'cors',
      cache: 'no-store',
    });
  });

  it.each([
    '//evil.example/relay',
    '/\\evil.example',
    'https://evil.example/',
    'relay',
    '',
    '/a/../b',
    '/a b',
    '/\t/evil',
    7,
    undefined,
  ])('takes no %j for its path', (path) => {
    expect(() => relayTransport(path as string)).toThrow(expect.objectContaining({ code: 'invalid_option' }));
  });

  it('sends nothing if the browser knows that it is offline', async () => {
    vi.stubGlobal('navigator', { onLine: false });
    await expect(ask()).rejects.toThrow(faultOf({ kind: 'unknown', sent: false }));
    expect(calls).toEqual([]);
  });

  it('knows no more than that a request which failed may have been sent, whatever the browser says by then', async () => {
    answer = async () => {
      vi.stubGlobal('navigator', { onLine: false });
      throw new TypeError('Failed to fetch CANARY');
    };
    await expect(ask()).rejects.toThrow(faultOf({ kind: 'unknown', sent: true }));
  });

  it('tells an abort before sending from one after', async () => {
    const controller = new AbortController();
    answer = async () => {
      controller.abort();
      throw new DOMException('', 'AbortError');
    };
    await expect(ask({ signal: controller.signal })).rejects.toThrow(
      faultOf({ kind: 'aborted', sent: true }),
    );
    await expect(ask({ signal: controller.signal })).rejects.toThrow(
      faultOf({ kind: 'aborted', sent: false }),
    );
    expect(calls).toHaveLength(1);
  });

  it.each([200, 201, 204, 205, 302, 304, 404, 429, 500, 599])(
    'gives an answer of %i as it was',
    async (status) => {
      const body = [204, 205, 304].includes(status) ? '' : 'text';
      const headers = { 'authchart-relay': `answered ${status}`, 'retry-after': '7' };
      answer = async () => new Response(body, { headers });
      const response = await ask();
      expect([response.status, await response.text(), [...response.headers.keys()].toSorted()]).toEqual([
        status,
        body,
        body ? ['content-type', 'retry-after'] : expect.arrayContaining(['retry-after']),
      ]);
    },
  );

  it.each([
    ['failed dns unsent', 502, 'dns', false],
    ['failed reset sent', 502, 'reset', true],
    ['failed timeout sent', 504, 'timeout', true],
    ['refused', 403, 'relay', false],
    // Not ours, or not of this version: whatever it was, it may have come after sending.
    ['failed dns', 502, 'relay', true],
    ['failed constructor unsent', 502, 'relay', true],
    ['answered 99', 200, 'relay', true],
    ['answered 200, answered 200', 200, 'relay', true],
    ['', 200, 'relay', true],
    ['', 503, 'relay', true],
    ['', 404, 'relay', false],
    ['', 405, 'relay', false],
  ])('takes %j with status %i for a fault: %s, sent %s', async (said, status, kind, sent) => {
    answer = async () =>
      new Response('<h1>CANARY</h1>', { status, headers: said ? { 'authchart-relay': said } : {} });
    await expect(ask()).rejects.toThrow(faultOf({ kind, sent }));
  });
});

it('every fault survives the way', () => {
  for (const kind of [
    'dns',
    'refused',
    'tls',
    'proxy',
    'timeout',
    'reset',
    'aborted',
    'too_large',
    'unknown',
  ] as const) {
    for (const sent of [true, false]) {
      const report = { kind: 'failed', fault: new TransportFault(kind, sent) } as const;
      expect(reportOf(reportText(report))).toEqual(report);
    }
  }
});

describe('createClient of a page', () => {
  const options = { clientId: 'client', redirectUri: 'https://app.example/callback' };

  it('refuses a provider that answers no page, and says what to do', () => {
    expect(() => createClient({ ...options, provider: x })).toThrow(
      expect.objectContaining({
        code: 'invalid_option',
        message: expect.stringContaining("transport: relayTransport('/auth/relay')") as string,
      }),
    );
  });

  it('takes it with a transport, and one that answers pages without', async () => {
    const transport = relayTransport('/auth/relay');
    await createClient({ ...options, provider: x, transport }).close();
    const endpoints = { authorization: 'https://as.example/authorize', token: 'https://as.example/token' };
    await createClient({ ...options, provider: defineProvider({ id: 'as', endpoints }) }).close();
  });
});
