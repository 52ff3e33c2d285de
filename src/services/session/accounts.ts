import type { SessionFacts } from '../../machines/vocabulary.js';
import { AuthError, asAuthError } from '../auth-error.js';
import { policy } from '../policy.js';
import type { SessionDraft } from '../records/records.js';
import type { ServicePorts } from '../service-ports.js';
import { factsOfNothing, factsOfRecord } from './facts.js';
import { readIndex, writeIndex } from '../records/index-records.js';

/** The sessions of one owner that somebody can choose among. */
export interface Accounts {
  readonly sessions: readonly SessionFacts[];
  /** False if there may be more, which are found by their names only. */
  readonly complete: boolean;
}

/** Names are paths: what comes before the last slash owns the session. */
function ownerOf(session: string): string {
  return session.slice(0, Math.max(0, session.lastIndexOf('/')));
}

/**
 * Writes a session that may be new, by compare-and-set. Its name is on its owner's list before: a crash in between leaves
 * a name without a session, which listing passes over, and never a session that no list knows.
 *
 * @returns the new version; `null` if the record is no longer what was expected
 */
export async function writeListed(
  ports: ServicePorts,
  session: string,
  live: Extract<SessionDraft, { status: 'live' }>,
  expected: string | null,
): Promise<string | null> {
  await enlist(ports, session);
  const version = await ports.records.writeSession(session, live, expected);
  // Somebody who listed in between may have tidied the name away; should this write fail, only that race suffers.
  if (version !== null) await enlist(ports, session).catch(() => undefined);
  return version;
}

async function enlist({ records }: ServicePorts, session: string): Promise<void> {
  const owner = ownerOf(session);
  for (;;) {
    // A list that cannot be read is told to whoever lists. It must not keep anybody from signing in.
    const stored = await readIndex(records, owner).catch((error: unknown) => {
      if (error instanceof AuthError && error.code !== 'store_unavailable') return 'unreadable' as const;
      throw error;
    });
    if (stored === 'unreadable') return;
    const { names = [], complete = true } = stored?.record ?? {};
    if (names.includes(session)) return;
    const fits = names.length < policy.listed;
    if (!fits && !complete) return;
    const draft = fits ? { names: [...names, session], complete } : { names, complete: false };
    if ((await writeIndex(records, owner, draft, stored?.version ?? null)) !== null) return;
  }
}

/**
 * The sessions of an owner as they stand now, those that need a human among them. What was signed out leaves the list.
 *
 * @throws {@link AuthError} of phase `store`
 */
export async function listAccounts(ports: ServicePorts, owner: string): Promise<Accounts> {
  const { records, vault } = ports;
  const stored = await readIndex(records, owner);
  const { names: listed = [], complete = true } = stored?.record ?? {};
  // Whoever can write to the store must not be able to put others' sessions on a list.
  const names = listed.filter((name) => ownerOf(name) === owner);
  const unsaved = vault.unsaved().filter((name) => ownerOf(name) === owner && !names.includes(name));
  const found = await Promise.all([...names, ...unsaved].map((name) => factsNow(ports, name)));
  const sessions = found.filter((facts) => facts !== null);
  const left = names.filter((name) => sessions.some(({ session }) => session === name));
  // Lost to somebody who signs in meanwhile, it is tidied the next time.
  if (stored && left.length < listed.length) {
    await writeIndex(records, owner, { names: left, complete }, stored.version);
  }
  return { sessions, complete };
}

async function factsNow(
  { records, vault, clock }: ServicePorts,
  session: string,
): Promise<SessionFacts | null> {
  if (vault.unburied.has(session)) return null;
  const held = vault.get(session);
  if (held?.unsaved) return held.facts;
  try {
    const stored = await records.readSession(session);
    return stored && factsOfRecord(session, stored.record, stored.version, clock.now());
  } catch (error) {
    const { failure } = asAuthError(error);
    // One damaged record must not hide the others.
    if (failure.code !== 'store_unavailable') return factsOfNothing(session, failure, null, clock.now());
    throw error;
  }
}
