import type { RecordedTokenRequest } from 'authchart/testing';
import type { ChaosLog, Interval } from './log.js';

/** Milliseconds of the world. */
export interface Rules {
  /** How long the journal of a process that does not move is respected. */
  readonly grace: number;
  /** A token is sent at most so long after its journal was begun. */
  readonly announcement: number;
  /** How long a request waits for its answer. */
  readonly tokenRequest: number;
  /** After a store stood still or was cut off: until everybody has found it again. */
  readonly reconnection: number;
  /** How long an access token lasts. */
  readonly accessToken: number;
  /** How many of them a call may see run out before it could use one. */
  readonly renewalsInVain: number;
}

export interface Account {
  readonly rotations: number;
  readonly kills: number;
  /** Of those: while the journal of the killed stood in the store, and what came of it did not. */
  readonly killsInWindow: number;
  readonly sentTwice: number;
  /** Of those: every sender but the last was held up before it could save. */
  readonly explained: number;
  readonly lost: number;
  readonly calls: number;
  /** For want of a token. */
  readonly failed: number;
  /** For want of the store, while it was cut off. */
  readonly withoutStore: number;
  /** For want of time: on a machine too busy to use a token while it lasts. */
  readonly outrun: number;
  /** What was promised and not kept, in words. */
  readonly broken: readonly string[];
}

type Sendings = readonly RecordedTokenRequest[];
type Failure = Interval & { readonly worker: string; readonly code: string };

/** How a lost session says why; `client.session()` has only `null` to say it with. */
const LOST: readonly string[] = ['renewal_lost', 'no_session'];

