import { inspect } from 'node:util';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { challengeOf } from '../../../src/services/pkce.js';
import { redeemCode } from '../../../src/services/token-endpoint/redeem-code.js';
import { clientAt } from '../support/client-at.js';
import { json, loopbackServer, text, type LoopbackServer } from '../support/loopback-server.js';
import { protocolPorts, stoppedClock } from '../support/protocol-ports.js';

const CODE = 'CANARY-code+%';
const STATE = 'CANARY-state';
const SECRET = 'CANARY-secret-_~';
const codeVerifier = `CANARY-verifier-${'v'.repeat(40)}`;
const redirectUri = 'https://localhost/';
const tokens = {
  token_type: 'bearer',
  expires_in: 7200,
  access_token: 'CANARY-at',
  scope: 'a b',
  refresh_token: 'CANARY-rt',
};

let server: LoopbackServer;
let ports: ReturnType<typeof protocolPorts>;
beforeEach(async () => {
  server = await loopbackServer(json(tokens));
  ports = protocolPorts();
});
afterEach(() => server.close());

const redeem = (
  { parameters, ...client }: Parameters<typeof clientAt>[1] & { parameters?: string } = {},
  options: Parameters<typeof redeemCode>[2] = {},
  clock = ports.clock,
) => {
  const values = parameters ?? new URLSearchParams({ code: CODE, state: STATE }).toString();
  const configuration = clientAt(server.origin, client);
  return redeemCode(
    { configuration, redirectUri, codeVerifier, state: STATE, parameters: values },
    { ...ports, clock },
    options,
  );
};

const failure = async (...args: Parameters<typeof redeem>): Promise<Error> => {
  const caught = await redeem(...args).then(
    () => new Error('resolved'),
    (error: Error) => error,
  );
  expect(
    inspect(caught, { depth: Infinity }) +
      JSON.stringify(caught) +
      String(caught.stack) +
      String(caught.cause),
  ).not.toContain('CANARY');
  return caught;
};

