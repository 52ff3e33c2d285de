import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { json, text } from '../services/support/loopback-server.js';
import {
  callbackOf,
  eventually,
  failureOf,
  held,
  reached,
  reset,
  startAcme,
  whileTimePasses,
} from './support/acme.js';
import type { Acme } from './support/acme.js';

let acme: Acme;
beforeEach(async () => {
  acme = await startAcme();
});
afterEach(() => acme.close());

const HOUR = 3_600_000;
const secrets = /access-token|refresh-token|late-/;
const late = json({
  token_type: 'bearer',
  expires_in: 3600,
  access_token: 'late-access',
  refresh_token: 'late-refresh',
});
const revoked = () => acme.sent('/revoke').map(({ body }) => new URLSearchParams(body).get('token'));

describe('signing out', () => {
  it('revokes the refresh token first, then the access token (I7)', async () => {
    const { session } = await acme.signedIn();
    expect(await session.signOut()).toEqual({
      cleared: true,
      revocations: [
        { token: 'refresh_token', revoked: true, failure: null },
        { token: 'access_token', revoked: true, failure: null },
      ],
    });
    expect(revoked()).toEqual(['refresh-token-1', 'access-token-1']);
  });

  it('leaves no token in the store or in memory', async () => {
    const { client, session } = await acme.signedIn();
    await session.signOut();
    expect(session.info()).toBeNull();
    expect(await acme.store.text()).not.toMatch(secrets);
    expect(await client.session()).toBeNull();
    expect(await failureOf(session.fetch(`${acme.origin}/api`))).toMatchObject({ code: 'not_signed_in' });
    expect(acme.sent('/api')).toHaveLength(0);
  });

  it('without revocation ends it here and in the store, and leaves the grant alive', async () => {
    const { client, session } = await acme.signedIn();
    expect(await session.signOut({ revoke: false })).toEqual({ cleared: true, revocations: [] });
    expect(await acme.store.text()).not.toMatch(secrets);
    expect(await client.session()).toBeNull();
    expect(revoked()).toEqual([]);
  });

  it('twice at once ends one session once', async () => {
    const { session } = await acme.signedIn();
    const [one, other] = await Promise.all([session.signOut(), session.signOut()]);
    expect(other).toEqual(one);
    expect(revoked()).toHaveLength(2);
  });

  it('a second time does nothing', async () => {
    const { session } = await acme.signedIn();
    await session.signOut();
    expect(await session.signOut()).toEqual({ cleared: true, revocations: [] });
    expect(revoked()).toHaveLength(2);
  });

  it.each([
    ['a 503 (I4)', text('', 503), 'provider_busy'],
    ['a broken connection', reset, 'outcome_unknown'],
    ['unsupported_token_type (I10)', json({ error: 'unsupported_token_type' }, 400), 'response_invalid'],
  ])('clears everything here although revocation meets %s, and says so (I6)', async (_, answer, code) => {
    const { session } = await acme.signedIn();
    acme.revocation = answer;
    expect(await session.signOut()).toMatchObject({
      cleared: true,
      revocations: [
        { token: 'refresh_token', revoked: false, failure: { code, phase: 'signOut' } },
        { token: 'access_token', revoked: false },
      ],
    });
    expect(await acme.store.text()).not.toMatch(secrets);
    expect(await failureOf(session.accessToken())).toMatchObject({ code: 'not_signed_in' });
  });

  it('does not wait for a revocation endpoint that never answers', async () => {
    const { session } = await acme.signedIn();
    const silence = held(json({}));
    acme.revocation = silence.answer;
    const leaving = session.signOut();
    expect(await whileTimePasses(acme.clock, leaving)).toMatchObject({ cleared: true });
    silence.go();
  });

  it('reaches another client of the store within five seconds (I9)', async () => {
    const { session } = await acme.signedIn();
    const other = (await acme.clientOf().session())!;
    expect(await other.accessToken()).toBe('access-token-1');
    await session.signOut();
    await acme.clock.advance(5_000);
    expect(await failureOf(other.accessToken())).toMatchObject({ code: 'not_signed_in' });
    expect(other.info()).toBeNull();
  });

  it('reaches a subscriber in another client at once where the store tells of changes (I9)', async () => {
    const { session } = await acme.signedIn();
    const other = (await acme.clientOf().session())!;
    const gone = new Promise<void>((resolve) => {
      other.subscribe(({ status }) => status === 'signedOut' && resolve());
    });
    await reached(other, 'fresh');
    await session.signOut();
    await gone;
    expect(other.info()).toBeNull();
  });

  it('ends a caller who waits for a token', async () => {
    const { session } = await acme.signedIn();
    await acme.clock.advance(HOUR);
    acme.script.push(text('', 503, { 'retry-after': '600' }));
    const waiting = failureOf(session.accessToken());
    await reached(session, 'stale');
    await session.signOut();
    expect(await waiting).toMatchObject({ code: 'not_signed_in' });
  });
});

