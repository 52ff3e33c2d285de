import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createActor, waitFor } from 'xstate';
import { json } from '../services/support/loopback-server.js';
import {
  callbackOf,
  eventually,
  failureOf,
  held,
  reached,
  startAcme,
  whileTimePasses,
} from './support/acme.js';
import type { Acme } from './support/acme.js';
import { sessionRecord } from './support/stores.js';

let acme: Acme;
beforeEach(async () => {
  acme = await startAcme();
});
afterEach(() => acme.close());

const HOUR = 3_600_000;
const grant = (members: Record<string, unknown>) =>
  json({ token_type: 'bearer', expires_in: 3600, access_token: 'another-access-token', ...members });

describe('a renewal', () => {
  it('replaces both tokens; the spent one is nowhere any more (H1)', async () => {
    const { session } = await acme.signedIn();
    await session.renew();
    expect(await session.accessToken()).toBe('access-token-2');
    const stored = await acme.store.text();
    expect(stored).toContain('refresh-token-2');
    expect(stored).not.toMatch(/refresh-token-1|access-token-1/);
    await session.renew();
    expect(acme.spent()).toEqual(['refresh-token-1', 'refresh-token-2']);
  });

  it('keeps the refresh token if the answer brings none (H2)', async () => {
    const { session } = await acme.signedIn();
    acme.script.push(grant({}));
    await session.renew();
    await session.renew();
    expect(acme.spent()).toEqual(['refresh-token-1', 'refresh-token-1']);
  });

  it('takes the new lifetime of an access token that stays the same', async () => {
    const { session } = await acme.signedIn();
    acme.script.push(grant({}), grant({}));
    await session.renew();
    await acme.clock.advance(HOUR / 2);
    expect(await session.renew()).toMatchObject({ expiresAt: acme.clock.now() + HOUR });
    expect((await sessionRecord(acme.store))[1]).toMatchObject({
      tokens: { expiresAt: acme.clock.now() + HOUR },
      journal: null,
    });
  });

  it('reports a narrower scope (F9)', async () => {
    const { session } = await acme.signedIn();
    acme.script.push(grant({ scope: 'read' }));
    expect(await session.renew()).toMatchObject({ scopes: ['read'] });
    expect(session.info()).toMatchObject({ scopes: ['read'] });
  });

  it('keeps the scopes if the answer names none (F8)', async () => {
    const { session } = await acme.signedIn();
    acme.script.push(grant({}));
    expect(await session.renew()).toMatchObject({ scopes: ['read', 'offline'] });
  });

  it('counts the lifetime from the start of the request (F7)', async () => {
    const { session } = await acme.signedIn();
    const slow = held(grant({ expires_in: 100 }));
    acme.script.push(slow.answer);
    const began = acme.clock.now();
    const renewing = session.renew();
    await slow.arrived;
    await acme.clock.advance(20_000);
    slow.go();
    expect(await renewing).toMatchObject({ obtainedAt: began, expiresAt: began + 100_000 });
  });

  it('is one for a thousand callers (H3)', async () => {
    const { session } = await acme.signedIn();
    await acme.clock.advance(HOUR);
    const tokens = await Promise.all(Array.from({ length: 1000 }, () => session.accessToken()));
    expect(new Set(tokens)).toEqual(new Set(['access-token-2']));
    expect(acme.spent()).toHaveLength(1);
  });

  it('is one for a thousand who ask for it by name (H3)', async () => {
    const { session } = await acme.signedIn();
    await Promise.all(Array.from({ length: 1000 }, () => session.renew()));
    expect(acme.spent()).toHaveLength(1);
  });

  it('is shared by those who come while it runs (H3)', async () => {
    const { session } = await acme.signedIn();
    const slow = held(grant({}));
    acme.script.push(slow.answer);
    const first = session.renew();
    await slow.arrived;
    const second = session.renew();
    slow.go();
    await Promise.all([first, second]);
    expect(acme.spent()).toHaveLength(1);
  });

  it('is one for two actors of one session (H3)', async () => {
    const { client } = await acme.signedIn();
    const actors = [1, 2].map(() => createActor(client.machine, { input: { session: 'default' } }).start());
    for (const actor of actors) actor.send({ type: 'session.restore' });
    await Promise.all(actors.map((actor) => waitFor(actor, (now) => now.hasTag('signedIn'))));
    await acme.clock.advance(2 * HOUR);
    for (const actor of actors) actor.send({ type: 'session.renew' });
    const fresh = actors.map((actor) => waitFor(actor, (now) => now.matches({ authorized: 'fresh' })));
    await whileTimePasses(acme.clock, Promise.all(fresh));
    expect(acme.spent()).toHaveLength(1);
    for (const actor of actors) actor.stop();
  });

  it('whose request still runs is waited for, although its state was left and entered again (H3)', async () => {
    const { client } = await acme.signedIn();
    const actor = createActor(client.machine, { input: { session: 'default' } }).start();
    actor.send({ type: 'session.restore' });
    await waitFor(actor, (now) => now.hasTag('signedIn'));
    await acme.clock.advance(2 * HOUR);
    const slow = held(json({ token_type: 'bearer', expires_in: 3600, access_token: 'late' }));
    acme.script.push(slow.answer);
    actor.send({ type: 'session.renew' });
    await slow.arrived;
    actor.send({ type: 'authorization.begin', request: { userAgent: 'none' } });
    await waitFor(actor, (now) => now.hasTag('awaitingUser'));
    actor.send({ type: 'authorization.cancel' });
    await waitFor(actor, (now) => now.matches({ authorized: 'due' }));
    actor.send({ type: 'session.renew' });
    await acme.clock.advance(10_000);
    expect(acme.spent()).toHaveLength(1);
    slow.go();
    await whileTimePasses(
      acme.clock,
      waitFor(actor, (now) => now.matches({ authorized: 'fresh' })),
    );
    expect(acme.spent()).toHaveLength(1);
    actor.stop();
  });

  it('is one for two clients of one store (H4)', async () => {
    const { session } = await acme.signedIn();
    const other = (await acme.clientOf().session())!;
    await acme.clock.advance(HOUR);
    const tokens = await Promise.all([session.accessToken(), other.accessToken()]);
    expect(tokens).toEqual(['access-token-2', 'access-token-2']);
    expect(acme.spent()).toHaveLength(1);
  });

  it('is one for two clients of a store that cannot tell of changes (H4)', async () => {
    await acme.close();
    acme = await startAcme({ watch: false });
    const { session } = await acme.signedIn();
    const other = (await acme.clientOf().session())!;
    await acme.clock.advance(HOUR);
    const tokens = Promise.all([session.accessToken(), other.accessToken()]);
    expect(await whileTimePasses(acme.clock, tokens)).toEqual(['access-token-2', 'access-token-2']);
    expect(acme.spent()).toHaveLength(1);
  });

  it('goes on for the others when one caller aborts (H3)', async () => {
    const { session } = await acme.signedIn();
    const slow = held(grant({}));
    acme.script.push(slow.answer);
    const impatient = new AbortController();
    const gone = failureOf(session.renew({ signal: impatient.signal }));
    const patient = session.renew();
    await slow.arrived;
    impatient.abort();
    expect(await gone).toMatchObject({ code: 'cancelled' });
    slow.go();
    expect(await patient).toMatchObject({ standing: 'fresh' });
    expect(await session.accessToken()).toBe('another-access-token');
  });

  it('does not begin for a caller that has aborted already', async () => {
    const { session } = await acme.signedIn();
    await acme.clock.advance(HOUR);
    const signal = AbortSignal.abort();
    expect(await failureOf(session.renew({ signal }))).toMatchObject({ code: 'cancelled' });
    expect(await failureOf(session.accessToken({ signal }))).toMatchObject({ code: 'cancelled' });
    expect(acme.spent()).toHaveLength(0);
  });

  it('does not loop over tokens that have run out when they come (F5)', async () => {
    const { session } = await acme.signedIn();
    await acme.clock.advance(HOUR);
    acme.grant = { expires_in: 0 };
    expect(await failureOf(session.accessToken())).toMatchObject({ code: 'renewal_fuse', phase: 'renewal' });
    expect(acme.spent()).toHaveLength(1);
  });

  it('is repeated if its token ran out on its way, while the machine slept say', async () => {
    const { session } = await acme.signedIn();
    await acme.clock.advance(HOUR);
    const slow = held(grant({ expires_in: 10, refresh_token: 'late-refresh-token' }));
    acme.script.push(slow.answer);
    const token = session.accessToken();
    await slow.arrived;
    await acme.clock.advance(10_000);
    slow.go();
    expect(await token).toBe('access-token-2');
    expect(acme.spent()).toEqual(['refresh-token-1', 'late-refresh-token']);
  });

  it('is not repeated for ever if every token runs out on its way (F5)', async () => {
    const { session } = await acme.signedIn();
    await acme.clock.advance(HOUR);
    const late = grant({ expires_in: 1 });
    const slow: Acme['script'] = Array.from({ length: 100 }, () => (request, response) => {
      void acme.clock.advance(1_000).then(() => late(request, response));
    });
    acme.script.push(...slow);
    expect(await failureOf(session.accessToken())).toMatchObject({ code: 'renewal_fuse' });
    expect(acme.spent()).toHaveLength(11);
  });

  it('stops after three useless tokens when it is to keep warm (F5)', async () => {
    acme.grant = { expires_in: 0 };
    const { session } = await acme.signedIn({ keepWarm: true });
    await whileTimePasses(
      acme.clock,
      eventually(() => acme.spent().length >= 3),
    );
    await reached(session, 'due');
    await acme.clock.advance(HOUR);
    expect(acme.spent()).toHaveLength(3);
  });

  it('is impossible without a refresh token, and says so when the access token has run out', async () => {
    acme.grant = { refresh_token: null };
    const { client, session } = await acme.signedIn();
    expect(session.info()).toMatchObject({ renewable: false, standing: 'fresh' });
    expect(await failureOf(session.renew())).toMatchObject({ code: 'session_expired' });
    await acme.clock.advance(HOUR);
    expect(await failureOf(session.accessToken())).toMatchObject({ code: 'session_expired' });
    expect(await client.session()).toBeNull();
    expect(acme.sent('/token')).toHaveLength(1);
  });

  it('never exceeds the grant: no scope is sent (H9)', async () => {
    const { session } = await acme.signedIn();
    await session.renew();
    const form = new URLSearchParams(acme.sent('/token')[1]!.body);
    expect([...form.keys()].toSorted()).toEqual(['client_id', 'grant_type', 'refresh_token']);
  });
});

