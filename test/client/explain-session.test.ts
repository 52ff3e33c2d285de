import { getEventListeners } from 'node:events';
import { createTestClient } from 'authchart/testing';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { textOf } from '../../src/client/recorder/explain-text.js';
import { clockOf, sharedLocks, startLife, storeOf } from '../properties/support/process.js';
import { json, text } from '../services/support/loopback-server.js';
import { callbackOf, failureOf, held, redirectUri, startAcme, whileTimePasses } from './support/acme.js';
import type { Acme } from './support/acme.js';
import { sessionRecord } from './support/stores.js';

let acme: Acme;
beforeEach(async () => void (acme = await startAcme()));
afterEach(() => acme.close());

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const refused = json({ error: 'invalid_grant', error_description: 'token CANARY-token is dead' }, 400);

const named = (process: string) => ({ process });
const sessionOf = async (process: string) => (await acme.clientOf({}, named(process)).session())!;
/** As a program that found nobody signed in asks. */
const whyOf = (process: string) => acme.clientOf({}, named(process)).authorization().session.explain();
const wordsOf = ({ events }: Awaited<ReturnType<typeof whyOf>>) =>
  events.map(({ by, what, found }) => `${by}: ${found ? 'found ' : ''}${what}`);

/** A process that can be killed: nothing it awaits ever comes. */
function mortal(process: string) {
  const life = startLife(process, () => undefined);
  const { provider, clock, store } = acme;
  const client = createTestClient({
    provider,
    clientId: 'client',
    redirectUri,
    scopes: ['read', 'offline'],
    runtime: { process, clock: clockOf(life, clock), store: storeOf(life, store, sharedLocks) },
  });
  return { client, kill: () => life.end() };
}