/** Holds the server's record against what was done to the workers, one by one. */
export function account(log: ChaosLog, rules: Rules): Account {
  const refreshes = log.requests.filter(({ grantType }) => grantType === 'refresh_token');
  const sentTwice = byToken(refreshes).filter(({ length }) => length > 1);
  const unexplained = sentTwice.filter((sendings) => !pairsOf(sendings).every(isExplained));
  const hasty = sentTwice.filter((sendings) => pairsOf(sendings).some(isHasty));

  const losses = refreshes.filter(({ outcome }) => outcome === 'familyRevoked');
  const outages = losses.map(({ at }) => ({
    from: at,
    to: log.signIns.find(({ from }) => from > at)?.to ?? Infinity,
  }));
  const calls = log.reports.filter(({ event }) => event === 'called');
  const failures = log.reports.flatMap((report): Failure[] =>
    report.event === 'called' && report.code !== null ? [{ ...report, code: report.code }] : [],
  );
  const [ofStore, others] = split(failures, ({ code }) => code === 'store_unavailable');
  const [ofTime, ofTokens] = split(others, wasOutrun);
  const storeOutages = log.storeStops.map(({ from, to }) => ({ from, to: to + rules.reconnection }));
  const silent = outages.filter(
    (outage) => !ofTokens.some((failure) => failure.code === 'renewal_lost' && overlap(outage, failure)),
  );
  return {
    rotations: refreshes.filter(({ outcome }) => outcome === 'rotated').length,
    kills: log.kills.length,
    killsInWindow: log.kills.filter((kill) => isInWindow(log.reports, kill)).length,
    sentTwice: sentTwice.length,
    explained: sentTwice.length - unexplained.length,
    lost: losses.length,
    calls: calls.length,
    failed: ofTokens.length,
    withoutStore: ofStore.length,
    outrun: ofTime.length,
    broken: [
      ...unexplained.map((sendings) => `sent twice, and nobody was held up: ${storyOf(sendings)}`),
      ...hasty.map((sendings) => `sent again within the grace: ${storyOf(sendings)}`),
      ...silent.map(({ from }) => `lost at ${from}, and nobody was told`),
      ...ofTokens
        .filter(isUncalledFor)
        .map(({ worker, code, from }) => `${worker} failed at ${from} with ${code}`),
      ...ofStore
        .filter((failure) => !storeOutages.some((outage) => overlap(outage, failure)))
        .map(({ worker, from }) => `${worker} had no store at ${from}, and it was there`),
    ],
  };

  /**
   * Whether a sender was killed, or stood still for longer than the grace, before it could save what the token brought; or
   * said that no answer had come when its time was up.
   */
  function isExplained([sender, next]: Pair): boolean {
    const announced = momentOf('announced', sender);
    if (announced === undefined) return false;
    const settled = momentOf('settled', sender) ?? Infinity;
    const unanswered = momentOf('unanswered', sender) ?? Infinity;
    return (
      (unanswered < next.at && unanswered - announced >= rules.tokenRequest) ||
      holdUpsOf(sender.caller).some(({ from, to }) => from < next.at && to > announced && settled > from)
    );
  }

  /** Whether the next did not wait for the whole grace after it could first see the journal: another's, not its own. */
  function isHasty([sender, next]: Pair): boolean {
    if (sender.caller === next.caller && momentOf('unanswered', sender) !== undefined) return false;
    const announced = momentOf('announced', sender);
    return announced !== undefined && next.at - announced < rules.grace - rules.announcement;
  }

  /** Whether as many tokens as a call may try can have run out while it was under way. */
  function wasOutrun({ code, from, to }: Failure): boolean {
    return code === 'renewal_fuse' && to - from >= rules.accessToken * rules.renewalsInVain;
  }

  function isUncalledFor(failure: Failure): boolean {
    if (failure.code === 'outcome_unknown') return !wentUnanswered(failure);
    return !LOST.includes(failure.code) || !outages.some((outage) => overlap(outage, failure));
  }

  /** Whether a request of its own got no answer meanwhile, in all the time a request has: who asks to renew is told. */
  function wentUnanswered({ worker, from, to }: Failure): boolean {
    return log.reports.some((report) => {
      if (report.event !== 'unanswered' || report.worker !== worker) return false;
      const announced = momentOf('announced', { caller: worker, fingerprint: report.token }) ?? Infinity;
      return report.at - announced >= rules.tokenRequest && from <= report.at && report.at <= to;
    });
  }

  function holdUpsOf(worker: string | null): Interval[] {
    const own = ({ worker: name }: { readonly worker: string }) => name === worker;
    const stalls = log.reports.flatMap((report) =>
      report.event === 'stalled' && own(report) ? [report] : [],
    );
    const standstills = [...log.stops.filter(own), ...stalls, ...log.storeStops];
    return [
      ...log.kills.filter(own).map(({ at }) => ({ from: at, to: Infinity })),
      ...standstills.filter(({ from, to }) => to - from > rules.grace),
    ];
  }

  function momentOf(
    event: 'announced' | 'unanswered' | 'settled',
    { caller, fingerprint }: Pick<RecordedTokenRequest, 'caller' | 'fingerprint'>,
  ): number | undefined {
    for (const report of log.reports) {
      if (report.event === event && report.worker === caller && report.token === fingerprint)
        return report.at;
    }
    return undefined;
  }

  /** All that happened to those who sent a token, from the first journal on. */
  function storyOf(sendings: Sendings): string {
    const token = sendings[0]?.fingerprint;
    const told = log.reports.flatMap((report) =>
      'token' in report && report.token === token ? [{ ...report, who: report.worker }] : [],
    );
    const involved = new Set(
      [...told, ...sendings.map(({ caller }) => ({ worker: caller }))].map(({ worker }) => worker),
    );
    const ofInvolved = ({ worker }: { readonly worker: string }) => involved.has(worker);
    const standstills = [
      ...log.stops.filter(ofInvolved).map((stop) => ({ ...stop, who: stop.worker })),
      ...log.storeStops.map((stop) => ({ ...stop, who: 'the store' })),
    ];
    const begin = Math.min(...[...told, ...sendings].map(({ at }) => at));
    const end = Math.max(...[...told, ...sendings].map(({ at }) => at));
    const story = [
      ...told.map(({ at, who, event }) => ({ at, text: `${who} ${event}` })),
      ...sendings.map(({ at, caller, outcome }) => ({ at, text: `${caller} was answered: ${outcome}` })),
      ...log.kills.filter(ofInvolved).map(({ worker, at }) => ({ at, text: `${worker} was killed` })),
      ...standstills.flatMap(({ from, to, who }) =>
        from > end || to < begin
          ? []
          : [
              { at: from, text: `${who} stops` },
              { at: to, text: `${who} goes on` },
            ],
      ),
    ];
    return story
      .toSorted((one, other) => one.at - other.at)
      .map(({ at, text }) => `${((at - begin) / 1000).toFixed(1)} s ${text}`)
      .join('; ');
  }
}

type Pair = readonly [sender: RecordedTokenRequest, next: RecordedTokenRequest];

/** Each sender and who sent the same token after it. */
function pairsOf(sendings: Sendings): Pair[] {
  return sendings.slice(1).map((next, index) => [sendings[index]!, next]);
}

/** Every time each token was sent, oldest first. */
function byToken(refreshes: Sendings): Sendings[] {
  const sendings = new Map<string, RecordedTokenRequest[]>();
  for (const refresh of refreshes) {
    const before = sendings.get(refresh.fingerprint);
    if (before) before.push(refresh);
    else sendings.set(refresh.fingerprint, [refresh]);
  }
  return [...sendings.values()];
}

function split<T>(all: readonly T[], belongs: (item: T) => boolean): [T[], T[]] {
  return [all.filter(belongs), all.filter((item) => !belongs(item))];
}

const overlap = (one: Interval, other: Interval) => one.from <= other.to && other.from <= one.to;

const endOf = (report: ChaosLog['reports'][number]) => ('at' in report ? report.at : report.to);

/** Whether one was killed while its journal stood in the store, and what came of it did not. */
export function isInWindow(reports: ChaosLog['reports'], { worker, at }: ChaosLog['kills'][number]): boolean {
  const last = reports.findLast(
    (report) => report.worker === worker && report.event !== 'stalled' && endOf(report) <= at,
  );
  return last !== undefined && ['announced', 'sent', 'unanswered'].includes(last.event);
}
