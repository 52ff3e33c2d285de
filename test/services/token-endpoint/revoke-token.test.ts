import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { revokeToken } from '../../../src/services/token-endpoint/revoke-token.js';
import { clientAt } from '../support/client-at.js';
import { json, loopbackServer, text, type LoopbackServer } from '../support/loopback-server.js';
import { protocolPorts, stoppedClock } from '../support/protocol-ports.js';

let server: LoopbackServer;
let ports: ReturnType<typeof protocolPorts>;
beforeEach(async () => {
  server = await loopbackServer();
  ports = protocolPorts();
});
afterEach(() => server.close());

const revoke = (
  client: Parameters<typeof clientAt>[1] = {},
  options: Parameters<typeof revokeToken>[2] = {},
  clock = ports.clock,
) =>
  revokeToken(
    { configuration: clientAt(server.origin, client), token: 'CANARY-token', hint: 'refresh_token' },
    { ...ports, clock },
    options,
  );

describe('revokeToken', () => {
  it('names token, hint and a public client in the body (I2, E2)', async () => {
    await revoke();
    expect(server.requests[0]).toMatchObject({ method: 'POST', url: '/revoke' });
    expect(Object.fromEntries(new URLSearchParams(server.requests[0]?.body))).toEqual({
      token: 'CANARY-token',
      token_type_hint: 'refresh_token',
      client_id: 'client',
    });
  });

  it('authenticates a confidential client (I2)', async () => {
    await revoke({ clientSecret: 'secret' });
    expect(server.requests[0]?.headers.authorization).toBe(`Basic ${btoa('client:secret')}`);
    expect(new URLSearchParams(server.requests[0]?.body).has('client_id')).toBe(false);
  });

  it.each<[string, LoopbackServer['answer']]>([
    ['{}', json({})],
    ['nothing', text('')],
    ['{"revoked":true}', json({ revoked: true })],
    ['{"revoked":false}', json({ revoked: false })],
    ['HTML', text('<html>', 200, { 'content-type': 'text/html' })],
    [
      "X's 400 for a token it no longer knows",
      json({ error: 'invalid_request', error_description: 'Value passed for the token was invalid.' }, 400),
    ],
  ])('takes %s for done (I3)', async (_, answer) => {
    server.answer = answer;
    await expect(revoke()).resolves.toBeUndefined();
  });

  it('knows that a token lives on after 503, and when to come back (I4)', async () => {
    const clock = stoppedClock();
    server.answer = text('', 503, { 'retry-after': '30' });
    await expect(revoke({}, {}, clock)).rejects.toMatchObject({
      code: 'provider_busy',
      retryAt: clock.now() + 30_000,
    });
  });

  it.each<[string, LoopbackServer['answer'], string]>([
    ['unsupported_token_type (I10)', json({ error: 'unsupported_token_type' }, 400), 'response_invalid'],
    ['invalid_client (G2)', json({ error: 'invalid_client' }, 401), 'client_misconfigured'],
    ['500 (G4)', text('CANARY-token', 500), 'outcome_unknown'],
    ['a redirect (E9)', text('', 302, { location: 'http://127.0.0.1:1' }), 'response_invalid'],
    ['404', text('', 404), 'response_invalid'],
  ])('reports %s', async (_, answer, code) => {
    server.answer = answer;
    const error = await revoke().catch((caught: unknown) => caught);
    expect(error).toMatchObject({ name: 'AuthError', code, phase: 'signOut' });
    expect(JSON.stringify(error)).not.toContain('CANARY');
  });

  it('passes on what the provider said of an unsupported token type (I10)', async () => {
    server.answer = json({ error: 'unsupported_token_type' }, 400);
    await expect(revoke()).rejects.toMatchObject({
      provider: { error: 'unsupported_token_type', status: 400 },
    });
  });

  it('says so where there is no revocation endpoint', async () => {
    const endpoints = { authorization: 'https://as.example/a', token: 'https://as.example/t' };
    await expect(revoke({ endpoints })).rejects.toMatchObject({ code: 'invalid_provider', phase: 'signOut' });
  });

  it('sends nothing for a caller that is gone already', async () => {
    await expect(revoke({}, { signal: AbortSignal.abort() })).rejects.toMatchObject({ code: 'cancelled' });
    expect(server.requests).toEqual([]);
  });
});
