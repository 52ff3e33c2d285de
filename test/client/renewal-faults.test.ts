import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { TransportFault } from 'authchart';
import type { Store } from 'authchart';
import { json, text } from '../services/support/loopback-server.js';
import { eventually, failureOf, held, reached, reset, startAcme, whileTimePasses } from './support/acme.js';
import type { Acme } from './support/acme.js';
import { sessionRecord } from './support/stores.js';

let acme: Acme;
beforeEach(async () => {
  acme = await startAcme();
});
afterEach(() => acme.close());

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const refused = json({ error: 'invalid_grant' }, 400);

describe('a renewal that the provider certainly did not act on', () => {
  it.each([
    ['a 429', text('', 429)],
    ['a 503', json({}, 503)],
    ['a 400 of a firewall, without an OAuth error', text('<html>', 400)],
  ])('leaves the session stale after %s, and works later by itself (G4)', async (_, answer) => {
    const { session } = await acme.signedIn();
    acme.script.push(answer);
    await failureOf(session.renew());
    expect(await session.accessToken()).toBe('access-token-1');
    await acme.clock.advance(2_000);
    await reached(session, 'fresh');
    expect(await session.accessToken()).toBe('access-token-2');
    expect(acme.spent()).toEqual(['refresh-token-1', 'refresh-token-1']);
  });

  it('is told to the caller with code, status and time (G5)', async () => {
    const { session } = await acme.signedIn();
    acme.script.push(text('', 429, { 'retry-after': '120' }));
    expect(await failureOf(session.renew())).toMatchObject({
      code: 'provider_busy',
      phase: 'renewal',
      retryable: true,
      retryAt: acme.clock.now() + 120_000,
      provider: { status: 429 },
    });
  });

  it('waits for Retry-After before it asks again (G5)', async () => {
    const { session } = await acme.signedIn();
    acme.script.push(text('', 503, { 'retry-after': '120' }));
    await failureOf(session.renew());
    await acme.clock.advance(119_000);
    expect(acme.spent()).toHaveLength(1);
    await acme.clock.advance(1_000);
    await reached(session, 'fresh');
    expect(acme.spent()).toHaveLength(2);
  });

  it('is not asked again by those who use the token before Retry-After has passed (G5)', async () => {
    const { client, session } = await acme.signedIn();
    await acme.clock.advance(HOUR - 20_000);
    acme.script.push(text('', 503, { 'retry-after': '15' }));
    expect(await session.accessToken()).toBe('access-token-1');
    await acme.clock.advance(6_000);
    expect(await session.accessToken()).toBe('access-token-1');
    await client.session();
    expect(await session.accessToken()).toBe('access-token-1');
    expect(acme.spent()).toHaveLength(1);
  });

  it('keeps a caller without a usable token waiting until there is one', async () => {
    const { session } = await acme.signedIn();
    await acme.clock.advance(HOUR + 1);
    acme.script.push(text('', 503, { 'retry-after': '60' }));
    const token = session.accessToken();
    await reached(session, 'stale');
    await acme.clock.advance(60_000);
    expect(await token).toBe('access-token-2');
  });

  it('lets a waiting caller go when its signal aborts, and goes on for the others', async () => {
    const { session } = await acme.signedIn();
    await acme.clock.advance(HOUR + 1);
    acme.script.push(text('', 503, { 'retry-after': '60' }));
    const impatient = new AbortController();
    const gone = failureOf(session.accessToken({ signal: impatient.signal }));
    const patient = session.accessToken();
    await reached(session, 'stale');
    impatient.abort();
    expect(await gone).toMatchObject({ code: 'cancelled' });
    await acme.clock.advance(60_000);
    expect(await patient).toBe('access-token-2');
  });

  it('does not reach the provider and says so, keeping the session', async () => {
    const { session } = await acme.signedIn();
    const other = acme.clientOf({}, { transport: unreachable });
    const elsewhere = (await other.session())!;
    expect(await failureOf(elsewhere.renew())).toMatchObject({
      code: 'provider_unreachable',
      phase: 'renewal',
    });
    expect(await session.renew()).toMatchObject({ standing: 'fresh' });
    expect(acme.spent()).toEqual(['refresh-token-1']);
  });

  it('is not cached: the next call tries again (H3)', async () => {
    const { session } = await acme.signedIn();
    acme.script.push(json({}, 503));
    expect(await failureOf(session.renew())).toMatchObject({ code: 'provider_busy' });
    expect(await session.renew()).toMatchObject({ standing: 'fresh' });
  });
});