describe('session.explain() of a session that works', () => {
  it('says so, and that nothing needs to be done', async () => {
    acme.grant = { scope: 'offline' };
    const { session } = await acme.signedIn({}, named('process 1'));
    const explanation = await session.explain();
    expect(explanation).toMatchObject({
      subject: 'session',
      standing: 'signedIn',
      cause: 'It is signed in. The access token works until 2027-01-15 09:00:00 UTC. Not granted: read.',
      next: null,
    });
    expect(explanation.events).toMatchObject([
      { what: 'begun', by: 'process 1' },
      { what: 'signedIn', by: 'process 1', renewable: true, missingScopes: ['read'], found: false },
    ]);
    expect(explanation.events[1]!.flow).toBe(explanation.events[0]!.flow);
  });

  it('tells each renewal once, by the process that sent it, of many that use the session', async () => {
    const { session } = await acme.signedIn({}, named('process 1'));
    const others = [await sessionOf('process 2'), await sessionOf('process 3')];
    await acme.clock.advance(HOUR);
    await others[0]!.accessToken();
    await Promise.all([session, ...others].map((each) => each.accessToken()));
    await acme.clock.advance(HOUR);
    await others[1]!.accessToken();
    expect(wordsOf(await session.explain())).toEqual([
      'process 1: begun',
      'process 1: signedIn',
      'process 2: renewed',
      'process 3: renewed',
    ]);
    // At once: who waited for the lock takes what it finds.
    await acme.clock.advance(HOUR);
    await Promise.all([session, ...others].map((each) => each.accessToken()));
    await Promise.all([session, ...others].map((each) => each.explain()));
    const renewals = wordsOf(await session.explain()).filter((words) => words.endsWith('renewed'));
    expect(renewals).toHaveLength(acme.spent().length);
  });

  it('says that nobody wrote down how its tokens came', async () => {
    const { session } = await acme.signedIn({ flightRecorder: false });
    expect(await session.explain()).toMatchObject({
      standing: 'signedIn',
      cause: expect.stringContaining('came at 2027-01-15 08:00:00 UTC, and nothing recorded says how.'),
    });
  });

  it('says what keeps it from being renewed, and until when', async () => {
    const { session } = await acme.signedIn({}, named('process 1'));
    await acme.clock.advance(HOUR);
    acme.script.push(text('', 429, { 'retry-after': '120' }));
    await failureOf(session.renew());
    const { standing, cause, next, events } = await session.explain();
    expect({ standing, cause, next }).toEqual({
      standing: 'signedIn',
      cause:
        'It could not be renewed. The provider turned the request away for now. The provider answered 429. The access token has run out.',
      next: 'Wait until retryAt, then try again.',
    });
    expect(events.at(-1)).toMatchObject({
      what: 'postponed',
      failure: { code: 'provider_busy', status: 429, retryAt: acme.clock.now() + 120_000 },
      says: 'Renewal did not succeed: provider_busy (429). Not again before 09:02:00.',
    });
  });

  it('counts what repeats, so that an outage does not push out what led to it', async () => {
    const { session } = await acme.signedIn({}, named('process 1'));
    const first = acme.clock.now();
    for (let times = 0; times < 60; times++) {
      acme.script.push(text('', 429));
      await failureOf(session.renew());
    }
    await session.renew();
    const { events } = await session.explain();
    expect(events.map(({ what }) => what)).toEqual(['begun', 'signedIn', 'postponed', 'renewed']);
    expect(events[2]).toMatchObject({ at: first, times: 60 });
    expect(events[2]!.says).toMatch(/So 60 times until 08:00:00\./);
  });

  it('says that the client is misconfigured, which ends no session', async () => {
    const { session } = await acme.signedIn({}, named('process 1'));
    acme.script.push(json({ error: 'invalid_client' }, 401));
    await failureOf(session.renew());
    expect(await session.explain()).toMatchObject({
      standing: 'signedIn',
      cause: expect.stringMatching(/does not accept this client.* 401 invalid_client.* still works/),
      next: expect.stringContaining('Compare client id'),
    });
  });

  it('is not called troubled by a sign-in for more scopes that failed beside it', async () => {
    const { client, session } = await acme.signedIn({}, named('process 1'));
    const { state } = await client.begin({ scopes: ['more'] });
    const denied = `https://app.example/callback?error=access_denied&state=${state}`;
    expect(await failureOf(client.complete(denied))).toMatchObject({ code: 'access_denied' });
    const explanation = await session.explain();
    expect(explanation).toMatchObject({ standing: 'signedIn', next: null });
    expect(explanation.events.at(-1)).toMatchObject({ what: 'failed', failure: { code: 'access_denied' } });
  });

  it('tells of tokens that are only in memory, while the store is down', async () => {
    const { session } = await acme.signedIn({}, named('process 1'));
    const slow = held(
      json({ token_type: 'bearer', expires_in: 3600, access_token: 'new', refresh_token: 'r' }),
    );
    acme.script.push(slow.answer);
    const renewal = session.renew();
    await slow.arrived;
    acme.store.down = () => true;
    slow.go();
    await renewal;
    const during = await session.explain();
    expect(during).toMatchObject({
      standing: 'signedIn',
      cause: expect.stringMatching(/only in the memory of this process.*cannot be read: store_unavailable/),
      next: expect.stringContaining('keep this process running'),
    });
    expect(wordsOf(during)).toEqual(['process 1: unsaved']);
    // What could not be written then is written with what comes next.
    acme.store.down = () => false;
    await acme.clock.advance(10_000);
    await session.renew();
    await session.explain();
    expect(wordsOf(await whyOf('process 2')).slice(-2)).toEqual(['process 1: unsaved', 'process 1: renewed']);
  });

  it('tells of a store that is down', async () => {
    const { session } = await acme.signedIn({}, named('process 1'));
    acme.store.down = () => true;
    expect(await session.explain()).toMatchObject({
      standing: 'unknown',
      cause: expect.stringContaining('The store could not be reached.'),
      next: 'Bring it back and try again; nothing was lost.',
      events: [],
    });
  });
});

