import { describe, expect, it } from 'vitest';
import { confidentialApp, emulatorSecret, publicApp } from '../../src/emulator/emulator.js';
import {
  basic,
  challenge,
  emulate,
  epoch,
  exchange,
  obtainCode,
  postForm,
  redirectUri,
  refusals,
  verifier,
} from './application.js';

const refused = (status: number, body: object) => ({ status, body });

describe('the code exchange', () => {
  it('answers with the members of X, in the order of X', async () => {
    const emulator = await emulate();
    const { status, headers, body } = await exchange(emulator, await obtainCode(emulator));
    expect(status).toBe(200);
    expect(headers.get('content-type')).toBe('application/json; charset=utf-8');
    expect(headers.get('cache-control')).toBe('no-store');
    expect(Object.entries(body)).toEqual([
      ['token_type', 'bearer'],
      ['expires_in', 7200],
      ['access_token', expect.any(String)],
      ['scope', 'tweet.read offline.access users.read'],
      ['refresh_token', expect.any(String)],
    ]);
  });

  it('gives no refresh token without offline.access', async () => {
    const emulator = await emulate();
    const code = await obtainCode(emulator, { scope: 'users.read tweet.read' });
    const { body } = await exchange(emulator, code);
    expect(Object.keys(body)).toEqual(['token_type', 'expires_in', 'access_token', 'scope']);
  });

  it('issues secrets in the envelope of X, and all of them can be found by a leak scanner', async () => {
    const emulator = await emulate();
    const code = await obtainCode(emulator);
    const { body } = await exchange(emulator, code);
    const kinds = { ac: code, at: String(body['access_token']), rt: String(body['refresh_token']) };
    for (const [kind, secret] of Object.entries(kinds)) {
      expect(secret).toMatch(/^[\w-]{91}$/);
      expect(emulatorSecret.exec(`log ${secret} log`)?.[0]).toBe(secret);
      const [random, ...rest] = Buffer.from(secret, 'base64url').toString().split(':');
      expect(random).toMatch(/^FAKE[\w-]{41}$/);
      expect(rest).toEqual([String(epoch), '1', '0', kind, '1']);
    }
    expect(new Set(Object.values(kinds)).size).toBe(3);
  });

  it('works 29.9 s after the code was issued', async () => {
    const emulator = await emulate();
    const code = await obtainCode(emulator);
    emulator.clock.advance(29_900);
    expect((await exchange(emulator, code)).status).toBe(200);
  });

  it('is refused 30.1 s after the code was issued', async () => {
    const emulator = await emulate();
    const code = await obtainCode(emulator);
    emulator.clock.advance(30_100);
    expect(await exchange(emulator, code)).toMatchObject(refused(400, refusals.code));
  });

  it('takes other lifetimes as options', async () => {
    const emulator = await emulate({ codeTtl: 5, accessTokenTtl: 60 });
    const code = await obtainCode(emulator);
    emulator.clock.advance(4_999);
    expect((await exchange(emulator, code)).body).toMatchObject({ expires_in: 60 });
    const late = await obtainCode(emulator);
    emulator.clock.advance(5_000);
    expect(await exchange(emulator, late)).toMatchObject(refused(400, refusals.code));
  });

  it('takes the same code once, also when both arrive at the same time', async () => {
    const emulator = await emulate();
    const code = await obtainCode(emulator);
    const answers = await Promise.all([exchange(emulator, code), exchange(emulator, code)]);
    expect(answers.map(({ status }) => status).toSorted()).toEqual([200, 400]);
    expect(answers.find(({ status }) => status === 400)?.body).toEqual(refusals.code);
    expect(await exchange(emulator, code)).toMatchObject(refused(400, refusals.code));
  });

  it('does not burn the code when it fails', async () => {
    const emulator = await emulate();
    const code = await obtainCode(emulator);
    const wrong = { code_verifier: `${verifier.slice(0, -1)}x` };
    expect(await exchange(emulator, code, wrong)).toMatchObject(refused(400, refusals.verifier));
    expect((await exchange(emulator, code)).status).toBe(200);
  });

  it('wants the redirect URI of the authorization request, to the slash', async () => {
    const emulator = await emulate();
    const changes = { redirect_uri: `${redirectUri}/` };
    expect(await exchange(emulator, await obtainCode(emulator), changes)).toMatchObject(
      refused(400, refusals.redirectUri),
    );
  });

  it('complains about the code before the redirect URI, and about that before the verifier', async () => {
    const emulator = await emulate();
    const code = await obtainCode(emulator);
    const wrong = { redirect_uri: 'https://localhost/', code_verifier: 'wrong' };
    expect((await exchange(emulator, 'wrong', wrong)).body).toEqual(refusals.code);
    expect((await exchange(emulator, code, wrong)).body).toEqual(refusals.redirectUri);
  });

  it('checks a plain challenge against the verifier itself', async () => {
    const emulator = await emulate();
    const plain = { code_challenge: 'challenge', code_challenge_method: 'plain' };
    const code = await obtainCode(emulator, plain);
    expect((await exchange(emulator, code)).body).toEqual(refusals.verifier);
    expect((await exchange(emulator, code, { code_verifier: 'challenge' })).status).toBe(200);
  });

  it('does not take the challenge for the verifier', async () => {
    const emulator = await emulate();
    const code = await obtainCode(emulator);
    expect((await exchange(emulator, code, { code_verifier: challenge })).body).toEqual(refusals.verifier);
  });

  it('refuses the code of another app', async () => {
    const other = { ...publicApp, client_id: 'other-app' };
    const emulator = await emulate({ apps: [publicApp, other] });
    const code = await obtainCode(emulator);
    const answer = await exchange(emulator, code, { client_id: other.client_id });
    expect(answer).toMatchObject(refused(400, refusals.code));
  });

  it.each(['grant_type', 'code', 'redirect_uri', 'code_verifier', 'client_id'])('misses %s', async (name) => {
    const emulator = await emulate();
    const code = await obtainCode(emulator);
    for (const value of [null, '']) {
      const answer = await exchange(emulator, code, { [name]: value });
      expect(answer).toMatchObject(refused(400, refusals.missing(name)));
    }
  });

  it('refuses a repeated parameter', async () => {
    const emulator = await emulate();
    const form = new URLSearchParams({ client_id: publicApp.client_id, grant_type: 'refresh_token' });
    form.append('grant_type', 'authorization_code');
    const { status, body } = await postForm(emulator.endpoints.token, form);
    expect({ status, error: body['error'] }).toEqual({ status: 400, error: 'invalid_request' });
  });

  it('reads parameters from the form body only', async () => {
    const emulator = await emulate();
    const query = new URLSearchParams({ client_id: publicApp.client_id, grant_type: 'refresh_token' });
    const url = `${emulator.endpoints.token}?${query.toString()}`;
    expect((await postForm(url, {})).body).toEqual(refusals.missing('client_id'));
    const json = { 'content-type': 'application/json' };
    expect((await postForm(emulator.endpoints.token, query, json)).body).toEqual(
      refusals.missing('client_id'),
    );
  });

  it.each(['client_credentials', 'password', 'toString'])('does not know the grant type %s', async (type) => {
    const emulator = await emulate();
    const answer = await exchange(emulator, 'code', { grant_type: type });
    expect(answer).toMatchObject(refused(400, refusals.grantType));
  });
});

