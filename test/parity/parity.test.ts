import { createHash } from 'node:crypto';
import {
  authorizationRequest,
  createClient,
  exchangeCode,
  memoryStore,
  nodeTransport,
  x,
} from 'authchart/node';
import {
  confidentialApp,
  consent,
  createTestClient,
  publicApp,
  startEmulator,
  virtualClock,
  xAt,
} from 'authchart/testing';
import type { Emulator, EmulatorOptions } from 'authchart/testing';
import { describe, expect, it, onTestFinished } from 'vitest';
import { standaloneAtOnce } from '../../src/client/chunks/at-once.js';
import { standaloneServices } from '../../src/client/standalone.js';
import { json, loopbackServer, type LoopbackServer } from '../services/support/loopback-server.js';
import { cryptography } from '../services/support/protocol-ports.js';
import { forwardProxy, unusedOrigin } from './forward-proxy.js';

const MINUTE = 60_000;
const QUARTER = 15 * MINUTE;
const usersMeOfX = 'https://api.x.com/2/users/me';
const renewable = ['users.read', 'tweet.read', 'offline.access'];

/** The tutorial's own callback: `state` stands before `code`. */
const literal = {
  state: 'HVLpccax4G57jMJu1yddJtP55HYMQA',
  code: 'SUVocnRteEF0dFZCMXR0eWQ0aF9HX1ZZMkVmeHhlWTF4NmRMNElPdVNmQ2N4OjE2MzI4NDcode',
  verifier: 'v'.repeat(43),
};

type Endpoints = Parameters<typeof xAt>[0];
type Options = Partial<Parameters<typeof createTestClient>[0]>;

async function emulate(options?: EmulatorOptions): Promise<Emulator> {
  const emulator = await startEmulator(options);
  onTestFinished(() => emulator.close());
  return emulator;
}

async function serve(answer: LoopbackServer['answer']): Promise<LoopbackServer> {
  const server = await loopbackServer(answer);
  onTestFinished(() => server.close());
  return server;
}

function clientAt({ endpoints }: { endpoints: Endpoints }, options: Options = {}) {
  const client = createTestClient({
    provider: xAt(endpoints),
    clientId: publicApp.client_id,
    scopes: renewable,
    ...options,
  });
  onTestFinished(() => client.close());
  return client;
}

/** As `xAt` wants them, all on one server. */
const endpointsOn = (origin: string): Endpoints => ({
  issuer: origin,
  authorization: `${origin}/i/oauth2/authorize`,
  token: `${origin}/2/oauth2/token`,
  revocation: `${origin}/2/oauth2/revoke`,
  usersMe: `${origin}/2/users/me`,
});

const tokenRequests = ({ requests, endpoints }: Emulator) =>
  requests.filter(({ path }) => path === new URL(endpoints.token).pathname);

async function callbackOf(url: string): Promise<string> {
  const { callbackUrl } = await consent(url);
  return callbackUrl ?? '';
}

async function signIn(client: ReturnType<typeof clientAt>) {
  const { url } = await client.begin();
  return client.complete(await callbackOf(url));
}

function reversed(callbackUrl: string): string {
  const { origin, pathname, searchParams } = new URL(callbackUrl);
  return `${origin}${pathname}?${new URLSearchParams([...searchParams].toReversed()).toString()}`;
}

