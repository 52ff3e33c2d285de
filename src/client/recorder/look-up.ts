import { asAuthError, AuthError } from '../../services/auth-error.js';
import { readLog } from '../../services/records/log-records.js';
import type { LogEntry, LogKind } from '../../services/records/log-records.js';
import type { ServicePorts } from '../../services/service-ports.js';
import type { Explanation, ExplainedStanding } from './explanation.js';
import { textOf } from './explain-text.js';
import type { PendingLog } from './hear.js';
import { inTime } from './in-time.js';
import { joined, most, ringKey } from './rings.js';
import { eventOf, sentences, wordsOf } from './sentences.js';

/** How something stands, and why. */
export interface Verdict {
  readonly standing: ExplainedStanding;
  readonly cause: string;
  readonly next: string | null;
}

export const verdictOf = (standing: ExplainedStanding, code: string, ...more: readonly (string | null)[]) => {
  const { meaning, advice } = wordsOf(code);
  return { standing, cause: sentences(meaning, ...more), next: advice } satisfies Verdict;
};

/** What the store says, or the code of why it says nothing. */
export async function lookedUp<Found>(read: Promise<Found>): Promise<{ found: Found } | { code: string }> {
  try {
    return { found: await read };
  } catch (error) {
    return { code: asAuthError(error, 'store_unavailable').code };
  }
}

/** What was recorded, oldest first; with what this process could not write. */
async function entriesOf({ records, clock }: ServicePorts, log: PendingLog, kind: LogKind, of: string) {
  await inTime(clock, untilWritten(log, kind, of));
  const waiting = log.rings.get(ringKey(kind, of))?.waiting ?? [];
  const read = inTime(clock, lookedUp(readLog(records, kind, of)));
  const stored = (await read) ?? { code: 'store_unavailable' };
  const present = 'found' in stored ? (stored.found?.record.entries ?? []) : [];
  // Written as they could be, they are shown as they were.
  const entries = joined(present, waiting, most[kind], true).toSorted((one, other) => one.at - other.at);
  return { entries, fault: 'code' in stored ? stored.code : null };
}

/** What other logs wait for is none of this one's business. */
async function untilWritten({ placing, writing }: PendingLog, kind: LogKind, of: string): Promise<void> {
  await Promise.allSettled(placing);
  const own = [...writing].filter((ring) => ring.kind === kind && ring.of === of);
  await Promise.allSettled(own.map((ring) => ring.writing));
}

/** Brings log and verdict together. @throws {@link AuthError} `cancelled` */
export async function explain(
  ports: ServicePorts,
  { log, kind, of }: { log: PendingLog; kind: LogKind; of: string },
  judge: (entries: readonly LogEntry[]) => Promise<Verdict>,
  signal: AbortSignal | undefined,
): Promise<Explanation> {
  const work = async () => {
    const { entries, fault } = await entriesOf(ports, log, kind, of);
    const { standing, cause, next } = await judge(entries);
    const gap = fault === null ? null : `What was recorded cannot be read: ${fault}.`;
    const subject = kind === 'log' ? 'session' : 'signIn';
    const said = {
      subject,
      standing,
      cause: sentences(cause, gap),
      next,
      events: entries.map(eventOf),
    } as const;
    return { ...said, text: textOf(said) };
  };
  return signal ? unlessAborted(work, signal) : work();
}

/** A signal may outlive many questions: none leaves a listener on it. */
function unlessAborted<Result>(work: () => Promise<Result>, signal: AbortSignal): Promise<Result> {
  return new Promise((resolve, reject) => {
    const cancel = () => reject(new AuthError('cancelled', { phase: 'session' }));
    if (signal.aborted) return cancel();
    signal.addEventListener('abort', cancel, { once: true });
    work()
      .finally(() => signal.removeEventListener('abort', cancel))
      .then(resolve, reject);
  });
}
