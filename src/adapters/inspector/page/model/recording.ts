import type { FlowEvent } from '../../../../client/inspection/flow-event.js';
import type { FeedItem, Recording } from '../feed.js';

export type Opened =
  | { readonly kind: 'opened'; readonly events: readonly FlowEvent[] }
  | { readonly kind: 'refused'; readonly reason: string };

/** Bytes; and as many events as a page can bear. */
const LARGEST_FILE = 100_000_000;
const MOST_EVENTS = 250_000;

export function recordingOf(events: readonly FlowEvent[]): string {
  const recording: Recording = { authchart: 'recording', version: 1, events };
  return `${JSON.stringify(recording, null, 1)}\n`;
}

/** A file that a person has picked. Never rejects. */
export async function openFile(file: Pick<Blob, 'size' | 'text'>): Promise<Opened> {
  // Before it is read: what is too large may not fit into memory.
  if (file.size > LARGEST_FILE) return refused('It is too large for this page.');
  let text: string;
  try {
    text = await file.text();
  } catch {
    return refused('It could not be read.');
  }
  return openRecording(text);
}

/** Anybody may have written the file. */
export function openRecording(text: string): Opened {
  let content: unknown;
  try {
    content = JSON.parse(text);
  } catch {
    return refused('It is not JSON.');
  }
  if (!isRecord(content) || content['authchart'] !== 'recording')
    return refused('It is not a recording of authchart.');
  if (content['version'] !== 1) return refused('It was written by another version of authchart.');
  const { events } = content;
  if (!Array.isArray(events)) return refused('It holds no list of events.');
  if (events.length > MOST_EVENTS) return refused(`It holds more than ${MOST_EVENTS} events.`);
  const wrong = events.findIndex((event) => !isFlowEvent(event));
  if (wrong >= 0) return refused(`Its event ${wrong + 1} is not one that authchart writes.`);
  return { kind: 'opened', events };
}

const refused = (reason: string): Opened => ({ kind: 'refused', reason });

type Check = (value: unknown) => boolean;
type Shape = Readonly<Record<string, Check>>;

const upTo =
  (length: number): Check =>
  (value) =>
    typeof value === 'string' && value.length <= length;
const text = upTo(4_000);
/** Of actors, states and events. Whoever takes a path apart must come to an end. */
const name = upTo(300);
const number: Check = (value) => typeof value === 'number' && Number.isFinite(value);
const truth: Check = (value) => typeof value === 'boolean';
const nullOr =
  (check: Check): Check =>
  (value) =>
    value === null || check(value);
const listOf =
  (check: Check): Check =>
  (value) =>
    Array.isArray(value) && value.length <= 100 && value.every(check);
const oneOf =
  (...words: readonly unknown[]): Check =>
  (value) =>
    words.includes(value);
const shaped =
  (shape: Shape): Check =>
  (value) =>
    isRecord(value) && Object.entries(shape).every(([name, check]) => check(value[name]));

const failure = nullOr(
  shaped({
    code: text,
    phase: text,
    retryable: truth,
    retryAt: nullOr(number),
    status: nullOr(number),
    error: nullOr(text),
  }),
);
const facts = nullOr(
  shaped({
    standing: text,
    grantedScopes: number,
    missingScopes: listOf(text),
    obtainedAt: number,
    expiresAt: nullOr(number),
    dueAt: nullOr(number),
    renewable: truth,
  }),
);
const party = oneOf('client', 'userAgent', 'provider');
const moment = { sequence: number, at: number, elapsed: number };

const events: Readonly<Record<string, Check>> = {
  'actor.started': shaped({
    ...moment,
    state: nullOr(name),
    actor: shaped({
      id: name,
      parent: nullOr(name),
      machine: oneOf(null, 'authorization', 'exchange', 'renewal', 'signOut'),
      name,
      session: name,
    }),
  }),
  'actor.moved': shaped({
    ...moment,
    actor: name,
    session: name,
    event: name,
    from: name,
    through: listOf(name),
    to: name,
    lasted: number,
    tags: listOf(text),
    facts,
    failure,
  }),
  'actor.stopped': shaped({
    ...moment,
    actor: name,
    outcome: oneOf('done', 'failed', 'stopped'),
    lasted: number,
    failure,
  }),
  'message.passed': shaped({
    ...moment,
    actor: nullOr(name),
    session: name,
    message: shaped({
      exchange: text,
      from: party,
      to: party,
      name: text,
      line: text,
      status: nullOr(number),
      parts: listOf(shaped({ name: text, value: nullOr(text) })),
    }),
  }),
};

const gateClosed = shaped({ gate: number, at: number, actor: name, machine: name, event: name });
const gateOpened = shaped({ gate: number });

function isFlowEvent(value: unknown): value is FlowEvent {
  if (!isRecord(value) || typeof value['type'] !== 'string') return false;
  return Object.hasOwn(events, value['type']) && events[value['type']]!(value);
}

/** What the feed told; `null`: nothing that this page knows. */
export function feedItem(json: string): FeedItem | null {
  let item: unknown;
  try {
    item = JSON.parse(json);
  } catch {
    return null;
  }
  if (!isRecord(item)) return null;
  const isGate =
    (item['type'] === 'gate.closed' && gateClosed(item)) ||
    (item['type'] === 'gate.opened' && gateOpened(item));
  return isGate || isFlowEvent(item) ? (item as unknown as FeedItem) : null;
}

/** How many events the feed has dropped before the next one; `null`: it told no number. */
export function droppedCount(json: string): number | null {
  try {
    const { count } = JSON.parse(json) as { readonly count?: unknown };
    return Number.isSafeInteger(count) && Number(count) > 0 ? Number(count) : null;
  } catch {
    return null;
  }
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