describe('what a pytwitter user does', () => {
  it('1. A client id alone makes a public client: it names itself in the body of the token request', async () => {
    expect(() => createClient({ provider: x, clientId: 'my-client-id' })).not.toThrow();
    const emulator = await emulate();
    await signIn(clientAt(emulator));
    const [request] = tokenRequests(emulator);
    expect(request?.form.get('client_id')).toBe(publicApp.client_id);
    expect(request?.headers.authorization).toBeUndefined();
  });

  it('2. A client secret makes a confidential client: HTTP Basic at the token endpoint, and nothing in the body', async () => {
    const emulator = await emulate();
    const { client_id: clientId, client_secret: clientSecret } = confidentialApp;
    await signIn(clientAt(emulator, { clientId, clientSecret }));
    const [request] = tokenRequests(emulator);
    const credentials = Buffer.from(`${clientId}:${clientSecret}`).toString('base64');
    expect(request?.headers.authorization).toBe(`Basic ${credentials}`);
    expect(request?.form.has('client_secret')).toBe(false);
  });

  it('3. No callback means https://localhost/, which must be registered', async () => {
    const { url } = await authorizationRequest({ provider: x, clientId: 'id' });
    expect(new URL(url).searchParams.get('redirect_uri')).toBe('https://localhost/');
    const emulator = await emulate({
      apps: [{ ...publicApp, redirect_uris: ['http://127.0.0.1:8976/callback'] }],
    });
    const begun = await clientAt(emulator).begin();
    expect(await consent(begun.url)).toMatchObject({ callbackUrl: null, status: 400 });
  });

  it('4. No scopes means users.read and tweet.read, sent as one value', async () => {
    const { url } = await authorizationRequest({ provider: x, clientId: 'id' });
    expect(new URL(url).searchParams.get('scope')).toBe('users.read tweet.read');
    const emulator = await emulate();
    const session = await signIn(clientAt(emulator, { scopes: undefined }));
    expect(session.info()?.scopes.toSorted()).toEqual(['tweet.read', 'users.read']);
  });

  it('5. Asking for the authorization URL gives URL, verifier and state; begin() keeps the verifier', async () => {
    const request = await authorizationRequest({ provider: x, clientId: 'id' });
    expect(Object.keys(request).toSorted()).toEqual(['codeVerifier', 'state', 'url']);
    const begun = await clientAt(await emulate()).begin();
    expect(Object.keys(begun).toSorted()).toEqual(['expiresAt', 'state', 'url']);
    expect(new URL(begun.url).searchParams.get('state')).toBe(begun.state);
  });

  it("6. That URL has pytwitter's seven parameters and no other, on x.com", async () => {
    const { url, codeVerifier, state } = await authorizationRequest({
      provider: x,
      clientId: 'my-client-id',
    });
    const { origin, pathname, searchParams } = new URL(url);
    expect(origin + pathname).toBe('https://x.com/i/oauth2/authorize');
    expect(Object.fromEntries(searchParams)).toEqual({
      response_type: 'code',
      client_id: 'my-client-id',
      redirect_uri: 'https://localhost/',
      scope: 'users.read tweet.read',
      state,
      code_challenge: createHash('sha256').update(codeVerifier).digest('base64url'),
      code_challenge_method: 'S256',
    });
    expect([...searchParams]).toHaveLength(7);
    expect(state.length).toBeGreaterThanOrEqual(30);
  });

  it('7. Nobody keeps the verifier by hand: another client with the same store completes, once, until it expires', async () => {
    const emulator = await emulate();
    const clock = virtualClock(Date.now());
    const runtime = { store: memoryStore(), clock };
    const { url } = await clientAt(emulator, { runtime }).begin();
    const callbackUrl = await callbackOf(url);

    const other = clientAt(emulator, { runtime });
    await other.complete(callbackUrl);
    await other.complete(callbackUrl);
    expect(emulator.counters.tokenHits).toBe(1);
    const verifier = tokenRequests(emulator)[0]?.form.get('code_verifier') ?? '';
    const challenge = createHash('sha256').update(verifier).digest('base64url');
    expect(new URL(url).searchParams.get('code_challenge')).toBe(challenge);
    const otherCode = callbackUrl.replace(/code=[^&]+/, 'code=another');
    await expect(other.complete(otherCode)).rejects.toMatchObject({ code: 'callback_already_used' });

    const late = await other.begin();
    const lateCallback = await callbackOf(late.url);
    await clock.advance(late.expiresAt - clock.now());
    await expect(other.complete(lateCallback)).rejects.toMatchObject({ code: 'callback_expired' });
    expect(emulator.counters.tokenHits).toBe(1);
  });

  it('8. The whole callback URL is pasted: code and state are read out of it in either order', async () => {
    const { state, code, verifier } = literal;
    const server = await serve(json({ token_type: 'bearer', access_token: 'AT', scope: 'users.read' }));
    const client = { provider: xAt(endpointsOn(server.origin)), clientId: 'id' };
    for (const query of [`state=${state}&code=${code}`, `code=${code}&state=${state}`]) {
      const callbackUrl = `https://localhost/?${query}`;
      await exchangeCode({ ...client, callbackUrl, codeVerifier: verifier, state });
    }
    const sent = server.requests.map(({ body }) => new URLSearchParams(body));
    expect(sent.map((form) => form.get('code'))).toEqual([code, code]);
    expect(sent.map((form) => form.get('redirect_uri'))).toEqual([
      'https://localhost/',
      'https://localhost/',
    ]);

    const emulator = await emulate();
    for (const arranged of [(url: string) => url, reversed]) {
      const own = clientAt(emulator);
      const { url } = await own.begin();
      const session = await own.complete(arranged(await callbackOf(url)));
      expect(session.info()?.standing).toBe('fresh');
    }
  });

  it("9. A token is pytwitter's object, with expires_at in Unix seconds from the start of the request", async () => {
    const clock = virtualClock(1_632_845_023_000);
    const response = {
      token_type: 'bearer',
      expires_in: 7200,
      access_token: 'SUVocnRteEF0',
      scope: 'users.read tweet.read',
    };
    const server = await serve((request, reply) => {
      clock.jump(20_000);
      json(response)(request, reply);
    });
    const transport = nodeTransport();
    onTestFinished(() => transport.close());
    const { exchangeCode: exchange } = standaloneServices(
      { clock, cryptography, transport, browser: false },
      standaloneAtOnce,
    );
    const token = await exchange({
      provider: xAt(endpointsOn(server.origin)),
      clientId: 'id',
      callbackUrl: `https://localhost/?state=${literal.state}&code=${literal.code}`,
      codeVerifier: literal.verifier,
      state: literal.state,
    });
    expect(token).toEqual({ ...response, expires_at: 1_632_852_223 });
  });

  it('9. The facts of a session say the same in camel case and milliseconds, without the token', async () => {
    const clock = virtualClock(1_632_845_023_000);
    const emulator = await emulate({ now: clock.now() });
    const client = clientAt(emulator, { scopes: ['users.read', 'tweet.read'], runtime: { clock } });
    const info = (await signIn(client)).info();
    expect(info).toMatchObject({ obtainedAt: 1_632_845_023_000, expiresAt: 1_632_852_223_000 });
    expect(info?.scopes.toSorted()).toEqual(['tweet.read', 'users.read']);
    expect(info).toMatchObject({ renewable: false, standing: 'fresh' });
    expect(JSON.stringify(info)).not.toMatch(/token|bearer/i);
  });

  it("10. Requests of the session carry the user's authorization, to X's API and nowhere else", async () => {
    const emulator = await emulate();
    const session = await signIn(clientAt(emulator));
    const response = await session.fetch(emulator.endpoints.usersMe);
    expect(await response.json()).toMatchObject({ data: { username: 'ada' } });
    expect(emulator.requests.at(-1)?.headers.authorization).toBe(`Bearer ${await session.accessToken()}`);
    expect(x.apiOrigins).toEqual([new URL(usersMeOfX).origin]);
    await expect(session.fetch(usersMeOfX)).rejects.toMatchObject({ code: 'origin_not_allowed' });
  });

  it('11. A proxy serves every call: code, API, renewal and both revocations', async () => {
    const emulator = await emulate();
    // Nothing listens there: only whoever asks the proxy gets through.
    const hidden = await unusedOrigin();
    const proxy = await forwardProxy({ from: hidden, to: emulator.origin });
    const transport = nodeTransport({ proxy: proxy.origin });
    const client = clientAt({ endpoints: endpointsOn(hidden) }, { runtime: { transport } });

    const { url } = await client.begin();
    const session = await client.complete(await callbackOf(url.replace(hidden, emulator.origin)));
    expect((await session.fetch(`${hidden}/2/users/me`)).status).toBe(200);
    expect((await session.request(`${hidden}/2/users/me`)).statusCode).toBe(200);
    await session.renew();
    const report = await session.signOut();
    expect(report.revocations.map(({ revoked }) => revoked)).toEqual([true, true]);
    expect(emulator.counters).toMatchObject({ tokenHits: 2, apiHits: 2, revokeHits: 2 });
    expect(new Set(proxy.tunnels)).toEqual(new Set([new URL(hidden).host]));
  });

  it('11. A timeout holds for every call: code, API, renewal and both revocations', async () => {
    const silent = await serve(() => {});
    const transport = nodeTransport({ timeout: 50 });
    // A clock that stands still: only the transport's own timeout can end a wait.
    const runtime = { transport, clock: virtualClock() };
    const client = clientAt({ endpoints: endpointsOn(silent.origin) }, { runtime });
    const usersMe = `${silent.origin}/2/users/me`;
    const { state } = await client.begin();
    const session = await client.adopt({ access_token: 'AT', refresh_token: 'RT', expires_in: 7200 });
    const leaving = await client.adopt({ access_token: 'AT2', refresh_token: 'RT2' }, { session: 'leaving' });

    const unanswered = (phase: string) => ({ code: 'outcome_unknown', phase });
    const callbackUrl = `https://localhost/?state=${state}&code=${literal.code}`;
    const [report] = await Promise.all([
      leaving.signOut(),
      expect(client.complete(callbackUrl)).rejects.toMatchObject(unanswered('exchange')),
      expect(session.fetch(usersMe)).rejects.toMatchObject(unanswered('api')),
      expect(session.request(usersMe)).rejects.toMatchObject(unanswered('api')),
      expect(session.renew()).rejects.toMatchObject(unanswered('renewal')),
    ]);
    const failures = report.revocations.map(({ failure }) => failure?.code);
    expect(failures).toEqual(['outcome_unknown', 'outcome_unknown']);
    expect(silent.requests).toHaveLength(6);
  });

  it('12. A rate limit is slept out when asked for, within bounds', async () => {
    const { session, emulator, clock, sleeping } = await exhausted();
    const usersMe = emulator.endpoints.usersMe;
    expect((await session.fetch(usersMe)).status).toBe(429);
    expect((await session.fetch(usersMe, { waitForRateLimit: QUARTER - MINUTE })).status).toBe(429);

    const sleeps = sleeping();
    const patient = session.fetch(usersMe, { waitForRateLimit: QUARTER + MINUTE });
    await sleeps;
    const hits = emulator.counters.apiHits;
    await clock.advance(QUARTER - 1);
    expect(emulator.counters.apiHits).toBe(hits);
    emulator.clock.advance(QUARTER);
    await clock.advance(1);
    expect((await patient).status).toBe(200);
    expect(emulator.counters.apiHits).toBe(hits + 1);
  });

  it('12. Sleeping for a rate limit can be aborted', async () => {
    const { session, emulator, clock, sleeping } = await exhausted();
    const controller = new AbortController();
    const sleeps = sleeping();
    const impatient = session.fetch(emulator.endpoints.usersMe, {
      waitForRateLimit: QUARTER + MINUTE,
      signal: controller.signal,
    });
    await sleeps;
    const hits = emulator.counters.apiHits;
    controller.abort();
    await expect(impatient).rejects.toMatchObject({ code: 'cancelled' });
    await clock.advance(QUARTER);
    expect(emulator.counters.apiHits).toBe(hits);
  });
});

