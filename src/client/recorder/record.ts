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

/** Writes down what was heard. Never rejects: what cannot be written waits for the next entry of its log, or is dropped. */
export async function record(ports: ServicePorts, by: string, log: PendingLog, heard: Heard): Promise<void> {
  try {
    const entry = entryOf(heard, by);
    if (!entry) return;
    // At once where it can be: entries are written in the order in which they were heard.
    if (!heard.before.matches({ restoring: 'flow' })) {
      await keep(ports.records, log, entry, heard.after.context.session);
    } else await keepOfStranger(ports, log, entry, heard);
  } catch {
    // What is only told must not break what is done.
  }
}

function keep(records: Records, log: PendingLog, entry: LogEntry, session: string): Promise<unknown> {
  const { flow } = entry;
  return Promise.all([
    append(records, log, 'log', session, entry),
    ...(flow === undefined ? [] : [append(records, log, 'flowLog', flow, entry)]),
  ]);
}

/** A callback that was refused before anybody knew whose it is. Only of flows that are there: anybody can send one. */
async function keepOfStranger(
  { records, cryptography }: ServicePorts,
  log: PendingLog,
  entry: LogEntry,
  { before }: Heard,
): Promise<void> {
  const state = stateOf(before.context.callbacks[0]?.url ?? null);
  if (!state) return;
  const flow = await fingerprintOf(state, cryptography);
  const stored = await readFlow(records, flow);
  if (stored) await keep(records, log, { ...entry, flow }, stored.record.session);
}

function append(
  records: Records,
  log: PendingLog,
  kind: LogKind,
  of: string,
  entry: LogEntry,
): Promise<void> {
  const key = ringKey(kind, of);
  const ring = log.rings.get(key) ?? newRing(log, kind, of);
  ring.waiting = trimmed([...ring.waiting, entry], most[kind]);
  // One at a time; what comes meanwhile is written together.
  ring.writing ??= write(records, ring).finally(() => {
    ring.writing = null;
    // One that had to make room may have a successor, whose entries still wait.
    if (ring.waiting.length === 0 && log.rings.get(key) === ring) log.rings.delete(key);
  });
  return ring.writing;
}

function newRing({ rings }: PendingLog, kind: LogKind, of: string): Ring {
  const [oldest] = rings.keys();
  if (rings.size >= MOST_WAITING && oldest !== undefined) rings.delete(oldest);
  const ring: Ring = { kind, of, waiting: [], writing: null, unsure: false };
  rings.set(ringKey(kind, of), ring);
  return ring;
}

async function write(records: Records, ring: Ring): Promise<void> {
  const { kind, of } = ring;
  let conflicts = 0;
  let failures = 0;
  while (ring.waiting.length > 0 && conflicts <= MOST_CONFLICTS && failures < MOST_FAILURES) {
    const taken = ring.waiting;
    try {
      const stored = await readLog(records, kind, of);
      const entries = joined(stored?.record.entries ?? [], taken, most[kind], ring.unsure);
      const expected = stored?.version ?? null;
      const written = await writeLog(records, kind, of, entries, expected, ttlOf(kind, entries));
      if (written === null) {
        conflicts += 1;
      } else {
        ring.waiting = ring.waiting.filter((entry) => !taken.includes(entry));
        ring.unsure = false;
      }
    } catch {
      failures += 1;
      ring.unsure = true;
    }
  }
}