describe('rotated tokens while the store is down', () => {
  const downForSessions = (method: string, key: string) => method === 'write' && key.startsWith('session/');
  /** The journal is written, then the store goes away. */
  async function unsaved() {
    const signedIn = await acme.signedIn();
    const slow = held((request, response) => grant({ refresh_token: 'rotated' })(request, response));
    acme.script.push(slow.answer);
    const renewing = signedIn.session.renew();
    await slow.arrived;
    acme.store.down = downForSessions;
    slow.go();
    await renewing;
    return signedIn;
  }

  it('are used by this process, which says that they are unsaved', async () => {
    const { session } = await unsaved();
    expect(session.info()).toMatchObject({ standing: 'unsaved', version: null });
    expect(await session.accessToken()).toBe('another-access-token');
    await acme.clock.advance(60_000);
    expect(await session.accessToken()).toBe('another-access-token');
    expect(await acme.store.text()).not.toContain('rotated');
  });

  it('are saved when it is back', async () => {
    const { session } = await unsaved();
    acme.store.down = () => false;
    await acme.clock.advance(3_000);
    await reached(session, 'fresh');
    expect(await acme.store.text()).toContain('rotated');
    expect(session.info()).toMatchObject({ standing: 'fresh' });
    await session.renew();
    expect(acme.spent()).toEqual(['refresh-token-1', 'rotated']);
  });

  it('are named by the store, not by the provider, once they have run out', async () => {
    const { session } = await unsaved();
    await acme.clock.advance(HOUR);
    expect(await failureOf(session.accessToken())).toMatchObject({ code: 'store_unavailable' });
  });

  it('give way to another sign-in of the same session', async () => {
    const { client, session } = await unsaved();
    acme.store.down = () => false;
    const { state } = await client.begin();
    await client.complete(callbackOf(state, 'code-2'));
    await acme.clock.advance(10 * 60_000);
    await reached(session, 'fresh');
    expect(await session.accessToken()).toBe('access-token-2');
    expect(acme.spent()).toHaveLength(1);
  });

  it('are revoked if somebody signed out meanwhile, and the session has ended', async () => {
    const { session } = await unsaved();
    const [key, record] = await sessionRecord(acme.store);
    const { authchart, client, kind, lineage } = record;
    await acme.store.plant(key, JSON.stringify({ authchart, client, kind, lineage, status: 'signedOut' }));
    acme.store.down = () => false;
    await acme.clock.advance(3_000);
    await reached(session, 'expired');
    expect(acme.sent('/revoke').map(({ body }) => new URLSearchParams(body).get('token'))).toContain(
      'rotated',
    );
    expect(await failureOf(session.accessToken())).toMatchObject({ code: 'not_signed_in' });
  });

  it('are revoked at sign-out, and not saved afterwards', async () => {
    const { session } = await unsaved();
    const report = await session.signOut();
    expect(report).toMatchObject({ cleared: false, revocations: [{ revoked: true }, { revoked: true }] });
    acme.store.down = () => false;
    await whileTimePasses(
      acme.clock,
      eventually(async () => (await acme.store.text()).includes('signedOut')),
    );
    await acme.clock.advance(HOUR);
    expect(await acme.store.text()).not.toMatch(/rotated|access-token/);
    expect(session.info()).toBeNull();
  });
});

describe('keepWarm', () => {
  it('renews ahead, before anybody asks', async () => {
    const { session } = await acme.signedIn({ keepWarm: true });
    await acme.clock.advance(HOUR - 30_000);
    await eventually(() => acme.spent().length === 1);
    await reached(session, 'fresh');
    expect(await session.accessToken()).toBe('access-token-2');
    expect(acme.spent()).toHaveLength(1);
  });

  it('goes on by itself after a failure', async () => {
    const { session } = await acme.signedIn({ keepWarm: true });
    acme.script.push(json({}, 503));
    await acme.clock.advance(HOUR - 30_000);
    await reached(session, 'stale');
    await acme.clock.advance(2_000);
    await reached(session, 'fresh');
    expect(acme.spent()).toHaveLength(2);
  });

  it('ends with the session', async () => {
    const { session } = await acme.signedIn({ keepWarm: true });
    await session.signOut();
    await acme.clock.advance(2 * HOUR);
    expect(acme.spent()).toHaveLength(0);
  });
});
