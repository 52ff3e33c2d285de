import { fingerprintOf } from '../../services/fingerprint.js';
import { policy } from '../../services/policy.js';
import { readFlow } from '../../services/records/flow-records.js';
import { readLog, writeLog } from '../../services/records/log-records.js';
import type { LogEntry, LogKind } from '../../services/records/log-records.js';
import type { Records } from '../../services/records/records.js';
import type { ServicePorts } from '../../services/service-ports.js';
import { stateOf } from '../state-of.js';
import { entryOf } from './entry-of.js';
import type { Heard, PendingLog } from './hear.js';
import { inTime } from './in-time.js';
import { isAtTheDoor, joined, most, ringKey, trimmed } from './rings.js';
import type { Ring } from './rings.js';

/** Of those that lose against another process, one wins each time. */
const MOST_CONFLICTS = 32;
const MOST_FAILURES = 3;
/** Logs whose entries wait for a store that is down. */
const MOST_WAITING = 100;

/** Anybody can begin sign-ins: what came to nothing stays no longer than its flow. */
function ttlOf(kind: LogKind, entries: readonly LogEntry[]): number {
  return kind === 'log' && !entries.every(isAtTheDoor) ? policy.tombstone : policy.receipt;
}

/**
 * Has what was heard written down, and resolves once it is known in which logs. Never rejects: what cannot be written waits
 * for the next entry of its log, or is dropped.
 */
export async function record(ports: ServicePorts, by: string, log: PendingLog, heard: Heard): Promise<void> {
  try {
    const entry = entryOf(heard, by);
    if (!entry) return;
    // At once where it can be: entries are written in the order in which they were heard.
    if (!heard.before.matches({ restoring: 'flow' })) {
      keep(ports, log, entry, heard.after.context.session);
    } else await inTime(ports.clock, keepOfStranger(ports, log, entry, heard));
  } catch {
    // What is only told must not break what is done.
  }
}

function keep(ports: ServicePorts, log: PendingLog, entry: LogEntry, session: string): void {
  append(ports, log, 'log', session, entry);
  if (entry.flow !== undefined) append(ports, log, 'flowLog', entry.flow, entry);
}

/** A callback that was refused before anybody knew whose it is. Only of flows that are there: anybody can send one. */
async function keepOfStranger(
  ports: ServicePorts,
  log: PendingLog,
  entry: LogEntry,
  { before }: Heard,
): Promise<void> {
  const state = stateOf(before.context.callbacks[0]?.url ?? null);
  if (!state) return;
  const flow = await fingerprintOf(state, ports.cryptography);
  const stored = await readFlow(ports.records, flow);
  if (stored) keep(ports, log, { ...entry, flow }, stored.record.session);
}

function append(ports: ServicePorts, log: PendingLog, kind: LogKind, of: string, entry: LogEntry): void {
  const key = ringKey(kind, of);
  const ring = log.rings.get(key) ?? newRing(log, kind, of);
  ring.waiting = trimmed([...ring.waiting, entry], most[kind]);
  // One at a time; what comes meanwhile is written together.
  if (ring.writing) return;
  log.writing.add(ring);
  ring.writing = write(ports, ring).finally(() => {
    ring.writing = null;
    log.writing.delete(ring);
    // One that had to make room may have a successor, whose entries still wait.
    if (ring.waiting.length === 0 && log.rings.get(key) === ring) log.rings.delete(key);
  });
  log.track(ring.writing);
}

function newRing({ rings }: PendingLog, kind: LogKind, of: string): Ring {
  const [oldest] = rings.keys();
  if (rings.size >= MOST_WAITING && oldest !== undefined) rings.delete(oldest);
  const ring: Ring = { kind, of, waiting: [], writing: null, unsure: false };
  rings.set(ringKey(kind, of), ring);
  return ring;
}

/** `false`: another process came first. */
async function attempt(records: Records, { kind, of, waiting, unsure }: Ring): Promise<boolean> {
  const stored = await readLog(records, kind, of);
  const entries = joined(stored?.record.entries ?? [], waiting, most[kind], unsure);
  const expected = stored?.version ?? null;
  return (await writeLog(records, kind, of, entries, expected, ttlOf(kind, entries))) !== null;
}

async function write({ records, clock }: ServicePorts, ring: Ring): Promise<void> {
  let conflicts = 0;
  let failures = 0;
  while (ring.waiting.length > 0 && conflicts <= MOST_CONFLICTS && failures < MOST_FAILURES) {
    const taken = ring.waiting;
    try {
      const isWritten = await inTime(clock, attempt(records, ring));
      if (isWritten === undefined) {
        // It may yet be written. One write that hangs is enough: the next entry tries again.
        ring.unsure = true;
        return;
      }
      if (isWritten) {
        ring.waiting = ring.waiting.filter((entry) => !taken.includes(entry));
        ring.unsure = false;
      } else conflicts += 1;
    } catch {
      failures += 1;
      ring.unsure = true;
    }
  }
}
