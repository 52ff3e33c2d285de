import { describe, expect, it } from 'vitest';
import { defaultUser, publicApp } from '../../src/emulator/emulator.js';
import { emulate, epoch, me, signIn } from './application.js';

const { id, name, username, email } = defaultUser;
const unauthorized = { title: 'Unauthorized', type: 'about:blank', status: 401, detail: 'Unauthorized' };
const forbidden = { title: 'Forbidden', type: 'about:blank', status: 403, detail: 'Forbidden' };
const quarterHour = 15 * 60 * 1000;

describe('GET /2/users/me', () => {
  it('answers with id, name and username', async () => {
    const emulator = await emulate();
    const { access_token } = await signIn(emulator);
    const { status, body } = await me(emulator, access_token);
    expect({ status, body }).toEqual({ status: 200, body: { data: { id, name, username } } });
  });

  it.each(['users.read', 'tweet.read'])('is forbidden with %s alone', async (scope) => {
    const emulator = await emulate();
    const { access_token } = await signIn(emulator, { scope });
    const { status, headers, body } = await me(emulator, access_token);
    expect({ status, body }).toEqual({ status: 403, body: forbidden });
    expect(headers.get('content-type')).toBe('application/problem+json');
    expect(headers.get('x-rate-limit-remaining')).toBe('74');
  });

  it('is unauthorized without a live access token in the header', async () => {
    const emulator = await emulate();
    const { access_token, refresh_token } = await signIn(emulator);
    const inQuery = await fetch(`${emulator.endpoints.usersMe}?access_token=${access_token}`);
    expect(inQuery.status).toBe(401);
    for (const token of ['junk', refresh_token]) {
      const { status, headers, body } = await me(emulator, token);
      expect({ status, body }).toEqual({ status: 401, body: unauthorized });
      expect(headers.get('content-type')).toBe('application/problem+json');
      expect(headers.has('www-authenticate')).toBe(false);
    }
  });

  it('is unauthorized when the access token has run out', async () => {
    const emulator = await emulate();
    const { access_token } = await signIn(emulator);
    emulator.clock.advance(7_199_999);
    expect((await me(emulator, access_token)).status).toBe(200);
    emulator.clock.advance(1);
    expect((await me(emulator, access_token)).status).toBe(401);
  });

  it('refuses a user field that does not exist', async () => {
    const emulator = await emulate();
    const { access_token } = await signIn(emulator);
    expect((await me(emulator, access_token, '?user.fields=verified,id')).status).toBe(200);
    expect(await me(emulator, access_token, '?user.fields=shoe_size')).toMatchObject({
      status: 400,
      body: { title: 'Invalid Request', errors: [{ parameters: { 'user.fields': ['shoe_size'] } }] },
    });
  });
});

describe('the email address', () => {
  const apps = [{ ...publicApp, emailToggle: true }];
  const withEmail = { scope: 'users.read tweet.read users.email' };
  const field = '?user.fields=confirmed_email';

  it('is there when it was granted and asked for', async () => {
    const emulator = await emulate({ apps });
    const { access_token } = await signIn(emulator, withEmail);
    expect((await me(emulator, access_token, field)).body).toMatchObject({
      data: { confirmed_email: email },
    });
    expect((await me(emulator, access_token)).body).toEqual({ data: { id, name, username } });
  });

  it('is left out without the scope, and for an account that has none', async () => {
    const emulator = await emulate({ apps });
    const { access_token } = await signIn(emulator);
    expect((await me(emulator, access_token, field)).body).toEqual({ data: { id, name, username } });

    const without = await emulate({ apps, users: [{ id, name, username }] });
    const tokens = await signIn(without, withEmail);
    expect((await me(without, tokens.access_token, field)).body).toEqual({ data: { id, name, username } });
  });
});

describe('the rate limit', () => {
  const rate = (headers: Headers) =>
    ['limit', 'remaining', 'reset'].map((what) => Number(headers.get(`x-rate-limit-${what}`)));

  it('is 75 calls in 15 minutes, and names its reset in Unix seconds', async () => {
    const emulator = await emulate();
    const { access_token } = await signIn(emulator);
    const reset = (epoch + quarterHour) / 1000;
    for (let call = 1; call <= 75; call += 1) {
      const { status, headers } = await me(emulator, access_token);
      expect({ status, rate: rate(headers) }).toEqual({ status: 200, rate: [75, 75 - call, reset] });
    }
    const { status, headers, body } = await me(emulator, access_token);
    expect({ status, rate: rate(headers) }).toEqual({ status: 429, rate: [75, 0, reset] });
    expect(body).toEqual({ errors: [{ code: 88, message: 'Rate limit exceeded' }] });
  });

  it('opens again exactly when it said it would', async () => {
    const emulator = await emulate({ now: epoch + 250 });
    const { access_token } = await signIn(emulator);
    for (let call = 1; call <= 75; call += 1) await me(emulator, access_token);
    const reset = Number((await me(emulator, access_token)).headers.get('x-rate-limit-reset'));
    expect(reset).toBe((epoch + quarterHour) / 1000 + 1);
    emulator.clock.advance(reset * 1000 - emulator.clock.now() - 1);
    expect((await me(emulator, access_token)).status).toBe(429);
    emulator.clock.advance(1);
    const again = await me(emulator, access_token);
    expect(again.status).toBe(200);
    expect(again.headers.get('x-rate-limit-remaining')).toBe('74');
  });

  it('counts each token by itself', async () => {
    const emulator = await emulate();
    const first = await signIn(emulator);
    await me(emulator, first.access_token);
    const second = await signIn(emulator);
    expect((await me(emulator, second.access_token)).headers.get('x-rate-limit-remaining')).toBe('74');
  });
});
