import type { SessionFacts } from '../../machines/vocabulary.js';
import type { LiveSession, Tokens } from '../records/schema.js';
import type { Service, ServicePorts } from '../service-ports.js';
import { factsOf, factsOfRecord } from './facts.js';

/** Keeps in memory what was just read or written, and tells the facts of it. */
export function hold(
  { vault, clock }: Pick<ServicePorts, 'vault' | 'clock'>,
  session: string,
  live: Pick<LiveSession, 'tokens' | 'account' | 'lineage'>,
  version: string,
): SessionFacts {
  const facts = factsOf(session, live, version, clock.now());
  // Signed out here meanwhile: what comes late must not be handed out.
  const { tokens, lineage } = live;
  if (!vault.unburied.has(session) && !vault.isBuried(session, lineage)) {
    vault.put(session, { tokens, facts, lineage, checkedAt: clock.elapsed(), unsaved: null });
  }
  return facts;
}

/** Reads the session record; `null` if nobody is signed in. */
export const restoreSession: Service<{ session: string }, SessionFacts | null> =
  (ports) =>
  async ({ session }, signal) => {
    const { vault, records, clock } = ports;
    if (vault.unburied.has(session)) return null;
    const held = vault.get(session);
    if (held?.unsaved) return held.facts;
    const stored = await records.readSession(session);
    // Signed out here while the store answered, or nobody waits any more: what it said may no longer be true.
    if (vault.unburied.has(session) || signal.aborted) return null;
    if (stored?.record.status === 'live') return hold(ports, session, stored.record, stored.version);
    vault.drop(session);
    return stored && factsOfRecord(session, stored.record, stored.version, clock.now());
  };

/** The access token this process may use now without asking anybody; `null` if it must ask. */
export function usableTokens(
  { vault, clock }: Pick<ServicePorts, 'vault' | 'clock'>,
  session: string,
): Tokens | null {
  const held = vault.get(session);
  return held && isUsable({ vault, clock }, session, held.tokens) ? held.tokens : null;
}

/** Neither run out nor refused by the API before its time. */
export function isUsable(
  { vault, clock }: Pick<ServicePorts, 'vault' | 'clock'>,
  session: string,
  { accessToken, expiresAt }: Tokens,
): boolean {
  return (expiresAt === null || clock.now() < expiresAt) && vault.refused.get(session) !== accessToken;
}
