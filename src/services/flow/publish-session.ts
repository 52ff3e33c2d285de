import type { Claim } from '../../machines/exchange.machine.js';
import type { Account, SessionFacts } from '../../machines/vocabulary.js';
import { AuthError } from '../auth-error.js';
import { policy } from '../policy.js';
import { settle } from '../records/flow-records.js';
import type { Tokens } from '../records/schema.js';
import type { FlowRecord } from '../records/flow-records.js';
import type { Stored } from '../records/records.js';
import type { Service, ServicePorts } from '../service-ports.js';
import { writeListed } from '../session/accounts.js';
import { hold } from '../session/restore-session.js';
import { revokeAll } from '../sign-out/revoke-all.js';
import { endFlow } from './end-flow.js';
import { endOf, keepUnsaved } from './receipt.js';
import { readFlow, writeFlow } from '../records/flow-records.js';

/** Who publishes: the winner of the claim, at once, or somebody who found its receipt, perhaps much later. */
export type Publisher = 'winner' | 'finder';

/**
 * Copies the tokens of a receipt to the session record and scrubs the receipt. Whoever sees the receipt may do it, and
 * doing it again changes nothing: the record says which flow made it. What was signed in or out since the claim stays:
 * a finder gives way to all of it, the winner to a sign-out.
 *
 * @throws {@link AuthError} what ended the flow; `exchange_interrupted` if something newer stands there; phase `store`
 */
export async function publish(
  ports: ServicePorts,
  flow: string,
  account: Account | null,
  publisher: Publisher,
): Promise<SessionFacts> {
  for (;;) {
    const receipt = await readFlow(ports.records, flow);
    if (receipt?.record.status !== 'completed') throw endOf(receipt?.record);
    const { session, tokens, seen, sessionEndsAt: endsAt } = receipt.record;
    const stored = await ports.records.readSession(session);
    if (tokens === null || stored?.record.lineage === flow) {
      await scrub(ports, flow, receipt);
      if (stored?.record.status !== 'live') throw new AuthError('not_signed_in');
      return hold(ports, session, stored.record, stored.version);
    }
    const moved = (stored?.record.lineage ?? null) !== seen;
    if (moved && (publisher === 'finder' || stored?.record.status === 'signedOut')) {
      return giveWay(ports, flow, tokens, stored?.record.status === 'live');
    }
    const live = { status: 'live', lineage: flow, tokens, account, endsAt, journal: null } as const;
    const earlier = ports.vault.unburied.get(session);
    const version = await writeListed(ports, session, live, stored?.version ?? null);
    if (version === null) continue;
    // Only the sign-out that this sign-in replaces: one that came while the store answered stays.
    if (ports.vault.unburied.get(session) === earlier) ports.vault.unburied.delete(session);
    if (!(await scrub(ports, flow, receipt))) await withdrawIfEnded(ports, flow, session, version);
    return hold(ports, session, live, version);
  }
}

/** Tokens that come too late. Beside a newer session they are left to run out: revoking might reach its grant too. */
async function giveWay(ports: ServicePorts, flow: string, tokens: Tokens, beside: boolean): Promise<never> {
  const { failure } = new AuthError('exchange_interrupted');
  // If the store fails now, the receipt may be gone with the tokens: nobody else would revoke them.
  const ending = await endFlow(ports, flow, failure).catch(() => null);
  const isOurs = ending === null || ending.outcome === 'ended';
  if (isOurs && !beside) await revokeAll(ports, tokens);
  throw AuthError.from(failure);
}

/** The flow was given up, and its tokens revoked, while they were being copied. */
async function withdrawIfEnded(
  ports: ServicePorts,
  flow: string,
  session: string,
  version: string,
): Promise<void> {
  const { records } = ports;
  const receipt = await readFlow(records, flow).catch(() => null);
  if (receipt?.record.status !== 'failed') return;
  await records.writeSession(session, { status: 'signedOut', lineage: flow }, version, policy.tombstone);
  throw endOf(receipt.record);
}

/** Takes the tokens out of a receipt whose session has them; false if the receipt has changed. */
async function scrub(
  { records }: ServicePorts,
  flow: string,
  { record, version }: Stored<FlowRecord>,
): Promise<boolean> {
  if (record.status !== 'completed') return false;
  const { seen, completedAt } = record;
  const draft = { ...settle(record), status: 'completed', tokens: null, seen, completedAt } as const;
  // Left unscrubbed by a failing store, the receipt ends by its ttl; the sign-in has succeeded.
  const written = await writeFlow(records, flow, draft, version, policy.receipt).catch(() => version);
  return written !== null;
}

export const publishSession: Service<
  { flow: string; account: Account | null; claim: Claim | null },
  SessionFacts
> =
  (ports) =>
  async ({ flow, account, claim }, signal) => {
    try {
      return await publish(ports, flow, account, claim ? 'winner' : 'finder');
    } catch (error) {
      const receipt = await readFlow(ports.records, flow).catch(() => null);
      const tokens = receipt?.record.status === 'completed' ? receipt.record.tokens : null;
      const lost = !(error instanceof AuthError) || error.phase !== 'store' || signal.aborted;
      if (lost || !claim || !tokens || ports.vault.unburied.has(claim.session)) throw error;
      // Committed, but the session record cannot be written: the callback will not come again to publish it.
      return keepUnsaved(ports, flow, claim, { tokens, account }, error.failure);
    }
  };
