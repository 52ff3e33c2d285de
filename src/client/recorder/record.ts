import { fingerprintOf } from '../../services/fingerprint.js';
import { policy } from '../../services/policy.js';
import { readFlow } from '../../services/records/flow-records.js';
import { readLog, writeLog } from '../../services/records/log-records.js';
import type { LogEntry, LogKind } from '../../services/records/log-records.js';
import type { Records } from '../../services/records/records.js';
import type { ServicePorts } from '../../services/service-ports.js';
import { stateOf } from '../state-of.js';
import { entryOf } from './entry-of.js';
import type { FlightLog, Heard } from './hear.js';
import { joined } from './rings.js';
import type { Ring } from './rings.js';

/** Of those that lose against another process, one wins each time. */
const MOST_CONFLICTS = 32;
const MOST_FAILURES = 3;
/** Logs whose entries wait for a store that is down. */
const MOST_WAITING = 100;

const most = { log: policy.logged.session, flowLog: policy.logged.flow } as const;

/** Anybody can begin sign-ins: what came to nothing stays no longer than its flow. */
function ttlOf(kind: LogKind, entries: readonly LogEntry[]): number {
  const wasSession = entries.some(({ what }) => !AT_THE_DOOR.includes(what));
  return kind === 'log' && wasSession ? policy.tombstone : policy.receipt;
}

const AT_THE_DOOR: readonly LogEntry['what'][] = ['begun', 'callbackRejected', 'failed'];

/** Writes down what was heard. Never rejects: what cannot be written waits for the next entry of its log, or is dropped. */
export async function record(ports: ServicePorts, by: string, log: FlightLog, heard: Heard): Promise<void> {
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

function keep(records: Records, log: FlightLog, entry: LogEntry, session: string): Promise<unknown> {
  const { flow } = entry;
  return Promise.all([
    append(records, log, 'log', session, entry),
    ...(flow === undefined ? [] : [append(records, log, 'flowLog', flow, entry)]),
  ]);
}

/** A callback that was refused before anybody knew whose it is. Only of flows that are there: anybody can send one. */
async function keepOfStranger(
  { records, cryptography }: ServicePorts,
  log: FlightLog,
  entry: LogEntry,
  { before }: Heard,
): Promise<void> {
  const state = stateOf(before.context.callbacks[0]?.url ?? null);
  if (!state) return;
  const flow = await fingerprintOf(state, cryptography);
  const stored = await readFlow(records, flow);
  if (stored) await keep(records, log, { ...entry, flow }, stored.record.session);
}

function append(records: Records, log: FlightLog, kind: LogKind, of: string, entry: LogEntry): Promise<void> {
  const key = `${kind}/${of}`;
  const ring = log.rings.get(key) ?? { kind, of, waiting: [], writing: null };
  const [oldest] = log.rings.keys();
  if (log.rings.size >= MOST_WAITING && oldest !== undefined) log.rings.delete(oldest);
  log.rings.set(key, ring);
  ring.waiting = [...ring.waiting, entry].slice(-most[kind]);
  // One at a time; what comes meanwhile is written together.
  ring.writing ??= write(records, ring).finally(() => {
    ring.writing = null;
    if (ring.waiting.length === 0) log.rings.delete(key);
  });
  return ring.writing;
}

async function write(records: Records, ring: Ring): Promise<void> {
  const { kind, of } = ring;
  for (let conflicts = 0, failures = 0; ring.waiting.length > 0;) {
    const taken = ring.waiting;
    try {
      const stored = await readLog(records, kind, of);
      const entries = joined(stored?.record.entries ?? [], taken, most[kind], failures > 0);
      const expected = stored?.version ?? null;
      const written = await writeLog(records, kind, of, entries, expected, ttlOf(kind, entries));
      if (written === null) conflicts += 1;
      else ring.waiting = ring.waiting.filter((entry) => !taken.includes(entry));
    } catch {
      failures += 1;
    }
    if (conflicts > MOST_CONFLICTS || failures >= MOST_FAILURES) return;
  }
}