describe('session.explain() of a session that has ended', () => {
  it('tells who was refused, by what, and what to do', async () => {
    const { session } = await acme.signedIn({}, named('process 1'));
    await acme.clock.advance(HOUR + 3 * MINUTE + 11_000);
    acme.script.push(refused);
    await failureOf(session.accessToken());
    expect((await whyOf('process 2')).text).toMatchInlineSnapshot(`
      "Session: needs a new sign-in

      Cause  The provider no longer honours this session. A renewal by process 1 was
             refused at 2027-01-15 09:03:11 UTC: 400 invalid_grant. The store held the
             same token, so nobody had renewed meanwhile.
      Next   Sign in again. The user may have removed the app, the same account may
             have signed in to it elsewhere, or somebody else used the token.

      2027-01-15, times in UTC
      08:00:00  process 1  A sign-in was begun. Its callback is awaited until
                           08:10:00.
      08:00:00  process 1  Signed in. The access token works until 09:00:00.
      09:03:11  process 1  Renewal refused: 400 invalid_grant. The store held the same
                           token. Ended: session_revoked."
    `);
  });

  it('is told once, whoever else comes to see it', async () => {
    const { session } = await acme.signedIn({}, named('process 1'));
    const other = await sessionOf('process 2');
    acme.script.push(refused);
    await failureOf(session.renew());
    await acme.clock.advance(HOUR);
    expect(await failureOf(other.accessToken())).toMatchObject({ code: 'session_revoked' });
    const explanation = await other.explain();
    expect(explanation.standing).toBe('needsUser');
    expect(wordsOf(explanation).filter((words) => words.includes('expired'))).toEqual(['process 1: expired']);
  });

  it('by a renewal whose process was killed names that process, and the one that was refused', async () => {
    await acme.signedIn({}, named('process 1'));
    const { client, kill } = mortal('process 2');
    const session = (await client.session())!;
    await acme.clock.advance(HOUR);
    const lost = held(refused);
    acme.script.push(lost.answer);
    void failureOf(session.renew());
    await lost.arrived;
    kill();
    // Nothing but the journal in the record tells of it.
    expect(await whyOf('process 3')).toMatchObject({
      standing: 'signedIn',
      cause: expect.stringContaining('A renewal was announced by process 2 at 2027-01-15 09:00:00 UTC'),
    });
    acme.script.push(refused);
    const last = await sessionOf('process 3');
    expect(await whileTimePasses(acme.clock, failureOf(last.accessToken()))).toMatchObject({
      code: 'renewal_lost',
    });
    const { text, events } = await whyOf('process 4');
    // HTTP takes its time, and virtual time passes meanwhile.
    const refusedAt = new Date(events.at(-1)!.at).toISOString().slice(11, 19);
    expect(refusedAt > '09:00:49').toBe(true);
    expect(text.replaceAll(refusedAt, '09:00:50')).toMatchInlineSnapshot(`
      "Session: needs a new sign-in

      Cause  An earlier renewal reached the provider but its answer was lost, and with
             it the new refresh token. A renewal by process 3 was refused at
             2027-01-15 09:00:50 UTC: 400 invalid_grant. The store held the same
             token, so nobody had renewed meanwhile.
      Next   Sign in again. No client can close this window; a provider with a grace
             period forgives it.

      2027-01-15, times in UTC
      08:00:00  process 1  A sign-in was begun. Its callback is awaited until
                           08:10:00.
      08:00:00  process 1  Signed in. The access token works until 09:00:00.
      09:00:50  process 3  Renewal refused: 400 invalid_grant. The store held the same
                           token. The same token had been sent by process 2 at
                           09:00:00, and no answer was saved. Ended: renewal_lost."
    `);
  });

  it('says that nothing was recorded, if whoever ended it was killed before it could write that down', async () => {
    await acme.signedIn({}, named('process 1'));
    const { client, kill } = mortal('process 2');
    const session = (await client.session())!;
    acme.store.down = (_, key) => key.startsWith('log/');
    acme.script.push(refused);
    await failureOf(session.renew());
    kill();
    acme.store.down = () => false;
    expect(await whyOf('process 3')).toMatchObject({
      standing: 'needsUser',
      cause: expect.stringMatching(
        /no longer honours this session.* 400 invalid_grant.*Nothing was recorded after 2027-01-15 08:00:00 UTC/,
      ),
    });
  });

  it('for want of a refresh token', async () => {
    acme.grant = { refresh_token: undefined };
    const { session } = await acme.signedIn({ scopes: ['read'] }, named('process 1'));
    await acme.clock.advance(HOUR);
    await failureOf(session.accessToken());
    const explanation = await session.explain();
    expect(explanation).toMatchObject({
      standing: 'needsUser',
      cause: 'The access token has run out and there is no refresh token.',
      next: expect.stringContaining('offline scope'),
    });
    expect(explanation.events.map(({ says }) => says)).toEqual([
      'A sign-in was begun. Its callback is awaited until 08:10:00.',
      'Signed in. The access token works until 09:00:00. There is no refresh token.',
      'The access token has run out and there is no refresh token.',
    ]);
  });
});