describe('what goes wrong there', () => {
  it('A wrong and a missing state are refused, and no code is sent', async () => {
    const emulator = await emulate();
    const client = clientAt(emulator);
    const { url, codeVerifier, state } = await authorizationRequest({
      provider: xAt(emulator.endpoints),
      clientId: publicApp.client_id,
    });
    const callbackUrl = await callbackOf(url);
    const wrong = callbackUrl.replace(state, literal.state);
    const missing = callbackUrl.replace(`state=${state}&`, '');
    const keys = { provider: xAt(emulator.endpoints), clientId: publicApp.client_id, codeVerifier, state };
    for (const [spoilt, code] of [
      [wrong, 'callback_unknown'],
      [missing, 'callback_state_missing'],
    ] as const) {
      await expect(exchangeCode({ ...keys, callbackUrl: spoilt })).rejects.toMatchObject({ code });
      await expect(client.complete(spoilt)).rejects.toMatchObject({ code });
    }
    expect(emulator.counters.tokenHits).toBe(0);
    expect(await exchangeCode({ ...keys, callbackUrl })).toMatchObject({ token_type: 'bearer' });
  });

  it('A refused consent is access_denied: no request follows and nothing is stored', async () => {
    const emulator = await emulate();
    const client = clientAt(emulator);
    const { url } = await client.begin();
    const { callbackUrl } = await consent(url, { allow: false });
    expect(new URL(callbackUrl ?? '').searchParams.get('error')).toBe('access_denied');
    await expect(client.complete(callbackUrl ?? '')).rejects.toMatchObject({ code: 'access_denied' });
    expect(emulator.counters.tokenHits).toBe(0);
    expect(await client.session()).toBeNull();
  });

  it('Two hours later the login lives: it is renewed at the next use, and revoked at the end', async () => {
    const clock = virtualClock();
    const emulator = await emulate({ now: clock.now() });
    const session = await signIn(clientAt(emulator, { runtime: { clock } }));
    const first = await session.accessToken();
    emulator.clock.advance(2 * 60 * MINUTE);
    await clock.advance(2 * 60 * MINUTE);

    expect((await session.fetch(emulator.endpoints.usersMe)).status).toBe(200);
    const second = await session.accessToken();
    expect(second).not.toBe(first);
    expect(tokenRequests(emulator).map(({ form }) => form.get('grant_type'))).toEqual([
      'authorization_code',
      'refresh_token',
    ]);
    await session.signOut();
    const dead = await fetch(emulator.endpoints.usersMe, { headers: { authorization: `Bearer ${second}` } });
    expect(dead.status).toBe(401);
  });

  it('Extra authorization parameters are sent, and one of the protocol is refused aloud', async () => {
    const options = { provider: x, clientId: 'id' };
    const parameters = { force_login: 'true', screen_name: 'ada' };
    const { url } = await authorizationRequest({ ...options, parameters });
    expect(Object.fromEntries(new URL(url).searchParams)).toMatchObject(parameters);
    const begun = await clientAt(await emulate(), { parameters: { force_login: 'true' } }).begin({
      parameters: { screen_name: 'ada' },
    });
    expect(Object.fromEntries(new URL(begun.url).searchParams)).toMatchObject(parameters);
    await expect(authorizationRequest({ ...options, parameters: { state: 'mine' } })).rejects.toMatchObject({
      code: 'reserved_parameter',
    });
  });

  it('Nobody is sent to twitter.com, where those signed in on x.com appear signed out', async () => {
    const { url } = await authorizationRequest({ provider: x, clientId: 'id' });
    expect(new URL(url).hostname).toBe('x.com');
    expect(JSON.stringify(x)).not.toContain('twitter.com');
  });
});

/** A session whose window of 75 calls is used up, on clocks that stand still. */
async function exhausted() {
  const clock = virtualClock();
  const emulator = await emulate({ now: clock.now() });
  let armed: () => void = () => {};
  const observed = {
    ...clock,
    setTimeout(listener: () => void, milliseconds: number) {
      const id = clock.setTimeout(listener, milliseconds);
      armed();
      return id;
    },
  };
  const session = await signIn(clientAt(emulator, { runtime: { clock: observed } }));
  for (let call = 0; call < 75; call++)
    await (await session.fetch(emulator.endpoints.usersMe)).body?.cancel();
  /** Resolves when somebody next goes to sleep. */
  const sleeping = () => new Promise<void>((resolve) => (armed = resolve));
  return { session, emulator, clock, sleeping };
}
