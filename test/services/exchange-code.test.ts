import { inspect } from 'node:util';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { authorizationRequest } from '../../src/services/authorization-request.js';
import { exchangeCode, renewTokens, type ExchangeCodeOptions } from '../../src/services/exchange-code.js';
import { xAt } from './support/client-at.js';
import { json, loopbackServer, type LoopbackServer } from './support/loopback-server.js';
import { protocolPorts, stoppedClock } from './support/protocol-ports.js';

const tokens = { token_type: 'bearer', expires_in: 7200, access_token: 'AT', scope: 'users.read tweet.read' };

let server: LoopbackServer;
let ports: ReturnType<typeof protocolPorts>;
beforeEach(async () => {
  server = await loopbackServer(json(tokens));
  ports = protocolPorts();
});
afterEach(() => server.close());

const STATE = 'CANARY-state-CANARY';
const CODE = 'CANARY-code';
const codeVerifier = `CANARY-${'v'.repeat(40)}`;
const callbackUrl = `https://localhost/?state=${STATE}&code=${CODE}`;

const exchange = (options: Partial<ExchangeCodeOptions> = {}, clock = ports.clock) =>
  exchangeCode(
    { provider: xAt(server.origin), clientId: 'client', callbackUrl, codeVerifier, state: STATE, ...options },
    { ...ports, clock },
  );

describe('exchangeCode', () => {
  it('turns a pasted callback into plain values (parity rows 8 and 9)', async () => {
    const clock = stoppedClock(1632845023_900);
    expect(await exchange({}, clock)).toEqual({ ...tokens, expires_at: 1632852223 });
  });

  it('passes a refresh token on, and takes a missing scope for the requested one (F8)', async () => {
    server.answer = json({ token_type: 'Bearer', access_token: 'AT', refresh_token: 'RT' });
    const clock = stoppedClock(0);
    expect(await exchange({ scopes: ['tweet.read', 'offline.access'] }, clock)).toEqual({
      token_type: 'bearer',
      expires_in: 7200,
      expires_at: 7200,
      access_token: 'AT',
      scope: 'tweet.read offline.access',
      refresh_token: 'RT',
    });
  });

  it('claims no expiry where nobody knows one (F6)', async () => {
    server.answer = json({ token_type: 'bearer', access_token: 'AT', scope: '' });
    const token = await exchange({ provider: xAt(server.origin, { assumedTokenLifetime: null }) });
    expect(token).toEqual({ token_type: 'bearer', access_token: 'AT', scope: '' });
  });

  it('fits what authorizationRequest gives', async () => {
    const client = {
      provider: xAt(server.origin),
      clientId: 'client',
      redirectUri: 'http://127.0.0.1:8976/cb',
    };
    const { codeVerifier: verifier, state } = await authorizationRequest(client, ports);
    const url = `${client.redirectUri}?code=c&state=${state}`;
    expect(
      await exchangeCode({ ...client, callbackUrl: url, codeVerifier: verifier, state }, ports),
    ).toMatchObject({ access_token: 'AT' });
    expect(Object.fromEntries(new URLSearchParams(server.requests[0]?.body))).toMatchObject({
      code_verifier: verifier,
      redirect_uri: client.redirectUri,
    });
  });

  it.each<[string, Partial<ExchangeCodeOptions>, string]>([
    ['another state (C1)', { callbackUrl: 'https://localhost/?code=c&state=other' }, 'callback_unknown'],
    ['no state (C2)', { callbackUrl: 'https://localhost/?code=c' }, 'callback_state_missing'],
    ['an empty state (C2)', { callbackUrl: 'https://localhost/?code=c&state=' }, 'callback_state_missing'],
    [
      'another state, before everything else (C15)',
      { callbackUrl: 'https://evil.example/?error=a&code=c&state=other&iss=x' },
      'callback_unknown',
    ],
    [
      'another address (C14)',
      { callbackUrl: `https://localhost/cb?code=c&state=${STATE}` },
      'callback_other_origin',
    ],
    [
      'another issuer, before the error (D2, D8)',
      { callbackUrl: `https://localhost/?error=a&state=${STATE}&iss=x` },
      'callback_issuer_mismatch',
    ],
    ['a refusal', { callbackUrl: `https://localhost/?error=access_denied&state=${STATE}` }, 'access_denied'],
    ['a code twice (C8)', { callbackUrl: `${callbackUrl}&code=${CODE}` }, 'callback_malformed'],
    ['code and error (C9)', { callbackUrl: `${callbackUrl}&error=x` }, 'callback_malformed'],
    ['neither (C10)', { callbackUrl: `https://localhost/?state=${STATE}` }, 'callback_not_ours'],
    [
      'tokens (C12)',
      { callbackUrl: `https://localhost/#access_token=evil&state=${STATE}` },
      'callback_malformed',
    ],
    ['no URL', { callbackUrl: CODE }, 'callback_not_ours'],
    ['a bad verifier (B4)', { codeVerifier: 'CANARY' }, 'invalid_option'],
    [
      'an empty state of our own',
      { state: '', callbackUrl: 'https://localhost/?code=c&state=' },
      'invalid_option',
    ],
    ['no client id', { clientId: '' }, 'invalid_client_id'],
  ])('sends nothing for %s', async (_, options, code) => {
    const error = await exchange(options).catch((caught: unknown) => caught);
    expect(error).toMatchObject({ name: 'AuthError', code });
    expect(inspect(error, { depth: Infinity }) + JSON.stringify(error)).not.toContain('CANARY');
    expect(server.requests).toEqual([]);
  });
});

describe('renewTokens', () => {
  const renew = (refreshToken: string) =>
    renewTokens(
      { provider: xAt(server.origin), clientId: 'client', refreshToken },
      { ...ports, clock: stoppedClock(0) },
    );

  it('gives the new tokens (H1)', async () => {
    server.answer = json({ ...tokens, refresh_token: 'RT2' });
    expect(await renew('RT1')).toEqual({ ...tokens, expires_at: 7200, refresh_token: 'RT2' });
  });

  it('keeps the refresh token and says nothing of scopes if the answer does not (H2)', async () => {
    server.answer = json({ token_type: 'bearer', access_token: 'AT', expires_in: 60 });
    expect(await renew('RT1')).toEqual({
      token_type: 'bearer',
      access_token: 'AT',
      expires_in: 60,
      expires_at: 60,
      refresh_token: 'RT1',
    });
  });

  it('refuses an empty refresh token', async () => {
    await expect(renew('')).rejects.toMatchObject({ code: 'invalid_option' });
    expect(server.requests).toEqual([]);
  });
});