describe('a process that stands still between its journal and its request', () => {
  it('sends nothing any more, for others may have: it takes what they got (RFC 9700 §4.14.2)', async () => {
    const { session } = await acme.signedIn();
    let goOn = () => {};
    const stopped = new Promise<void>((resolve) => (goOn = resolve));
    const store: Store = {
      ...acme.store,
      async write(key, value, options) {
        const result = await acme.store.write(key, value, options);
        if (value.includes('"renewalId"')) await stopped;
        return result;
      },
      // Nothing tells a process that stands still that its lock is gone.
      lock: async (key, options) => ({
        ...(await acme.store.lock(key, options)),
        lost: new AbortController().signal,
      }),
    };
    const sleeper = (await acme.clientOf({}, { store }).session())!;
    await acme.clock.advance(HOUR);
    const late = sleeper.accessToken();
    await eventually(async () => (await acme.store.text()).includes('"renewalId"'));
    expect(await whileTimePasses(acme.clock, session.accessToken())).toBe('access-token-2');
    goOn();
    expect(await late).toBe('access-token-2');
    expect(acme.spent()).toEqual(['refresh-token-1']);
  });

  it('announces it anew if nobody has', async () => {
    const { session } = await acme.signedIn();
    await acme.clock.advance(HOUR);
    const { write } = acme.store;
    let journals = 0;
    acme.store.write = async (key, value, options) => {
      const result = await write(key, value, options);
      if (value.includes('"renewalId"') && ++journals === 1) await acme.clock.advance(20_000);
      return result;
    };
    expect(await session.accessToken()).toBe('access-token-2');
    expect(acme.spent()).toEqual(['refresh-token-1']);
    expect(journals).toBe(2);
  });
});

describe('a process that stands still between the answer and its save', () => {
  /** Its save waits until `goOn` is called; meanwhile the token was sent again by another, and refused. */
  async function sleeperAndHeir() {
    const { session: heir } = await acme.signedIn();
    let goOn = () => {};
    const stopped = new Promise<void>((resolve) => (goOn = resolve));
    const store: Store = {
      ...acme.store,
      async write(key, value, options) {
        if (value.includes('access-token-2')) await stopped;
        return acme.store.write(key, value, options);
      },
    };
    const sleeper = (await acme.clientOf({}, { store }).session())!;
    await acme.clock.advance(HOUR);
    const late = sleeper.accessToken();
    await eventually(() => acme.spent().length === 1);
    acme.script.push(refused);
    const lost = await failureOf(whileTimePasses(acme.clock, heir.accessToken()));
    expect(lost).toMatchObject({ code: 'renewal_lost' });
    goOn();
    expect(await late).toBe('access-token-2');
    return { sleeper, heir };
  }

  it('brings the session back where the server has forgiven the second request', async () => {
    const { sleeper, heir } = await sleeperAndHeir();
    expect(await heir.accessToken()).toBe('access-token-2');
    expect(await sleeper.renew()).toMatchObject({ standing: 'fresh' });
    expect(await heir.renew()).toMatchObject({ standing: 'fresh' });
  });

  it('has lost it where the server has not, and the loss is called by its name (RFC 9700 §4.14.2)', async () => {
    const { sleeper, heir } = await sleeperAndHeir();
    acme.script.push(refused);
    expect(await failureOf(sleeper.renew())).toMatchObject({ code: 'renewal_lost' });
    expect(await failureOf(heir.renew())).toMatchObject({ code: 'renewal_lost' });
  });

  it('doubts its tokens no longer once they were renewed', async () => {
    const { sleeper } = await sleeperAndHeir();
    await sleeper.renew();
    acme.script.push(refused);
    expect(await failureOf(sleeper.renew())).toMatchObject({ code: 'session_revoked' });
  });
});

