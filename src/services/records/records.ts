import * as z from 'zod/mini';
import { AuthError, asAuthError } from '../auth-error.js';
import type { Configuration } from '../configuration.js';
import { fingerprintOf } from '../fingerprint.js';
import type { Clock, Cryptography, Lock, Store, WriteOptions } from '../ports.js';
import { RECORD_VERSION, begunRecord, flowRecord, indexRecord, sessionRecord } from './schema.js';
import type { FlowRecord, IndexRecord, SessionRecord } from './schema.js';

export interface Stored<Record> {
  readonly record: Record;
  readonly version: string;
}

type Draft<Record> = Record extends unknown ? Omit<Record, 'authchart' | 'client' | 'kind'> : never;
export type SessionDraft = Draft<SessionRecord>;
export type FlowDraft = Draft<FlowRecord>;
export type IndexDraft = Draft<IndexRecord>;

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
  readFlow(flow: string): Promise<Stored<FlowRecord> | null>;
  writeFlow(flow: string, draft: FlowDraft, expected: string | null, ttl: number): Promise<string | null>;
  /** Whether a flow of that key was begun, even if its pending record has run out with its verifier. */
  wasBegun(flow: string): Promise<boolean>;
  markBegun(flow: string, ttl: number): Promise<void>;
  readIndex(owner: string): Promise<Stored<IndexRecord> | null>;
  writeIndex(owner: string, draft: IndexDraft, expected: string | null): Promise<string | null>;
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

const header = z.object({ authchart: z.number(), client: z.string(), kind: z.string() });

/** What sealed values begin with. Damaged they are not: whoever believed it would remove them. */
const SEALED = 'authchart-sealed/';

function decode<Record>(text: string, schema: z.ZodMiniType<Record>, kind: string, client: string): Record {
  if (text.startsWith(SEALED)) {
    const detail = 'A stored record is sealed, and this process has not wrapped its store in sealed().';
    throw new AuthError('record_key_unknown', { detail });
  }
  const json = parse(text);
  const head = header.safeParse(json);
  if (!head.success || head.data.kind !== kind) throw new AuthError('record_unreadable');
  if (head.data.authchart !== RECORD_VERSION) throw new AuthError('record_other_version');
  // Endpoints come from configuration, never from storage: a planted record must not send a token elsewhere.
  if (head.data.client !== client) throw new AuthError('record_foreign');
  const record = schema.safeParse(json);
  if (!record.success) throw new AuthError('record_unreadable');
  return record.data;
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

const sessionKey = ({ provider, clientId }: Configuration, name: string) =>
  `session/${provider.id}/${clientId}/${name}`;
const indexKey = ({ provider, clientId }: Configuration, owner: string) =>
  `index/${provider.id}/${clientId}/${owner}`;
const flowKey = (flow: string) => `flow/${flow}`;
const begunKey = (flow: string) => `begun/${flow}`;

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

  async function read<Record>(
    key: string,
    schema: z.ZodMiniType<Record>,
    kind: string,
  ): Promise<Stored<Record> | null> {
    const entry = await reach(() => store.read(key));
    return entry
      ? { record: decode(entry.value, schema, kind, await client()), version: entry.version }
      : null;
  }

  async function write(key: string, kind: string, draft: object, options: WriteOptions) {
    const value = JSON.stringify({ authchart: RECORD_VERSION, client: await client(), kind, ...draft });
    const result = await reach(() => store.write(key, value, options));
    return result.written ? result.version : null;
  }

  /** A receipt without tokens must not be marked: it would be gone with the page, and a reload could not answer. */
  const holdsTokens = (draft: SessionDraft | FlowDraft) =>
    'tokens' in draft && draft.tokens !== null ? { holdsTokens: true } : {};

  /** Of a session that has an end; at least a moment, for the write must be one. */
  function timeLeft(draft: SessionDraft): number | undefined {
    const end = draft.status === 'live' ? (draft.endsAt ?? null) : null;
    return end === null ? undefined : Math.max(1, end - clock.now());
  }

  return {
    readSession: (name) => read<SessionRecord>(sessionKey(configuration, name), sessionRecord, 'session'),
    writeSession: (name, draft, expected, ttl = timeLeft(draft)) =>
      write(sessionKey(configuration, name), 'session', draft, {
        expected,
        ...(ttl !== undefined && { ttl }),
        ...holdsTokens(draft),
      }),
    readFlow: (flow) => read<FlowRecord>(flowKey(flow), flowRecord, 'flow'),
    writeFlow: (flow, draft, expected, ttl) =>
      write(flowKey(flow), 'flow', draft, { expected, ttl, ...holdsTokens(draft) }),
    wasBegun: async (flow) => (await read(begunKey(flow), begunRecord, 'begun')) !== null,
    markBegun: async (flow, ttl) => void (await write(begunKey(flow), 'begun', {}, { expected: null, ttl })),
    readIndex: (owner) => read<IndexRecord>(indexKey(configuration, owner), indexRecord, 'index'),
    writeIndex: (owner, draft, expected) =>
      write(indexKey(configuration, owner), 'index', draft, { expected }),
    lockSession: (name, signal, ttl) =>
      reach(() => store.lock(sessionKey(configuration, name), { signal, ttl })),
    watchSession: (name, listener) => store.watch?.(sessionKey(configuration, name), listener) ?? null,
  };
}
