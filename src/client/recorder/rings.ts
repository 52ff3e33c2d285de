import { policy } from '../../services/policy.js';
import type { LogEntry, LogKind } from '../../services/records/log-records.js';

/** What waits to be written to one log. */
export interface Ring {
  readonly kind: LogKind;
  /** The session, or the key of the flow. */
  readonly of: string;
  waiting: readonly LogEntry[];
  writing: Promise<unknown> | null;
  /** Whether some of what waits may be in the store already, for the answer of an earlier write was lost. */
  unsure: boolean;
}

/** How many entries a log keeps. */
export const most: Readonly<Record<LogKind, number>> = {
  log: policy.logged.session,
  flowLog: policy.logged.flow,
};

export const ringKey = (kind: LogKind, of: string) => `${kind}/${of}`;

/** What anybody can bring about who can make a server begin sign-ins. */
const AT_THE_DOOR: readonly LogEntry['what'][] = ['begun', 'callbackRejected', 'failed'];
export const isAtTheDoor = ({ what }: LogEntry) => AT_THE_DOOR.includes(what);
/** With these a life begins anew. */
const BEGINNINGS: readonly LogEntry['what'][] = ['signedIn', 'adopted'];
/** What comes again and again while something is down. */
const TROUBLES: readonly LogEntry['what'][] = ['begun', 'callbackRejected', 'postponed', 'unsaved', 'failed'];

/**
 * Entries with others behind them, the {@link trimmed} of them. What repeats becomes one entry that counts: an outage must not push
 * out what led to it.
 *
 * @param unsure - whether some of them may be there already, for the answer of an earlier write was lost
 */
export function joined(
  present: readonly LogEntry[],
  news: readonly LogEntry[],
  limit: number,
  unsure: boolean,
): readonly LogEntry[] {
  const missing = unsure ? news.filter((entry) => !isThere(present, entry)) : news;
  return trimmed(missing.reduce(withOne, present), limit);
}

/** The latest so many. What comes in at the door makes room first, down to its quota. */
export function trimmed(entries: readonly LogEntry[], limit: number): readonly LogEntry[] {
  const excess = Math.max(0, entries.length - limit);
  const atTheDoor = entries.filter(isAtTheDoor);
  const goes = new Set(atTheDoor.slice(0, -policy.logged.atTheDoor).slice(0, excess));
  return entries.filter((entry) => !goes.has(entry)).slice(-limit);
}

/** As an entry of its own, or counted in one. */
function isThere(present: readonly LogEntry[], entry: LogEntry): boolean {
  return present.some((other) => {
    const { at, last = at } = other;
    return isSame(other, entry) && at <= entry.at && entry.at <= last;
  });
}

function withOne(entries: readonly LogEntry[], entry: LogEntry): readonly LogEntry[] {
  // Who finds a session ended tells news only if nobody has told how.
  if (entry.found && sinceBeginning(entries).some(({ what }) => what === entry.what)) return entries;
  const at = TROUBLES.includes(entry.what) ? repeated(entries, entry) : -1;
  const before = entries[at];
  if (!before) return [...entries, entry];
  const again = { ...entry, at: before.at, last: entry.at, times: (before.times ?? 1) + 1 };
  return entries.with(at, again);
}

function sinceBeginning(entries: readonly LogEntry[]): readonly LogEntry[] {
  return entries.slice(entries.findLastIndex(({ what }) => BEGINNINGS.includes(what)) + 1);
}

/** Processes that wait for the same thing take turns: looks back over all that is of the same kind. */
function repeated(entries: readonly LogEntry[], entry: LogEntry): number {
  for (let at = entries.length - 1; entries[at]?.what === entry.what; at--) {
    if (isSame(entries[at]!, entry)) return at;
  }
  return -1;
}

function isSame(one: LogEntry, other: LogEntry): boolean {
  return (
    one.what === other.what &&
    one.by === other.by &&
    one.failure?.code === other.failure?.code &&
    one.failure?.status === other.failure?.status &&
    one.failure?.error === other.failure?.error
  );
}