describe('a renewal whose outcome nobody knows', () => {
  const unknowns = [
    ['a 500', text('oops', 500)],
    ['a broken connection', reset],
    ['an unreadable 200', text('{"access_token": ', 200, { 'content-type': 'application/json' })],
    ['a 200 that is HTML', text('<html>', 200, { 'content-type': 'text/html' })],
    ['a token response without a token type', json({ access_token: 'a' })],
    ['a redirect', text('', 307, { location: 'https://evil.example/' })],
  ] as const;

  it.each(unknowns)('is not repeated after %s while the access token works (H7)', async (_, answer) => {
    const { session } = await acme.signedIn();
    acme.script.push(answer);
    expect(await failureOf(session.renew())).toMatchObject({ phase: 'renewal' });
    expect(await session.accessToken()).toBe('access-token-1');
    await failureOf(session.renew());
    await acme.clock.advance(30 * MINUTE);
    expect(await session.accessToken()).toBe('access-token-1');
    expect(acme.spent()).toHaveLength(1);
  });

  it.each(unknowns)('is repeated after %s once the access token has run out (H7)', async (_, answer) => {
    const { session } = await acme.signedIn();
    acme.script.push(answer);
    await failureOf(session.renew());
    await acme.clock.advance(HOUR);
    expect(await session.accessToken()).toBe('access-token-2');
    expect(acme.spent()).toEqual(['refresh-token-1', 'refresh-token-1']);
  });

  it('has lost the session if the token is refused then, and asks no more (H7)', async () => {
    const { client, session } = await acme.signedIn();
    acme.script.push(reset, refused);
    await failureOf(session.renew());
    await acme.clock.advance(HOUR);
    expect(await failureOf(session.accessToken())).toMatchObject({ code: 'renewal_lost' });
    expect(await failureOf(session.accessToken())).toMatchObject({ code: 'renewal_lost' });
    expect(await client.session()).toBeNull();
    expect(acme.spent()).toHaveLength(2);
  });

  it('is still unknown to another client of the store, which waits too', async () => {
    const { session } = await acme.signedIn();
    acme.script.push(reset);
    await failureOf(session.renew());
    const second = (await acme.clientOf().session())!;
    const began = acme.clock.now();
    expect(await whileTimePasses(acme.clock, failureOf(second.renew()))).toMatchObject({
      code: 'outcome_unknown',
    });
    expect(acme.clock.now() - began).toBeGreaterThanOrEqual(50_000);
    expect(acme.spent()).toHaveLength(1);
  });

  it('ends at its deadline when the server never answers (E11)', async () => {
    const { session } = await acme.signedIn();
    const silence = held(reset);
    acme.script.push(silence.answer);
    const renewing = failureOf(session.renew());
    await silence.arrived;
    await acme.clock.advance(30_000);
    expect(await renewing).toMatchObject({ code: 'outcome_unknown', phase: 'renewal' });
    silence.go();
  });
});

describe('a renewal that is refused', () => {
  it('ends the session once and for all, without another request (G3)', async () => {
    const { client, session } = await acme.signedIn();
    acme.script.push(refused);
    expect(await failureOf(session.renew())).toMatchObject({
      code: 'session_revoked',
      provider: { error: 'invalid_grant', status: 400 },
    });
    expect(await failureOf(session.accessToken())).toMatchObject({ code: 'session_revoked' });
    expect(await failureOf(session.renew())).toMatchObject({ code: 'session_revoked' });
    expect(await failureOf(session.fetch(`${acme.origin}/api`))).toMatchObject({ code: 'session_revoked' });
    expect(await client.session()).toBeNull();
    expect(acme.spent()).toHaveLength(1);
    expect(acme.sent('/api')).toHaveLength(0);
  });

  it('leaves no token in the store (H8)', async () => {
    const { session } = await acme.signedIn();
    acme.script.push(refused);
    await failureOf(session.renew());
    expect(session.info()).toBeNull();
    expect(await acme.store.text()).not.toMatch(/access-token|refresh-token/);
  });

  it('takes the tokens another process has saved meanwhile (H5)', async () => {
    const { session } = await acme.signedIn();
    const late = held(refused);
    acme.script.push(late.answer);
    const renewing = session.renew();
    await late.arrived;
    const [key, record] = await sessionRecord(acme.store);
    const tokens = { ...(record['tokens'] as object), accessToken: 'theirs', refreshToken: 'their-refresh' };
    await acme.store.plant(key, JSON.stringify({ ...record, tokens, journal: null }));
    late.go();
    await renewing;
    expect(await session.accessToken()).toBe('theirs');
    expect(acme.spent()).toHaveLength(1);
  });

  it.each([
    ['invalid_client', 401],
    ['unauthorized_client', 400],
    ['unsupported_grant_type', 400],
    ['foo_bar', 400],
  ])('for a fault of the client (%s) keeps the tokens (G2)', async (error, status) => {
    const { session } = await acme.signedIn();
    acme.script.push(json({ error }, status));
    expect(await failureOf(session.renew())).toMatchObject({
      code: 'client_misconfigured',
      phase: 'renewal',
      provider: { error },
    });
    expect(await session.accessToken()).toBe('access-token-1');
    expect(await session.renew()).toMatchObject({ standing: 'fresh' });
    expect(acme.spent()).toEqual(['refresh-token-1', 'refresh-token-1']);
  });
});

const unreachable = {
  async fetch(): Promise<never> {
    throw new TransportFault('refused', false);
  },
  async close() {},
};
