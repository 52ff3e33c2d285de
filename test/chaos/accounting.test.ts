import { describe, expect, it } from 'vitest';
import { account } from './support/accounting.js';
import type { ChaosLog } from './support/log.js';

type Requests = ChaosLog['requests'];
type Reports = ChaosLog['reports'];
type Outcome = Requests[number]['outcome'];

const seconds = (time: number) => time * 1000;
const rules = {
  grace: seconds(45),
  announcement: seconds(10),
  tokenRequest: seconds(30),
  reconnection: seconds(5),
  accessToken: seconds(1),
  renewalsInVain: 10,
};

const judge = (log: Partial<ChaosLog>) =>
  account({ kills: [], stops: [], storeStops: [], reports: [], signIns: [], requests: [], ...log }, rules);

const request = (at: number, caller: string, outcome: Outcome, fingerprint = 'token'): Requests[number] => ({
  at: seconds(at),
  grantType: 'refresh_token',
  fingerprint,
  caller,
  outcome,
});
const told = (
  at: number,
  worker: string,
  event: 'announced' | 'sent' | 'unanswered' | 'settled',
): Reports[number] => ({
  worker,
  event,
  token: 'token',
  at: seconds(at),
});
const called = (from: number, to: number, code: string | null, worker = 'a'): Reports[number] => ({
  worker,
  event: 'called',
  from: seconds(from),
  to: seconds(to),
  code,
});
const during = (from: number, to: number) => ({ from: seconds(from), to: seconds(to) });

/** `a` announces and sends at 1 s; `b` sends the same token at 90 s. */
const announced = [told(1, 'a', 'announced'), told(1, 'a', 'sent'), told(89, 'b', 'announced')];
const again = [request(1, 'a', 'rotated'), request(90, 'b', 'reused')];

describe('a token that was sent twice', () => {
  it('is unexplained if nobody was held up, and the story is told', () => {
    const { sentTwice, explained, broken } = judge({ reports: announced, requests: again });
    expect({ sentTwice, explained }).toEqual({ sentTwice: 1, explained: 0 });
    expect(broken).toEqual([
      expect.stringMatching(/^sent twice.*: 0.0 s a announced;.*; 89.0 s b was answered: reused$/),
    ]);
  });

  it.each([
    ['was killed', { kills: [{ worker: 'a', at: seconds(2) }] }],
    ['was stopped for longer than the grace', { stops: [{ worker: 'a', ...during(2, 48) }] }],
    ['stood still with the store for longer than the grace', { storeStops: [during(2, 48)] }],
    [
      'stalled for longer than the grace',
      { stall: { worker: 'a', event: 'stalled', ...during(2, 48) } as const },
    ],
  ])(
    'is explained if its first sender %s before it could save',
    (_, { stall, ...done }: Partial<ChaosLog> & { stall?: Reports[number] }) => {
      const reports = [...announced, ...(stall ? [stall] : [])];
      expect(judge({ reports, requests: again, ...done })).toMatchObject({
        sentTwice: 1,
        explained: 1,
        broken: [],
      });
      const saved = [...reports, told(1.5, 'a', 'settled')];
      expect(judge({ reports: saved, requests: again, ...done })).toMatchObject({
        sentTwice: 1,
        explained: 0,
      });
    },
  );

  it.each([
    ['another worker was killed', { kills: [{ worker: 'c', at: seconds(2) }] }],
    [
      'its first sender was killed after the second had sent it',
      { kills: [{ worker: 'a', at: seconds(91) }] },
    ],
    ['its first sender was stopped for less than the grace', { stops: [{ worker: 'a', ...during(2, 46) }] }],
    [
      'its first sender was stopped before it announced itself',
      { stops: [{ worker: 'a', ...during(-60, 0) }] },
    ],
    ['another worker was stopped', { stops: [{ worker: 'c', ...during(2, 60) }] }],
    ['the store stood still for less than the grace', { storeStops: [during(2, 46)] }],
  ])('is not explained if %s', (_, done) => {
    expect(judge({ reports: announced, requests: again, ...done })).toMatchObject({
      sentTwice: 1,
      explained: 0,
    });
  });

  it('is explained if its first sender got no answer in all the time a request has, and not if it broke before', () => {
    const unanswered = (at: number) => [...announced, told(at, 'a', 'unanswered')];
    expect(judge({ reports: unanswered(31), requests: again })).toMatchObject({ explained: 1, broken: [] });
    expect(judge({ reports: unanswered(30), requests: again })).toMatchObject({ explained: 0 });
    expect(judge({ reports: unanswered(91), requests: again })).toMatchObject({ explained: 0 });
  });

  it('must be explained for each of its senders but the last', () => {
    const reports = [...announced, told(180, 'c', 'announced')];
    const requests = [...again, request(180, 'c', 'reused')];
    const first = { worker: 'a', at: seconds(2) };
    const second = { worker: 'b', at: seconds(95) };
    expect(judge({ reports, requests, kills: [first] })).toMatchObject({ sentTwice: 1, explained: 0 });
    expect(judge({ reports, requests, kills: [first, second] })).toMatchObject({
      sentTwice: 1,
      explained: 1,
    });
  });

  it('was sent too early if the second sender did not wait, whatever befell the first', () => {
    const requests = [request(1, 'a', 'rotated'), request(30, 'b', 'reused')];
    const { broken } = judge({ reports: announced, requests, kills: [{ worker: 'a', at: seconds(2) }] });
    expect(broken).toEqual([expect.stringMatching(/^sent again within the grace/)]);
  });

  it('was not sent too early by one who knows that its own first request went unanswered', () => {
    const requests = [request(1, 'a', 'rotated'), request(33, 'a', 'reused')];
    const reports = [...announced, told(32, 'a', 'unanswered')];
    expect(judge({ reports, requests }).broken).toEqual([]);
    expect(judge({ reports: announced, requests }).broken).toHaveLength(2);
  });

  it('is no code that was sent twice, and no other token', () => {
    const code = { ...request(1, 'a', 'exchanged'), grantType: 'authorization_code' } as const;
    const requests = [code, code, request(2, 'a', 'rotated', 'one'), request(3, 'b', 'rotated', 'two')];
    expect(judge({ requests })).toMatchObject({ rotations: 2, sentTwice: 0, broken: [] });
  });
});