describe('client authentication', () => {
  const confidential = { client_id: confidentialApp.client_id };

  it('takes Basic from a confidential app, with or without client_id in the body', async () => {
    const emulator = await emulate();
    for (const changes of [confidential, { client_id: null }]) {
      const code = await obtainCode(emulator, confidential);
      expect((await exchange(emulator, code, changes, basic())).status).toBe(200);
    }
  });

  it('still wants the verifier of a confidential app', async () => {
    const emulator = await emulate();
    const code = await obtainCode(emulator, confidential);
    const answer = await exchange(emulator, code, { ...confidential, code_verifier: null }, basic());
    expect(answer).toMatchObject(refused(400, refusals.missing('code_verifier')));
  });

  it('refuses the secret of a confidential app in the body', async () => {
    const emulator = await emulate();
    const code = await obtainCode(emulator, confidential);
    const inBody = { ...confidential, client_secret: confidentialApp.client_secret ?? '' };
    expect(await exchange(emulator, code, inBody)).toMatchObject(refused(401, refusals.authorization));
    expect((await exchange(emulator, code, confidential, basic())).status).toBe(200);
  });

  const secret = confidentialApp.client_secret ?? '';
  const headers = [
    ['a wrong secret', basic({ ...confidentialApp, client_secret: `${secret}x` })],
    ['a percent-encoded secret', basic({ ...confidentialApp, client_secret: secret.replaceAll('-', '%2D') })],
    ['no colon', { authorization: `Basic ${Buffer.from('nobody').toString('base64')}` }],
    ['an empty header', { authorization: 'Basic' }],
    ['Basic from a public app', basic({ ...publicApp, client_secret: '' })],
    ['another scheme', { authorization: 'Bearer token' }],
  ] as const;

  it.each(headers)('answers 401 to %s', async (_, header) => {
    const emulator = await emulate();
    const answer = await exchange(emulator, 'code', confidential, header);
    expect(answer).toMatchObject(refused(401, refusals.authorization));
  });

  it('takes standard base64 only, with its padding', async () => {
    // 28 octets: the secret makes a `/`, the length makes padding.
    const app = { ...confidentialApp, client_secret: '???????????' };
    const emulator = await emulate({ apps: [app] });
    const standard = basic(app)['authorization'] ?? '';
    expect(standard).toMatch(/\/.*=$/);
    const attempt = async (authorization: string) => {
      const { body } = await exchange(emulator, 'code', confidential, { authorization });
      return body;
    };
    expect(await attempt(standard)).toEqual(refusals.code);
    expect(await attempt(standard.replaceAll('/', '_'))).toEqual(refusals.authorization);
    expect(await attempt(standard.replaceAll('=', ''))).toEqual(refusals.authorization);
  });

  it('does not know the client', async () => {
    const emulator = await emulate();
    const unknown = refused(400, refusals.clientId);
    expect(await exchange(emulator, 'code', { client_id: 'nobody' })).toMatchObject(unknown);
    const nobody = basic({ ...confidentialApp, client_id: 'nobody' });
    expect(await exchange(emulator, 'code', confidential, nobody)).toMatchObject(unknown);
  });

  it('refuses a client_id that contradicts the header', async () => {
    const emulator = await emulate();
    const answer = await exchange(emulator, 'code', { client_id: publicApp.client_id }, basic());
    expect(answer).toMatchObject(refused(400, refusals.clientId));
  });

  it('looks at the client before it looks for parameters', async () => {
    const emulator = await emulate();
    const form = { client_id: confidentialApp.client_id };
    expect((await postForm(emulator.endpoints.token, form)).body).toEqual(refusals.authorization);
  });

  it('lets a developer probe credentials with a junk refresh token', async () => {
    const emulator = await emulate();
    const form = { grant_type: 'refresh_token', refresh_token: 'junk' };
    expect((await postForm(emulator.endpoints.token, form, basic())).body).toEqual(refusals.token);
  });
});
