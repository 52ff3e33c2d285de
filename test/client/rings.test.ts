import fc from 'fast-check';
import { expect, it } from 'vitest';
import { joined, trimmed } from '../../src/client/recorder/rings.js';
import type { LogEntry } from '../../src/services/records/log-records.js';

const entry = (
  at: number,
  what: LogEntry['what'],
  by = 'process 1',
  more: Partial<LogEntry> = {},
): LogEntry => {
  return { at, by, what, ...more };
};
const fault = (code: string) => {
  const failure = {
    code,
    phase: 'renewal',
    retryable: true,
    retryAt: null,
    status: 429,
    error: null,
  } as const;
  return { failure };
};

it('what repeats is counted, also where processes take turns, and no other fault is counted with it', () => {
  const entries = [1, 2, 3, 4].map((at) =>
    entry(at, 'postponed', `process ${at % 2}`, fault('provider_busy')),
  );
  const other = entry(5, 'postponed', 'process 1', fault('provider_unreachable'));
  expect(joined([], [...entries, other], 50, false)).toEqual([
    { ...entries[0], last: 3, times: 2 },
    { ...entries[1], last: 4, times: 2 },
    other,
  ]);
});

it('what came between is not counted over', () => {
  const entries = [entry(1, 'postponed'), entry(2, 'renewed'), entry(3, 'postponed'), entry(4, 'renewed')];
  expect(joined([], entries, 50, false)).toEqual(entries);
});

it('what is there already after an unknown outcome is not written again, nor counted', () => {
  const present = joined([], [entry(1, 'begun'), entry(2, 'begun'), entry(3, 'signedIn')], 50, false);
  expect(joined(present, [entry(2, 'begun'), entry(3, 'signedIn')], 50, true)).toEqual(present);
  // Two that were counted together may come back together.
  expect(joined(present, [entry(1, 'begun'), entry(2, 'begun')], 50, true)).toEqual(present);
  expect(joined([], [entry(1, 'renewed'), entry(1, 'renewed')], 50, true)).toHaveLength(2);
  expect(joined(present, [entry(4, 'renewed')], 50, true)).toHaveLength(3);
});

it('who finds a session ended tells it if nobody has since the last sign-in', () => {
  const found = entry(9, 'expired', 'process 2', { found: true });
  const told = [entry(1, 'signedIn'), entry(2, 'expired')];
  expect(joined(told, [found], 50, false)).toEqual(told);
  const anew = [...told, entry(3, 'signedIn')];
  expect(joined(anew, [found], 50, false)).toEqual([...anew, found]);
});

const atTheDoor = fc
  .array(fc.tuple(fc.constantFrom('begun', 'callbackRejected', 'failed'), fc.nat(99)), {
    maxLength: 200,
    size: 'max',
  })
  .map((all) => all.map(([what, by], at) => entry(1_000 + at, what, `process ${by}`)));
const ofSession = fc
  .array(fc.constantFrom('signedIn', 'renewed', 'expired', 'signedOut'), { minLength: 1, maxLength: 60 })
  .map((all) => all.map((what, at) => entry(at, what)));

it('who can do no more than begin sign-ins and spoil them pushes out nothing of a session', () => {
  fc.assert(
    fc.property(ofSession, atTheDoor, fc.boolean(), (before, after, together) => {
      const kept = together
        ? joined(before, after, 50, false)
        : after.reduce((present, one) => joined(present, [one], 50, false), trimmed(before, 50));
      expect(kept.length).toBeLessThanOrEqual(50);
      // Fifteen places are the door's where it needs them.
      const sessions = kept.filter(({ what }) => before.some((one) => one.what === what));
      expect(sessions.slice(-35)).toEqual(before.slice(-35));
      expect(
        trimmed([...before, ...after], 50)
          .filter((one) => before.includes(one))
          .slice(-35),
      ).toEqual(before.slice(-35));
      const latest = after.at(-1)?.at;
      if (latest !== undefined) expect(kept.some(({ at, last = at }) => last === latest)).toBe(true);
    }),
  );
});

it('what comes in at the door is the latest of it, and has no quota while there is room', () => {
  const many = Array.from({ length: 60 }, (_, at) => entry(at, at % 2 === 0 ? 'begun' : 'failed'));
  expect(joined([], many, 50, false)).toEqual(many.slice(-50));
  const renewals = Array.from({ length: 40 }, (_, at) => entry(100 + at, 'renewed'));
  expect(joined(many, renewals, 50, false)).toEqual([...many.slice(-15), ...renewals].slice(-50));
});
