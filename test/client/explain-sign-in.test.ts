import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { json } from '../services/support/loopback-server.js';
import { callbackOf, failureOf, held, startAcme } from './support/acme.js';
import type { Acme } from './support/acme.js';

let acme: Acme;
beforeEach(async () => void (acme = await startAcme()));
afterEach(() => acme.close());

const MINUTE = 60_000;
const DAY = 24 * 60 * MINUTE;

describe('client.explain(state)', () => {
  it('of a sign-in that waits says until when', async () => {
    const client = acme.clientOf({}, { process: 'process 1' });
    const { state } = await client.begin();
    expect(await client.explain(state)).toMatchObject({
      subject: 'signIn',
      standing: 'pending',
      cause: 'It waits for its callback, until 2027-01-15 08:10:00 UTC.',
      next: expect.stringContaining('complete()'),
      events: [{ what: 'begun', by: 'process 1' }],
    });
  });

  it('of one that was begun in one process and completed in another tells of both', async () => {
    const { state } = await acme.clientOf({}, { process: 'process 1' }).begin({ session: 'ada@example' });
    await acme.clock.advance(MINUTE);
    await acme.clientOf({}, { process: 'process 2' }).complete(callbackOf(state));
    const explanation = await acme.clientOf().explain(state);
    expect(explanation.text).toMatchInlineSnapshot(`
      "Sign-in: completed

      Cause  It was completed at 2027-01-15 08:01:00 UTC. How its session stands now,
             session.explain() says.
      Next   Nothing needs to be done.

      2027-01-15, times in UTC
      08:00:00  process 1  A sign-in was begun. Its callback is awaited until
                           08:10:00.
      08:01:00  process 2  Signed in. The access token works until 09:01:00."
    `);
    expect(JSON.stringify(explanation)).not.toContain('ada');
  });

  it('of one that the person refused', async () => {
    const client = acme.clientOf({}, { process: 'process 1' });
    const { state } = await client.begin();
    const denied = `https://app.example/callback?error=access_denied&error_description=CANARY&state=${state}`;
    await failureOf(client.complete(denied));
    expect(await client.explain(state)).toMatchObject({
      standing: 'needsUser',
      cause: 'The user refused. The provider answered access_denied.',
      text: expect.stringMatching(/^Sign-in: failed\n/),
      events: [
        { what: 'begun' },
        {
          what: 'failed',
          failure: { code: 'access_denied', error: 'access_denied' },
          says: 'Failed: access_denied.',
        },
      ],
    });
  });

  it('of one whose callbacks were turned away says why, and still waits', async () => {
    const client = acme.clientOf({}, { process: 'process 1' });
    const { state } = await client.begin({ boundTo: 'CANARY-cookie' });
    for (let times = 0; times < 3; times++) {
      const failure = await failureOf(client.complete(callbackOf(state), { boundTo: 'another' }));
      expect(failure).toMatchObject({ code: 'callback_other_user_agent' });
    }
    const explanation = await client.explain(state);
    expect(explanation).toMatchObject({
      standing: 'pending',
      cause: expect.stringContaining('The callback came from another user agent'),
      next: 'Start a new sign-in in this browser.',
    });
    expect(explanation.events.at(-1)).toMatchObject({ what: 'failed', times: 3 });
  });

  it('of one whose code is being exchanged', async () => {
    const client = acme.clientOf();
    const { state } = await client.begin();
    const slow = held(json({ token_type: 'bearer', access_token: 'a', expires_in: 60 }));
    acme.script.push(slow.answer);
    const completing = client.complete(callbackOf(state));
    await slow.arrived;
    expect(await client.explain(state)).toMatchObject({
      standing: 'pending',
      cause: expect.stringContaining('being exchanged'),
    });
    slow.go();
    await completing;
    expect(await client.explain(state)).toMatchObject({ standing: 'signedIn', next: null });
  });

  it('of one that came too late, and of one that is long gone', async () => {
    const client = acme.clientOf();
    const { state } = await client.begin();
    await acme.clock.advance(11 * MINUTE);
    expect(await client.explain(state)).toMatchObject({
      standing: 'needsUser',
      cause: 'The sign-in this callback belongs to has expired.',
    });
    await acme.clock.advance(2 * DAY);
    expect(await client.explain(state)).toMatchObject({ standing: 'unknown', events: [] });
    expect(await acme.store.dump()).toEqual({});
  });

  it('of one that nobody knows says that, and leaves no word of the question', async () => {
    const client = acme.clientOf();
    expect(await client.explain('never-issued')).toMatchObject({
      standing: 'unknown',
      cause: 'No sign-in that began here knows this state.',
      next: expect.stringContaining('share one store'),
      events: [],
    });
    await failureOf(client.complete(callbackOf('never-issued')));
    await client.close();
    expect(await acme.store.dump()).toEqual({});
  });

  it('tells of a store that is down', async () => {
    const client = acme.clientOf();
    const { state } = await client.begin();
    acme.store.down = () => true;
    expect(await client.explain(state)).toMatchObject({
      standing: 'unknown',
      next: expect.stringContaining('Bring it back'),
    });
  });

  it.each([
    ['a callback URL', 'https://app.example/callback?code=CANARY&state=CANARY'],
    ['a query', 'code=CANARY&state=CANARY'],
    ['nothing', ''],
    ['what is no text', 7],
    ['a book', 'CANARY'.repeat(1_000)],
  ])('refuses %s, and does not quote it', async (_, given) => {
    const failure = await failureOf(acme.clientOf().explain(given as string));
    expect(failure).toMatchObject({ code: 'invalid_option' });
    expect(JSON.stringify([failure, failure['message'], failure['stack']])).not.toContain('CANARY');
    expect(failure['message']).toContain('searchParams');
  });
});
