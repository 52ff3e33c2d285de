import { describe, expect, it } from 'vitest';
import type { Emulator } from '../../src/emulator/emulator.js';
import { authorizationUrl, emulate, signIn } from './application.js';

const page = 'https://app.example';
const allowed = { allowedOrigins: [page] };

function preflight(url: string, method: string, origin = page): Promise<Response> {
  return fetch(url, {
    method: 'OPTIONS',
    headers: {
      origin,
      'access-control-request-method': method,
      'access-control-request-headers': 'authorization',
    },
  });
}

const endpointsOf = ({ endpoints }: Emulator) =>
  [
    [endpoints.token, 'POST'],
    [endpoints.revocation, 'POST'],
    [endpoints.usersMe, 'GET'],
  ] as const;

const cors = ({ headers }: Response) =>
  Object.fromEntries([...headers].filter(([name]) => name.startsWith('access-control')));

describe('pages of other origins', () => {
  it('get nothing by default, as at X', async () => {
    const emulator = await emulate();
    for (const [url, method] of endpointsOf(emulator)) {
      const asked = await preflight(url, method);
      expect([asked.status, cors(asked)]).toEqual([405, {}]);
      expect(cors(await fetch(url, { method, headers: { origin: page } }))).toEqual({});
    }
  });

  it('of a listed origin are answered by token, revocation and API endpoint, preflights first', async () => {
    const emulator = await emulate(allowed);
    for (const [url, method] of endpointsOf(emulator)) {
      const asked = await preflight(url, method);
      expect([asked.status, cors(asked)]).toEqual([
        204,
        {
          'access-control-allow-origin': page,
          'access-control-allow-methods': method,
          'access-control-allow-headers': 'authorization, content-type',
        },
      ]);
      const refused = await fetch(url, { method, headers: { origin: page } });
      expect(refused.status).toBeGreaterThanOrEqual(400);
      expect(refused.headers.get('access-control-allow-origin')).toBe(page);
      expect(refused.headers.get('vary')).toBe('origin');
    }
    expect(emulator.counters).toMatchObject({ tokenHits: 1, revokeHits: 1, apiHits: 1 });
  });

  it('see the rate limit', async () => {
    const emulator = await emulate(allowed);
    const { access_token } = await signIn(emulator);
    const headers = { origin: page, authorization: `Bearer ${access_token}` };
    const response = await fetch(emulator.endpoints.usersMe, { headers });
    const exposed = response.headers.get('access-control-expose-headers')?.split(', ') ?? [];
    expect(exposed.map((name) => response.headers.get(name))).toEqual(['75', '74', expect.any(String)]);
  });

  it.each(['https://evil.example', 'https://app.example.evil.example', 'http://app.example', 'null'])(
    'of %s get nothing even then',
    async (origin) => {
      const emulator = await emulate(allowed);
      for (const [url, method] of endpointsOf(emulator)) {
        expect(cors(await preflight(url, method, origin))).toEqual({});
        expect(cors(await fetch(url, { method, headers: { origin } }))).toEqual({});
      }
    },
  );

  it('never get at the authorization endpoint, which is for windows', async () => {
    const emulator = await emulate(allowed);
    expect((await preflight(emulator.endpoints.authorization, 'GET')).status).toBe(405);
    const response = await fetch(authorizationUrl(emulator), { headers: { origin: page } });
    expect(cors(response)).toEqual({});
  });
});
