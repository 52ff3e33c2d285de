import { phases } from '../phases.js';
import { policy } from '../policy.js';
import { boolean, list, matching, nullable, number, object, oneOf, optional, that } from '../shape.js';
import type { Shape, Shaped } from '../shape.js';
import { envelope, time } from './schema.js';
import type { Records, Stored } from './records.js';

/** What a flight recorder tells apart. */
export const logWords = [
  'begun',
  'callbackRejected',
  'signedIn',
  'adopted',
  'renewed',
  'postponed',
  'unsaved',
  'expired',
  'signedOut',
  'failed',
] as const;

// Whatever is read here ends on terminals, and anybody who can write to the store may have planted it.
const word = matching(/^[a-z_]{1,40}$/);
const name = matching(/^[\w .:-]{1,60}$/);

const isScope = /^[\x21\x23-\x5b\x5d-\x7e]{1,100}$/;
const MOST_SCOPES = 100;

/** Checked before anything in it is. */
function atMost<Value>(most: number, shape: Shape<readonly Value[]>): Shape<readonly Value[]> {
  const few = that<unknown>((value) => Array.isArray(value) && value.length <= most);
  return (value, at) => shape(few(value, at), at);
}

const failure = object({
  code: word,
  phase: oneOf(...phases),
  retryable: boolean,
  retryAt: nullable(time),
  status: nullable(number),
  error: nullable(word),
});

const revocation = object({
  token: oneOf('refresh_token', 'access_token'),
  revoked: boolean,
  code: nullable(word),
});

const entry = object({
  /** Of one that came several times: the first. */
  at: time,
  last: optional(time),
  times: optional(number),
  by: name,
  what: oneOf(...logWords),
  /** Somebody else had done it, and this process came to see it. */
  found: optional(boolean),
  /** The key of the flow. */
  flow: optional(matching(/^[\w-]{43}$/)),
  failure: optional(failure),
  expiresAt: optional(nullable(time)),
  renewable: optional(boolean),
  missingScopes: optional(atMost(MOST_SCOPES, list(matching(isScope)))),
  /** Of a sign-out: whether the store was told. */
  cleared: optional(boolean),
  revocations: optional(atMost(2, list(revocation))),
  /** The same refresh token had been sent before, and its answer was lost. */
  earlier: optional(object({ at: time, by: nullable(name) })),
});

const sessionLog = object({
  ...envelope,
  kind: oneOf('log'),
  entries: atMost(policy.logged.session, list(entry)),
});
const flowLog = object({
  ...envelope,
  kind: oneOf('flowLog'),
  entries: atMost(policy.logged.flow, list(entry)),
});

export type LogWord = (typeof logWords)[number];
export type LogEntry = Shaped<typeof entry>;
export type LogRecord = Shaped<typeof sessionLog> | Shaped<typeof flowLog>;
export type LogKind = LogRecord['kind'];

const shapes = { log: sessionLog, flowLog } as const;

export function readLog(records: Records, kind: LogKind, of: string): Promise<Stored<LogRecord> | null> {
  return records.read<LogRecord>(kind, of, shapes[kind]);
}

/** The new version, or `null` if the record is no longer what was expected. */
export function writeLog(
  records: Records,
  kind: LogKind,
  of: string,
  entries: readonly LogEntry[],
  expected: string | null,
  ttl: number,
): Promise<string | null> {
  return records.write(kind, of, { entries }, expected, ttl);
}

/** Scopes that read back. */
export const logScopes = (scopes: readonly string[]) =>
  scopes.filter((scope) => isScope.test(scope)).slice(0, MOST_SCOPES);

/** A name that reads back. */
export const logName = (text: string) => text.replace(/[^\w .:-]/g, '-').slice(0, 60) || 'process';