describe('redeemCode', () => {
  it('gives the tokens, counted from before the request (F7)', async () => {
    const clock = stoppedClock();
    server.answer = (request, response) => {
      clock.advance(1000);
      json(tokens)(request, response);
    };
    const start = clock.now();
    expect(await redeem({}, {}, clock)).toEqual({
      accessToken: 'CANARY-at',
      refreshToken: 'CANARY-rt',
      tokenType: 'bearer',
      expiresIn: 7200,
      scopes: ['a', 'b'],
      requestedAt: start,
    });
  });

  it('sends a public client in the body, without Authorization (E1, E2, E3, E7, E13, B10)', async () => {
    await redeem({ clientSecret: '' });
    const [request] = server.requests;
    expect(request).toMatchObject({ method: 'POST', url: '/token' });
    expect(request?.headers).toMatchObject({
      'content-type': 'application/x-www-form-urlencoded;charset=UTF-8',
      accept: 'application/json',
    });
    expect(request?.headers.authorization).toBeUndefined();
    expect([...new URLSearchParams(request?.body)].toSorted()).toEqual([
      ['client_id', 'client'],
      ['code', CODE],
      ['code_verifier', codeVerifier],
      ['grant_type', 'authorization_code'],
      ['redirect_uri', redirectUri],
    ]);
  });

  it('sends a confidential client by Basic and nowhere else (E5, E6, parity row 2)', async () => {
    await redeem({ clientSecret: SECRET });
    const [request] = server.requests;
    const credentials = Buffer.from('client:CANARY-secret-_%7E').toString('base64');
    expect(request?.headers.authorization).toBe(`Basic ${credentials}`);
    const body = new URLSearchParams(request?.body);
    expect([body.has('client_secret'), body.has('client_id')]).toEqual([false, false]);
  });

  it.each([
    `code=${'c'.repeat(8)}&state=other`,
    'code=c',
    'state=CANARY-state',
    'code=c&code=d&state=CANARY-state',
    'code=c&state=CANARY-state&iss=https%3A%2F%2Fb.example',
    'error=access_denied&state=CANARY-state',
  ])('validates again, and sends nothing for %s (C1, C8, D2)', async (parameters) => {
    await failure({ parameters });
    expect(server.requests).toEqual([]);
  });

  it('demands a missing issuer where it is required (D3)', async () => {
    expect(await failure({ issuerParameter: 'required' })).toMatchObject({ code: 'callback_malformed' });
    expect(server.requests).toEqual([]);
  });

  it('refuses a verifier that is none before sending (B4)', async () => {
    const request = {
      configuration: clientAt(server.origin),
      redirectUri,
      codeVerifier: 'short',
      state: STATE,
      parameters: '',
    };
    await expect(redeemCode(request, ports)).rejects.toMatchObject({ code: 'invalid_option' });
    await expect(challengeOf('short', ports.cryptography)).rejects.toMatchObject({ code: 'invalid_option' });
  });

  const html = { 'content-type': 'text/html' };
  const echo = `<p>${CODE} ${STATE} ${SECRET} ${codeVerifier}</p>`;
  it.each<[string, LoopbackServer['answer'], string, string]>([
    [
      '401 invalid_client (G2)',
      json({ error: 'invalid_client' }, 401),
      'client_misconfigured',
      'misconfigured',
    ],
    [
      "X's wrong secret (G2)",
      json({ error: 'unauthorized_client', error_description: 'Missing valid authorization header' }, 401),
      'client_misconfigured',
      'misconfigured',
    ],
    [
      "X's unknown client (G2)",
      json(
        { error: 'invalid_client', error_description: 'Value passed for the client id was invalid.' },
        400,
      ),
      'client_misconfigured',
      'misconfigured',
    ],
    ['401 without a word (G2)', text(echo, 401, html), 'client_misconfigured', 'misconfigured'],
    ['invalid_grant (G1)', json({ error: 'invalid_grant' }, 400), 'code_refused', 'refused'],
    [
      "X's dead code (G1)",
      json(
        {
          error: 'invalid_request',
          error_description: 'Value passed for the authorization code was invalid.',
        },
        400,
      ),
      'code_refused',
      'refused',
    ],
    ['an error nobody registered (G1)', json({ error: 'foo_bar' }, 400), 'code_refused', 'refused'],
    ['an error with status 200 (F17)', json({ error: 'bad_verification_code' }), 'code_refused', 'refused'],
    [
      'problem+json without error',
      json({ title: 'Forbidden' }, 403, { 'content-type': 'application/problem+json' }),
      'response_invalid',
      'turnedAway',
    ],
    ['an access token with status 400 (F17)', json(tokens, 400), 'response_invalid', 'turnedAway'],
    ['an HTML page with status 403 (G6)', text(echo, 403, html), 'response_invalid', 'turnedAway'],
    ['429 (G5)', text(echo, 429), 'provider_busy', 'turnedAway'],
    ['503 (G5)', text(echo, 503, html), 'provider_busy', 'turnedAway'],
    ['500 (E4, G4)', json({ error: 'server_error' }, 500), 'outcome_unknown', 'unknown'],
    ['502 HTML (G4, G6)', text(echo, 502, html), 'outcome_unknown', 'unknown'],
    ['a broken connection (E4)', (_, response) => response.socket?.destroy(), 'outcome_unknown', 'unknown'],
    ['a redirect (E9)', text('', 307, { location: 'http://127.0.0.1:1/' }), 'response_invalid', 'unknown'],
    ['201 (F1)', json(tokens, 201), 'response_invalid', 'unknown'],
    ['204 (F1)', text('', 204), 'response_invalid', 'unknown'],
    ['206 (F1)', json(tokens, 206), 'response_invalid', 'unknown'],
    ['HTML with status 200 (F1)', text(echo, 200, html), 'response_invalid', 'unknown'],
    ['truncated JSON (F2)', json(JSON.stringify(tokens).slice(0, -1)), 'response_invalid', 'unknown'],
    ['tokens beside an error (F17)', json({ ...tokens, error: 'x' }), 'response_invalid', 'unknown'],
    [
      'a fault in the last member (F20)',
      json({ ...tokens, refresh_token: 7 }),
      'response_invalid',
      'unknown',
    ],
    ['DPoP unasked (F4)', json({ ...tokens, token_type: 'DPoP' }), 'response_invalid', 'unknown'],
    ['an oversized body (F14)', text('x'.repeat(2 ** 20 + 1)), 'response_invalid', 'unknown'],
  ])('makes of %s what is known of it, and asks once', async (_, answer, code, certainty) => {
    server.answer = answer;
    expect(await failure({ clientSecret: SECRET })).toMatchObject({
      name: 'AuthError',
      code,
      certainty,
      phase: 'exchange',
    });
    expect(server.requests).toHaveLength(1);
  });

  it("keeps the provider's words, cleaned of what was sent (G1, G6)", async () => {
    const error_description = `bad ${CODE} ${codeVerifier} ${SECRET} ${STATE} \u001b[31m${encodeURIComponent(CODE)}`;
    server.answer = json({ error: 'foo_bar', error_description }, 400);
    expect(await failure({ clientSecret: SECRET })).toMatchObject({
      provider: {
        error: 'foo_bar',
        status: 400,
        description: expect.stringContaining('bad [redacted] [redacted]') as string,
      },
    });
  });

  it('says when to come back (G5)', async () => {
    const clock = stoppedClock();
    server.answer = text('', 503, { 'retry-after': '60' });
    expect(await failure({}, {}, clock)).toMatchObject({ retryAt: clock.now() + 60_000 });
  });

  it('knows that nothing was sent', async () => {
    await server.close();
    expect(await failure()).toMatchObject({ code: 'provider_unreachable', certainty: 'notSent' });
  });

  it('sends nothing for a caller that is gone already', async () => {
    expect(await failure({}, { signal: AbortSignal.abort() })).toMatchObject({
      code: 'cancelled',
      certainty: 'notSent',
    });
    expect(server.requests).toEqual([]);
  });

  it('does not abort what is sent', async () => {
    const caller = new AbortController();
    server.answer = (request, response) => {
      caller.abort();
      json(tokens)(request, response);
    };
    expect(await redeem({}, { signal: caller.signal })).toMatchObject({ accessToken: 'CANARY-at' });
  });

  it('gives up at the deadline it is given (E11)', async () => {
    const clock = stoppedClock();
    server.answer = () => {
      clock.advance(4000);
      clock.advance(1000);
    };
    expect(await failure({}, { deadline: 5000 }, clock)).toMatchObject({
      code: 'outcome_unknown',
      certainty: 'unknown',
    });
  });
});
