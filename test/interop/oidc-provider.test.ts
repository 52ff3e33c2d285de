import {
  authorizationRequest,
  createClient,
  discover,
  exchangeCode,
  login,
  memoryStore,
  nodeUserAgent,
  renewTokens,
} from 'authchart/node';
import type { Provider, Store } from 'authchart/node';
import { afterEach, beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import { confidentialClient, publicClient, scopes, startLookAlike, type LookAlike } from './look-alike.js';
import { navigate, visit } from './scripted-browser.js';

let server: LookAlike;
let provider: Provider;
beforeEach(async () => {
  server = await startLookAlike();
  provider = await discover(server.issuer, {
    dangerouslyAllowLoopbackHttp: true,
    apiOrigins: [server.issuer],
    callbackMatching: 'anyPort',
    offlineScope: 'offline.access',
    defaultScopes: scopes,
  });
});
afterEach(() => server.close());

/** A store that tells its keys, so that a test can look into records and spoil them. */
function openStore() {
  const store = memoryStore();
  const keys = new Set<string>();
  const opened: Store = {
    ...store,
    write(key, value, options) {
      keys.add(key);
      return store.write(key, value, options);
    },
  };
  async function find(kind: 'flow' | 'session') {
    const key = [...keys].findLast((known) => known.startsWith(`${kind}/`)) ?? '';
    const entry = await store.read(key);
    return { key, version: entry?.version ?? null, record: JSON.parse(entry?.value ?? 'null') };
  }
  return {
    store: opened,
    async refreshToken(): Promise<string> {
      return (await find('session')).record.tokens.refreshToken;
    },
    async spoilVerifier(): Promise<void> {
      const { key, version, record } = await find('flow');
      const verifier = record.verifier.replace(/^./, (first: string) => (first === 'A' ? 'B' : 'A'));
      await store.write(key, JSON.stringify({ ...record, verifier }), { expected: version });
    },
  };
}

it('discover() finds endpoints, client authentication and the issuer parameter', () => {
  expect(provider).toMatchObject({
    issuer: server.issuer,
    endpoints: {
      authorization: `${server.issuer}/i/oauth2/authorize`,
      token: `${server.issuer}/2/oauth2/token`,
      revocation: `${server.issuer}/2/oauth2/revoke`,
    },
    clientAuthentication: ['none', 'client_secret_basic'],
    issuerParameter: 'required',
  });
});

describe.each([
  ['public', publicClient],
  ['confidential', confidentialClient],
])('a %s client at oidc-provider', (_, app) => {
  const keys = () => ({
    provider,
    clientId: app.client_id,
    clientSecret: 'client_secret' in app ? app.client_secret : undefined,
    redirectUri: app.redirect_uris[0],
  });

  function clientOf(store: Store = memoryStore()) {
    const client = createClient({ ...keys(), store });
    onTestFinished(() => client.close());
    return client;
  }

  async function signIn(client: ReturnType<typeof clientOf>) {
    const { url } = await client.begin();
    return client.complete(await visit(url));
  }

  it('signs in, and the session opens the API', async () => {
    const client = clientOf();
    const { url } = await client.begin();
    const callbackUrl = await visit(url);
    expect(new URL(callbackUrl).searchParams.get('iss')).toBe(server.issuer);
    const session = await client.complete(callbackUrl);
    expect(session.info()).toMatchObject({ standing: 'fresh', renewable: true, scopes });
    const response = await session.fetch(server.usersMe);
    expect(await response.json()).toEqual({ data: { id: 'ada' } });
  });

  it('takes the same callback twice for one request and one session', async () => {
    const client = clientOf();
    const { url } = await client.begin();
    const callbackUrl = await visit(url);
    const [first, second] = await Promise.all([client.complete(callbackUrl), client.complete(callbackUrl)]);
    expect(await first.accessToken()).toBe(await second.accessToken());
    expect(server.tokenHits).toBe(1);
  });

  it('hears of a refusal, asks for no token and stores none', async () => {
    const client = clientOf();
    const { url } = await client.begin();
    const callbackUrl = await visit(url, 'deny');
    await expect(client.complete(callbackUrl)).rejects.toMatchObject({
      code: 'access_denied',
      provider: { error: 'access_denied', description: 'End-User aborted interaction' },
    });
    expect(server.tokenHits).toBe(0);
    expect(await client.session()).toBeNull();
  });

  it('is refused with another verifier than the one it began with', async () => {
    const refused = { code: 'code_refused', provider: { error: 'invalid_grant', status: 400 } };
    const { url, state } = await authorizationRequest(keys());
    const callbackUrl = await visit(url);
    const codeVerifier = 'another-verifier'.padEnd(43, '-');
    await expect(exchangeCode({ ...keys(), callbackUrl, codeVerifier, state })).rejects.toMatchObject(
      refused,
    );

    const { store, spoilVerifier } = openStore();
    const client = clientOf(store);
    const begun = await client.begin();
    await spoilVerifier();
    await expect(client.complete(await visit(begun.url))).rejects.toMatchObject(refused);
    expect(await client.session()).toBeNull();
  });

  it('is refused when it sends a code again, and the tokens of that code die (RFC 6749 §4.1.2)', async () => {
    const { url, codeVerifier, state } = await authorizationRequest(keys());
    const callback = { callbackUrl: await visit(url), codeVerifier, state };
    const token = await exchangeCode({ ...keys(), ...callback });
    expect(await server.isActive(token.access_token)).toBe(true);
    await expect(exchangeCode({ ...keys(), ...callback })).rejects.toMatchObject({
      code: 'code_refused',
      provider: { error: 'invalid_grant' },
    });
    expect(await server.isActive(token.access_token)).toBe(false);
  });

  it('renews with rotation: the new refresh token is in the store, the old one is refused', async () => {
    const { store, refreshToken } = openStore();
    const session = await signIn(clientOf(store));
    const [oldAccess, oldRefresh] = [await session.accessToken(), await refreshToken()];
    await session.renew();
    expect(await session.accessToken()).not.toBe(oldAccess);
    expect((await session.fetch(server.usersMe)).status).toBe(200);
    expect(await refreshToken()).not.toBe(oldRefresh);

    const revoked = { code: 'session_revoked', phase: 'renewal', provider: { error: 'invalid_grant' } };
    await expect(renewTokens({ ...keys(), refreshToken: oldRefresh })).rejects.toMatchObject(revoked);
  });

  it('finds its session revoked once somebody has used a spent refresh token (RFC 9700 §4.14.2)', async () => {
    const { store, refreshToken } = openStore();
    const client = clientOf(store);
    const session = await signIn(client);
    const spent = await refreshToken();
    await session.renew();
    await renewTokens({ ...keys(), refreshToken: spent }).catch(() => {});
    await expect(session.renew()).rejects.toMatchObject({ code: 'session_revoked' });
    expect(await client.session()).toBeNull();
  });

  it('revokes both tokens when it signs out', async () => {
    const { store, refreshToken } = openStore();
    const session = await signIn(clientOf(store));
    const tokens = [await session.accessToken(), await refreshToken()];
    expect(await Promise.all(tokens.map(server.isActive))).toEqual([true, true]);
    const report = await session.signOut();
    expect(report.cleared).toBe(true);
    expect(report.revocations.map(({ revoked }) => revoked)).toEqual([true, true]);
    expect(await Promise.all(tokens.map(server.isActive))).toEqual([false, false]);
    await expect(session.accessToken()).rejects.toMatchObject({ code: 'not_signed_in' });
  });

  it('believes no callback with another issuer or without one, and still takes the true one (RFC 9207 §2.4)', async () => {
    const client = clientOf();
    const { url } = await client.begin();
    const callbackUrl = await visit(url);
    const foreign = new URL(callbackUrl);
    foreign.searchParams.set('iss', 'https://attacker.example');
    const silent = new URL(callbackUrl);
    silent.searchParams.delete('iss');
    for (const spoilt of [foreign, silent]) {
      await expect(client.complete(spoilt)).rejects.toMatchObject({ code: 'callback_issuer_mismatch' });
    }
    expect(server.tokenHits).toBe(0);
    expect((await client.complete(callbackUrl)).info()?.standing).toBe('fresh');
  });
});

it('login() receives the callback on whatever loopback port it got (RFC 8252 §7.3)', async () => {
  const open = async (url: string) => navigate(await visit(url));
  const client = createClient({
    provider,
    clientId: publicClient.client_id,
    redirectUri: 'http://127.0.0.1:0/callback',
    userAgent: nodeUserAgent({ open, input: false, output: false }),
  });
  onTestFinished(() => client.close());
  const session = await login(client);
  expect((await session.fetch(server.usersMe)).status).toBe(200);
});
