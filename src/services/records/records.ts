import { AuthError, asAuthError } from '../auth-error.js';
import type { Configuration } from '../configuration.js';
import { fingerprintOf } from '../fingerprint.js';
import type { Clock, Cryptography, Lock, Store } from '../ports.js';
import { RECORD_VERSION, sessionRecord } from './schema.js';
import type { SessionRecord } from './schema.js';
import { number, object, read as readShape, string } from '../shape.js';
import type { Shape } from '../shape.js';

export interface Stored<Record> {
  readonly record: Record;
  readonly version: string;
}

export type Draft<Record> = Record extends unknown ? Omit<Record, 'authchart' | 'client' | 'kind'> : never;
export type SessionDraft = Draft<SessionRecord>;

/** What a record is of. Flows, marks and logs of flows are named by a fingerprint; the others by people. */
export type Kind = 'session' | 'index' | 'log' | 'flow' | 'begun' | 'flowLog';

const BY_PEOPLE: readonly Kind[] = ['session', 'index', 'log'];

/** Records of one client in a store: versioned, checked on every read, bound to issuer, client id and token endpoint. */
export interface Records {
  readSession(name: string): Promise<Stored<SessionRecord> | null>;
  /** The new version, or `null` if the record is no longer what was expected. */
  writeSession(
    name: string,
    draft: SessionDraft,
    expected: string | null,
    ttl?: number,
  ): Promise<string | null>;
  /** Records of other kinds, whose shapes not every page needs. */
  read<Record>(kind: Kind, name: string, shape: Shape<Record>): Promise<Stored<Record> | null>;
  /** The new version, or `null` if the record is no longer what was expected. */
  write(
    kind: Kind,
    name: string,
    draft: object,
    expected: string | null,
    ttl?: number,
  ): Promise<string | null>;
  lockSession(name: string, signal: AbortSignal, ttl: number): Promise<Lock>;
  /** `null` where the store cannot tell of changes. */
  watchSession(name: string, listener: () => void): (() => void) | null;
}

/** Unreachable stores and damaged records are told apart; an adapter's own typed errors pass. */
async function reach<Result>(attempt: () => Promise<Result>): Promise<Result> {
  try {
    return await attempt();
  } catch (error) {
    throw asAuthError(error, 'store_unavailable');
  }
}

const header = object({ authchart: number, client: string, kind: string });
const unreadable = () => new AuthError('record_unreadable');

/** What sealed values begin with. Damaged they are not: whoever believed it would remove them. */
const SEALED = 'authchart-sealed/';

function decode<Record>(text: string, schema: Shape<Record>, kind: string, client: string): Record {
  if (text.startsWith(SEALED)) {
    const detail = 'A stored record is sealed, and this process has not wrapped its store in sealed().';
    throw new AuthError('record_key_unknown', { detail });
  }
  const json = parse(text);
  const head = readShape(header, json, unreadable);
  if (head.kind !== kind) throw unreadable();
  if (head.authchart !== RECORD_VERSION) throw new AuthError('record_other_version');
  // Endpoints come from configuration, never from storage: a planted record must not send a token elsewhere.
  if (head.client !== client) throw new AuthError('record_foreign');
  return readShape(schema, json, unreadable);
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** A receipt without tokens must not be marked: it would be gone with the page, and a reload could not answer. */
const holdsTokens = (draft: object) => 'tokens' in draft && draft.tokens !== null;

/** @throws {@link AuthError} of phase `store` from every method */
export function createRecords(
  store: Store,
  configuration: Configuration,
  { cryptography, clock }: { readonly cryptography: Cryptography; readonly clock: Clock },
): Records {
  const { provider, clientId } = configuration;
  const identity = [provider.issuer ?? '', clientId, provider.endpoints.token].join('\n');
  let fingerprint: Promise<string> | undefined;
  const client = () => (fingerprint ??= fingerprintOf(identity, cryptography));

  const keyOf = (kind: Kind, name: string) =>
    BY_PEOPLE.includes(kind) ? `${kind}/${provider.id}/${clientId}/${name}` : `${kind}/${name}`;

  async function read<Record>(
    kind: Kind,
    name: string,
    shape: Shape<Record>,
  ): Promise<Stored<Record> | null> {
    const entry = await reach(() => store.read(keyOf(kind, name)));
    return entry
      ? { record: decode(entry.value, shape, kind, await client()), version: entry.version }
      : null;
  }

  async function write(kind: Kind, name: string, draft: object, expected: string | null, ttl?: number) {
    const value = JSON.stringify({ authchart: RECORD_VERSION, client: await client(), kind, ...draft });
    const options = {
      expected,
      ...(ttl !== undefined && { ttl }),
      ...(holdsTokens(draft) && { holdsTokens: true }),
    };
    const result = await reach(() => store.write(keyOf(kind, name), value, options));
    return result.written ? result.version : null;
  }

  /** Of a session that has an end; at least a moment, for the write must be one. */
  function timeLeft(draft: SessionDraft): number | undefined {
    const end = draft.status === 'live' ? (draft.endsAt ?? null) : null;
    return end === null ? undefined : Math.max(1, end - clock.now());
  }

  return {
    readSession: (name) => read<SessionRecord>('session', name, sessionRecord),
    writeSession: (name, draft, expected, ttl = timeLeft(draft)) =>
      write('session', name, draft, expected, ttl),
    read,
    write,
    lockSession: (name, signal, ttl) => reach(() => store.lock(keyOf('session', name), { signal, ttl })),
    watchSession: (name, listener) => store.watch?.(keyOf('session', name), listener) ?? null,
  };
}
