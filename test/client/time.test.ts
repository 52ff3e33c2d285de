import type { AuthError } from 'authchart';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { policy } from '../../src/services/policy.js';
import { callbackOf, eventually, failureOf, reached, startAcme } from './support/acme.js';
import type { Acme } from './support/acme.js';

let acme: Acme;
beforeEach(async () => {
  acme = await startAcme();
});
afterEach(() => acme.close());

const HOUR = 3_600_000;
const DAY = 24 * HOUR;

describe('a clock that jumps', () => {
  it('a day ahead costs one renewal (H13)', async () => {
    const { session } = await acme.signedIn();
    acme.clock.jump(DAY);
    expect(await session.accessToken()).toBe('access-token-2');
    expect(await session.accessToken()).toBe('access-token-2');
    expect(acme.spent()).toHaveLength(1);
  });

  it('a day back costs none (H13)', async () => {
    const { session } = await acme.signedIn();
    acme.clock.jump(-DAY);
    expect(await session.accessToken()).toBe('access-token-1');
    await acme.clock.advance(2 * HOUR);
    expect(await session.accessToken()).toBe('access-token-1');
    expect(acme.spent()).toHaveLength(0);
  });

  it('a day back and ahead again costs one when it is due (H13)', async () => {
    const { session } = await acme.signedIn();
    acme.clock.jump(-DAY);
    await session.accessToken();
    acme.clock.jump(DAY);
    await acme.clock.advance(HOUR - 60_000);
    expect(await session.accessToken()).toBe('access-token-1');
    await acme.clock.advance(60_000);
    expect(await session.accessToken()).toBe('access-token-2');
    expect(acme.spent()).toHaveLength(1);
  });

  it('a day ahead ends a session without refresh token, and hands nothing out', async () => {
    acme.grant = { refresh_token: null };
    const { session } = await acme.signedIn();
    acme.clock.jump(DAY);
    expect(await failureOf(session.accessToken())).toMatchObject({ code: 'session_expired' });
  });

  it('ahead ends a pending flow, and back does not revive it', async () => {
    const client = acme.clientOf();
    const { state } = await client.begin();
    acme.clock.jump(DAY / 2);
    expect(await failureOf(client.complete(callbackOf(state)))).toMatchObject({ code: 'callback_expired' });
    acme.clock.jump(-DAY / 2);
    expect(await failureOf(client.complete(callbackOf(state)))).toMatchObject({ code: 'callback_expired' });
    expect(acme.sent('/token')).toHaveLength(0);
  });

  it('to 1970 does no harm (Q10)', async () => {
    const { session } = await acme.signedIn();
    acme.clock.jump(-acme.clock.now());
    expect(await session.accessToken()).toBe('access-token-1');
    await session.renew();
    expect(await session.accessToken()).toBe('access-token-2');
  });
});

describe('a laptop that slept', () => {
  it('wakes with a look at the clock: nothing expired is handed out', async () => {
    const { session } = await acme.signedIn();
    const stop = session.subscribe(() => undefined);
    await reached(session, 'fresh');
    // No timer has fired, and yet an hour has gone by.
    acme.clock.jump(HOUR);
    expect(session.info()?.standing).toBe('fresh');
    expect(await session.accessToken()).toBe('access-token-2');
    stop();
  });

  it('finds out within a minute that the token is due', async () => {
    const { session } = await acme.signedIn();
    const statuses: string[] = [];
    session.subscribe(({ status }) => statuses.push(status));
    await reached(session, 'fresh');
    acme.clock.jump(HOUR);
    await acme.clock.advance(60_000);
    expect(statuses.at(-1)).toBe('due');
    expect(acme.spent()).toHaveLength(0);
  });

  it('renews within a minute if it is to keep warm', async () => {
    const { session } = await acme.signedIn({ keepWarm: true });
    await reached(session, 'fresh');
    acme.clock.jump(HOUR);
    await acme.clock.advance(60_000);
    await eventually(() => acme.spent().length === 1);
    await reached(session, 'fresh');
    expect(await session.accessToken()).toBe('access-token-2');
  });
});

describe('a token of thirty days', () => {
  beforeEach(() => {
    acme.grant = { expires_in: 30 * 24 * 3600 };
  });

  it('is not renewed at once for want of bits in a timer (H14)', async () => {
    const { session } = await acme.signedIn({ keepWarm: true });
    expect(session.info()).toMatchObject({ standing: 'fresh', expiresAt: acme.clock.now() + 30 * DAY });
    await acme.clock.advance(DAY);
    expect(acme.spent()).toHaveLength(0);
  });

  it('is renewed half a minute before its end (H14)', async () => {
    const { session } = await acme.signedIn({ keepWarm: true });
    acme.clock.jump(30 * DAY - HOUR);
    await acme.clock.advance(HOUR - 31_000);
    expect(acme.spent()).toHaveLength(0);
    await acme.clock.advance(1_000);
    await eventually(() => acme.spent().length === 1);
    await reached(session, 'fresh');
  });
});

describe('a token in its last moments', () => {
  it('is renewed from half a minute before its end', async () => {
    const { session } = await acme.signedIn();
    await acme.clock.advance(HOUR - 30_001);
    expect(await session.accessToken()).toBe('access-token-1');
    await acme.clock.advance(1);
    expect(await session.accessToken()).toBe('access-token-2');
  });

  it('of a short life is renewed from a tenth before its end', async () => {
    acme.grant = { expires_in: 100 };
    const { session } = await acme.signedIn();
    await acme.clock.advance(89_999);
    expect(await session.accessToken()).toBe('access-token-1');
    await acme.clock.advance(1);
    expect(await session.accessToken()).toBe('access-token-2');
  });
});

describe('an idle client', () => {
  it('sends nothing in a week, though somebody looks on (H19)', async () => {
    const { session } = await acme.signedIn();
    session.subscribe(() => undefined);
    await reached(session, 'fresh');
    acme.clock.jump(7 * DAY);
    await acme.clock.advance(HOUR);
    expect(acme.sent('/token')).toHaveLength(1);
  });
});

it('a token that runs out between two looks at the clock is renewed, or given; never neither', async () => {
  // Each look takes longer, until a renewed token has run out by the time it is looked at again.
  for (let step = 100; step <= 700; step += 10) {
    const acme = await startAcme();
    acme.grant = { expires_in: 1 };
    let looks = 0;
    const clock = { ...acme.clock, now: () => acme.clock.now() + looks++ * step };
    const { session } = await acme.signedIn({}, { clock });
    acme.clock.jump(HOUR);
    const before = acme.sent('/token').length;
    const outcome = await session.accessToken().then(
      () => 'given',
      (error: unknown) => (error as AuthError).code,
    );
    const renewals = acme.sent('/token').length - before;
    if (outcome !== 'given')
      expect([step, outcome, renewals > policy.renewalsInVain]).toEqual([step, 'renewal_fuse', true]);
    await acme.close();
  }
});