describe('a call that failed', () => {
  const lost = { requests: [request(1, 'a', 'familyRevoked')], signIns: [during(10, 11)] };
  const said = called(2, 3, 'renewal_lost');

  it('is called for between a loss and the next sign-in', () => {
    const reports = [
      said,
      called(9, 12, 'renewal_lost', 'b'),
      called(0, 1, 'no_session', 'c'),
      called(20, 21, null),
    ];
    expect(judge({ ...lost, reports })).toMatchObject({ lost: 1, calls: 4, failed: 3, broken: [] });
  });

  it.each([
    ['after the sign-in', called(12, 13, 'renewal_lost')],
    ['before the loss', called(0, 0.5, 'renewal_lost')],
    ['with another reason', called(2, 3, 'session_revoked')],
    ['with a fault nobody foresaw', called(2, 3, 'unexpected')],
  ])('breaks a promise %s', (_, failure) => {
    const { broken } = judge({ ...lost, reports: [said, failure] });
    expect(broken).toEqual([expect.stringMatching(/^a failed at/)]);
  });

  it('because tokens run out faster than they can be used is called for if it took as long as they all last', () => {
    const outrun = called(1, 11, 'renewal_fuse');
    expect(judge({ reports: [outrun] })).toMatchObject({ failed: 0, outrun: 1, broken: [] });
    const hasty = called(1, 10, 'renewal_fuse');
    expect(judge({ reports: [hasty] })).toMatchObject({ failed: 1, outrun: 0 });
    expect(judge({ reports: [hasty] }).broken).toEqual(['a failed at 1000 with renewal_fuse']);
  });

  it('for want of an answer is called for if its own request had all its time, and not if it broke before', () => {
    const reports = (unanswered: number, worker = 'a') => [
      told(1, 'a', 'announced'),
      told(unanswered, 'a', 'unanswered'),
      called(0, 32, 'outcome_unknown', worker),
    ];
    expect(judge({ reports: reports(31) })).toMatchObject({ failed: 1, broken: [] });
    expect(judge({ reports: reports(30) }).broken).toEqual(['a failed at 0 with outcome_unknown']);
    expect(judge({ reports: reports(33) }).broken).toHaveLength(1);
    expect(judge({ reports: reports(31, 'b') }).broken).toHaveLength(1);
  });

  it('breaks a promise where nothing was lost', () => {
    expect(judge({ reports: [said] }).broken).toEqual(['a failed at 2000 with renewal_lost']);
  });

  it('must be one that says why, for each loss', () => {
    const { broken } = judge({ ...lost, reports: [called(2, 3, 'no_session')] });
    expect(broken).toEqual(['lost at 1000, and nobody was told']);
  });

  it('for want of the store is called for while the store is away, and a moment after', () => {
    const storeStops = [during(10, 20)];
    const reports = [called(19, 21, 'store_unavailable'), called(24, 26, 'store_unavailable')];
    expect(judge({ storeStops, reports })).toMatchObject({ failed: 0, withoutStore: 2, broken: [] });
    const late = called(26, 27, 'store_unavailable');
    expect(judge({ storeStops, reports: [late] }).broken).toEqual([
      'a had no store at 26000, and it was there',
    ]);
  });
});

describe('a kill', () => {
  it.each([
    ['after the journal', [told(1, 'a', 'announced')], 1],
    ['after the request', [told(1, 'a', 'announced'), told(2, 'a', 'sent')], 1],
    [
      'after no answer came',
      [told(1, 'a', 'announced'), told(2, 'a', 'sent'), told(2.5, 'a', 'unanswered')],
      1,
    ],
    ['after the answer was saved', [told(1, 'a', 'announced'), told(2, 'a', 'settled')], 0],
    ['before anything', [], 0],
    ['before the journal', [told(4, 'a', 'announced')], 0],
    ['while another spends a token', [told(1, 'b', 'announced')], 0],
  ])('%s counts', (_, reports, killsInWindow) => {
    const kills = [{ worker: 'a', at: seconds(3) }];
    expect(judge({ kills, reports })).toMatchObject({ kills: 1, killsInWindow });
  });
});