describe('session.explain() of a session that was signed out', () => {
  it('says who did it, and that its tokens were revoked', async () => {
    const { session } = await acme.signedIn({}, named('process 1'));
    await session.signOut();
    const explanation = await session.explain();
    expect(explanation).toMatchObject({
      standing: 'signedOut',
      cause: 'It was signed out by process 1 at 2027-01-15 08:00:00 UTC.',
      next: 'Sign in with login(), or with begin() and complete().',
    });
    expect(explanation.events.at(-1)).toMatchObject({
      cleared: true,
      says: 'Signed out. Its tokens were revoked.',
    });
  });

  it('elsewhere', async () => {
    const { session } = await acme.signedIn({}, named('process 1'));
    const other = await sessionOf('process 2');
    await session.signOut();
    await acme.clock.advance(HOUR);
    await failureOf(other.accessToken());
    const explanation = await other.explain();
    expect(explanation.cause).toBe('It was signed out by process 1 at 2027-01-15 08:00:00 UTC.');
    expect(wordsOf(explanation).filter((words) => words.includes('signedOut'))).toEqual([
      'process 1: signedOut',
    ]);
  });

  it('by a process that left no word, says so', async () => {
    const { session } = await acme.signedIn({}, named('process 1'));
    const silent = await acme.clientOf({ flightRecorder: false }).session();
    await silent!.signOut();
    expect(await session.explain()).toMatchObject({
      standing: 'signedOut',
      cause: expect.stringMatching(/^It was signed out\. Nothing was recorded after 2027-01-15 08:00:00 UTC/),
    });
  });

  it('whose tokens could not be revoked', async () => {
    acme.revocation = json({}, 503);
    const { session } = await acme.signedIn({}, named('process 1'));
    await session.signOut();
    const explanation = await session.explain();
    expect(explanation.cause).toMatch(/The provider could not be told of all its tokens/);
    expect(explanation.events.at(-1)!.says).toMatch(/^Signed out\. Not revoked: refresh_token \(\w+\)/);
    expect(explanation.events.at(-1)!.revocations).toMatchObject([
      { token: 'refresh_token', revoked: false },
      {},
    ]);
  });

  it('while the store could not be told', async () => {
    const { session } = await acme.signedIn({}, named('process 1'));
    acme.store.down = () => true;
    expect(await session.signOut()).toMatchObject({ cleared: false });
    const explanation = await session.explain();
    expect(explanation).toMatchObject({
      standing: 'signedOut',
      cause: expect.stringContaining('other processes may still use it'),
      next: 'Keep this process running until the store is back.',
    });
    expect(explanation.events.at(-1)!.says).toMatch(/The store could not be told\./);
  });

  it('and in again tells of the life it has now', async () => {
    const { client, session } = await acme.signedIn({}, named('process 1'));
    await session.signOut();
    const { state } = await client.begin();
    await client.complete(callbackOf(state, 'code-2'));
    expect(await session.explain()).toMatchObject({ standing: 'signedIn', next: null });
  });
});