describe('signing out during a renewal', () => {
  it('wins: what the renewal brings is revoked and never readable (H15)', async () => {
    const { client, session } = await acme.signedIn();
    const slow = held(late);
    acme.script.push(slow.answer);
    const renewing = failureOf(session.renew());
    await slow.arrived;
    await session.signOut();
    slow.go();
    expect(await renewing).toMatchObject({ code: 'not_signed_in' });
    await eventually(() => revoked().includes('late-access'));
    expect(revoked()).toEqual(['refresh-token-1', 'access-token-1', 'late-refresh', 'late-access']);
    expect(session.info()).toBeNull();
    expect(await acme.store.text()).not.toMatch(secrets);
    expect(await client.session()).toBeNull();
  });

  it('wins also if the answer comes before the tombstone (H15)', async () => {
    const { session } = await acme.signedIn();
    const slow = held(late);
    acme.script.push(slow.answer);
    const renewing = failureOf(session.renew());
    await slow.arrived;
    const { read } = acme.store;
    let burying = () => {};
    const mayBury = new Promise<void>((resolve) => (burying = resolve));
    let first = true;
    acme.store.read = async (key) => {
      const wait = first;
      first = false;
      if (wait) await mayBury;
      return read(key);
    };
    const leaving = session.signOut();
    await eventually(() => !first);
    slow.go();
    await eventually(async () => (await acme.store.text()).includes('late-access'));
    expect(session.info()).toBeNull();
    burying();
    expect(await leaving).toMatchObject({ cleared: true });
    await renewing;
    expect(session.info()).toBeNull();
    expect(await failureOf(session.accessToken())).toMatchObject({ code: 'not_signed_in' });
    expect(await acme.store.text()).not.toMatch(secrets);
    await eventually(() => revoked().includes('late-refresh'));
  });
});

describe('signing out while the store is down', () => {
  it('says that it is not cleared, and hands nothing out', async () => {
    const { client, session } = await acme.signedIn();
    acme.store.down = () => true;
    expect(await session.signOut()).toMatchObject({
      cleared: false,
      revocations: [{ revoked: true }, { revoked: true }],
    });
    acme.store.down = () => false;
    expect(session.info()).toBeNull();
    expect(await failureOf(session.accessToken())).toMatchObject({ code: 'not_signed_in' });
    expect(await client.session()).toBeNull();
  });

  it('buries the session when the store is back', async () => {
    const { session } = await acme.signedIn();
    acme.store.down = () => true;
    await session.signOut();
    acme.store.down = () => false;
    await acme.clock.advance(3_000);
    await eventually(async () => (await acme.store.text()).includes('signedOut'));
    expect(await acme.store.text()).not.toMatch(secrets);
  });

  it('revokes then what it could not read before', async () => {
    await acme.signedIn();
    const client = acme.clientOf();
    const session = (await client.session())!;
    await session.signOut();
    const { state } = await client.begin();
    const again = await client.complete(callbackOf(state, 'code-2'));
    expect(await again.accessToken()).toBe('access-token-2');
    acme.store.down = () => true;
    await again.signOut();
    acme.store.down = () => false;
    await acme.clock.advance(3_000);
    await eventually(async () => !(await acme.store.text()).includes('access-token-2'));
    expect(revoked()).toContain('refresh-token-2');
  });

  it('without revocation buries the session when the store is back, and revokes nothing then either', async () => {
    const { session } = await acme.signedIn();
    acme.store.down = () => true;
    expect(await session.signOut({ revoke: false })).toEqual({ cleared: false, revocations: [] });
    acme.store.down = () => false;
    await acme.clock.advance(3_000);
    await eventually(async () => (await acme.store.text()).includes('signedOut'));
    expect(await acme.store.text()).not.toMatch(secrets);
    expect(revoked()).toEqual([]);
  });

  it('does not bury the session of somebody who has signed in again meanwhile', async () => {
    const { client, session } = await acme.signedIn();
    acme.store.down = () => true;
    await session.signOut();
    acme.store.down = () => false;
    const { state } = await client.begin();
    const again = await client.complete(callbackOf(state, 'code-2'));
    await acme.clock.advance(600_000);
    expect(await again.accessToken()).toBe('access-token-2');
    expect(revoked()).not.toContain('access-token-2');
  });
});

describe('signing out during an exchange', () => {
  it('wins over a sign-in that was claimed before: its tokens are revoked (H15)', async () => {
    const { client, session } = await acme.signedIn();
    const slow = held(late);
    acme.script.push(slow.answer);
    const { state } = await client.begin();
    const completing = client.complete(callbackOf(state, 'code-2'));
    await slow.arrived;
    await session.signOut();
    slow.go();
    expect(await failureOf(completing)).toMatchObject({ code: 'exchange_interrupted' });
    expect(revoked()).toContain('late-access');
    expect(await client.session()).toBeNull();
  });
});
