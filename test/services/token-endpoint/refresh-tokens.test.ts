import { inspect } from 'node:util';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { refreshTokens } from '../../../src/services/token-endpoint/refresh-tokens.js';
import { clientAt } from '../support/client-at.js';
import { json, loopbackServer, text, type LoopbackServer } from '../support/loopback-server.js';
import { protocolPorts } from '../support/protocol-ports.js';

const refreshToken = 'CANARY-rt';

let server: LoopbackServer;
let ports: ReturnType<typeof protocolPorts>;
beforeEach(async () => {
  server = await loopbackServer(json({ token_type: 'bearer', access_token: 'AT' }));
  ports = protocolPorts();
});
afterEach(() => server.close());

const refresh = (
  client: Parameters<typeof clientAt>[1] = {},
  options: Parameters<typeof refreshTokens>[2] = {},
) => refreshTokens({ configuration: clientAt(server.origin, client), refreshToken }, ports, options);

describe('refreshTokens', () => {
  it('sends the refresh token and nothing of the first exchange (B10, E7)', async () => {
    expect(await refresh()).toMatchObject({
      accessToken: 'AT',
      refreshToken: null,
      expiresIn: null,
      scopes: null,
    });
    expect(Object.fromEntries(new URLSearchParams(server.requests[0]?.body))).toEqual({
      grant_type: 'refresh_token',
      refresh_token: refreshToken,
      client_id: 'client',
    });
  });

  it('authenticates a confidential client (H11)', async () => {
    await refresh({ clientSecret: 'secret' });
    expect(server.requests[0]?.headers.authorization).toBe(`Basic ${btoa('client:secret')}`);
  });

  const dead = { error: 'invalid_request', error_description: 'Value passed for the token was invalid.' };
  it.each<[string, LoopbackServer['answer'], string, string]>([
    ['invalid_grant (G3)', json({ error: 'invalid_grant' }, 400), 'session_revoked', 'refused'],
    ["X's dead token (G3)", json(dead, 400), 'session_revoked', 'refused'],
    [
      "X's dead token as a problem (G3)",
      json({ detail: dead.error_description }, 400, { 'content-type': 'application/problem+json' }),
      'session_revoked',
      'refused',
    ],
    ['invalid_client (G2)', json({ error: 'invalid_client' }, 401), 'client_misconfigured', 'misconfigured'],
    [
      "X's unauthorized_client (G2)",
      json({ error: 'unauthorized_client' }, 401),
      'client_misconfigured',
      'misconfigured',
    ],
    [
      'a refusal that may not be about the token (G2)',
      json({ error: 'invalid_request', error_description: 'Missing required parameter [client_id].' }, 400),
      'client_misconfigured',
      'misconfigured',
    ],
    ['404 (G4)', text('not here', 404), 'response_invalid', 'turnedAway'],
    ['502 (G4)', text('bad gateway', 502), 'outcome_unknown', 'unknown'],
    ['an unreadable 200 (G4)', json('{'), 'response_invalid', 'unknown'],
    ['429 (G5)', text('', 429), 'provider_busy', 'turnedAway'],
    ['a broken connection (G4)', (_, response) => response.socket?.destroy(), 'outcome_unknown', 'unknown'],
  ])('ends no session unless it is known to be dead: %s', async (_, answer, code, certainty) => {
    server.answer = answer;
    const error = await refresh().catch((caught: unknown) => caught);
    expect(error).toMatchObject({ name: 'AuthError', code, certainty, phase: 'renewal' });
    expect(inspect(error, { depth: Infinity }) + JSON.stringify(error)).not.toContain('CANARY');
    expect(server.requests).toHaveLength(1);
  });

  it('hides an echoed refresh token (G6)', async () => {
    server.answer = json({ error: 'invalid_grant', error_description: `Token ${refreshToken} is dead` }, 400);
    await expect(refresh()).rejects.toMatchObject({ provider: { description: 'Token [redacted] is dead' } });
  });

  it('sends nothing for a caller that is gone already', async () => {
    await expect(refresh({}, { signal: AbortSignal.abort() })).rejects.toMatchObject({
      code: 'cancelled',
      certainty: 'notSent',
    });
    expect(server.requests).toEqual([]);
  });
});