describe('session.explain() without a session', () => {
  it('says that nobody has signed in', async () => {
    const { text, ...rest } = await whyOf('process 1');
    expect(rest).toEqual({
      subject: 'session',
      standing: 'signedOut',
      cause: 'Nobody has signed in.',
      next: 'Sign in with login(), or with begin() and complete().',
      events: [],
    });
    expect(text).toMatch(/Nothing is recorded\.$/);
  });

  it('tells of a sign-in that was begun and did not come back', async () => {
    await acme.clientOf({}, named('process 1')).begin();
    expect(await whyOf('process 2')).toMatchObject({
      standing: 'signedOut',
      cause: expect.stringContaining('A sign-in was begun at 2027-01-15 08:00:00 UTC'),
      next: expect.stringContaining('client.explain(state)'),
    });
  });

  it('tells of a sign-in that failed', async () => {
    const client = acme.clientOf({}, named('process 1'));
    const { state } = await client.begin();
    acme.script.push(refused);
    await failureOf(client.complete(callbackOf(state)));
    expect(await whyOf('process 2')).toMatchObject({
      standing: 'signedOut',
      cause: 'The provider refused the code. The provider answered 400 invalid_grant.',
    });
  });

  it('tells that a record is gone', async () => {
    const { session } = await acme.signedIn({}, named('process 1'));
    const [key] = await sessionRecord(acme.store);
    await acme.store.remove(key);
    expect(await session.explain()).toMatchObject({
      standing: 'signedOut',
      cause: expect.stringMatching(/its record is gone.*Nothing was recorded after/),
    });
  });

  it('of adopted tokens tells that they were adopted', async () => {
    const client = acme.clientOf({}, named('process 1'));
    const session = await client.adopt({
      access_token: 'CANARY-a',
      refresh_token: 'CANARY-r',
      expires_in: 60,
    });
    expect(wordsOf(await session.explain())).toEqual(['process 1: adopted']);
  });
});

it('keeps to lines of eighty characters, whatever is in them', async () => {
  const scope = `https://provider.example/scopes/${'x'.repeat(68)}`;
  acme.grant = { scope: 'offline' };
  const { session } = await acme.signedIn(
    { scopes: [scope, 'offline'] },
    named('a process with a name that is longer than its column'),
  );
  const { text, cause, events } = await session.explain();
  const lines = text.split('\n');
  expect(lines.map(({ length }) => length).filter((length) => length > 80)).toEqual([]);
  // Nothing is lost by it: in the cause, and in the event.
  expect([cause, events.at(-1)!.says].filter((said) => said.includes(scope))).toHaveLength(2);
  const joined = lines.map((line) => line.trimStart()).join('');
  expect(joined.split(scope)).toHaveLength(3);
});

it('rejects for a caller that goes, and leaves nothing on a signal that stays', async () => {
  const { client, session } = await acme.signedIn();
  const { state } = await client.begin();
  const controller = new AbortController();
  const { signal } = controller;
  for (let times = 0; times < 3; times++) {
    await session.explain({ signal });
    await client.explain(state, { signal });
  }
  await failureOf(client.explain('no state', { signal }));
  expect(getEventListeners(signal, 'abort')).toEqual([]);
  const waiting = [session.explain({ signal }), client.explain(state, { signal })].map(failureOf);
  controller.abort();
  expect(await Promise.all(waiting)).toMatchObject([{ code: 'cancelled' }, { code: 'cancelled' }]);
  expect(getEventListeners(signal, 'abort')).toEqual([]);
});

it('rejects for a caller that has gone, and after closing', async () => {
  const { client, session } = await acme.signedIn();
  expect(await failureOf(session.explain({ signal: AbortSignal.abort() }))).toMatchObject({
    code: 'cancelled',
  });
  await client.close();
  expect(await failureOf(session.explain())).toMatchObject({ code: 'client_closed' });
  expect(await failureOf(client.explain('state'))).toMatchObject({ code: 'client_closed' });
});

it('is told in any number of lines', async () => {
  const { session } = await acme.signedIn();
  const explanation = await session.explain();
  const says = Array.from({ length: 200_000 }, () => 'x'.repeat(40)).join(' ');
  const lines = textOf({ ...explanation, events: [{ ...explanation.events[0]!, says }] }).split('\n');
  expect(lines.length).toBeGreaterThan(200_000);
});
