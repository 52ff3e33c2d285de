import { endFlow } from './end-flow.js';
import type { Claim, CommitOutcome, FollowOutcome } from '../../machines/exchange.machine.js';
import type { Failure, Grant, Redacted, SessionFacts } from '../../machines/vocabulary.js';
import { AuthError } from '../auth-error.js';
import { equalInConstantTime } from '../encoding.js';
import { policy } from '../policy.js';
import { reveal } from '../redacted.js';
import { storedFailure } from '../records/schema.js';
import { settle } from '../records/flow-records.js';
import type { LiveSession, Tokens } from '../records/schema.js';
import type { ClaimedFlow, FlowRecord } from '../records/flow-records.js';
import type { Stored } from '../records/records.js';
import type { Service, ServicePorts } from '../service-ports.js';
import { factsOf } from '../session/facts.js';
import { sleep } from '../sleep.js';
import { readFlow, writeFlow } from '../records/flow-records.js';

const INTERRUPTED = () => new AuthError('exchange_interrupted').failure;

/**
 * Puts tokens into the receipt, which is the commit point: from then on anybody may copy them to the session.
 *
 * @throws {@link AuthError} `store_unavailable` if an account is still to be checked: such tokens must not be used unsaved
 */
export async function commit(
  ports: ServicePorts,
  flow: string,
  { claimId }: Pick<Claim, 'claimId'>,
  tokens: Tokens,
): Promise<Exclude<CommitOutcome, { outcome: 'unsaved' }>> {
  for (;;) {
    const stored = await readFlow(ports.records, flow);
    if (!stored) return { outcome: 'overtaken', failure: INTERRUPTED() };
    const { record, version } = stored;
    if (record.status === 'completed')
      return { outcome: 'committed', expectedAccount: record.expectedAccount };
    if (record.status === 'failed') return { outcome: 'overtaken', failure: storedFailure(record.failure) };
    if (record.status === 'pending' || record.claimId !== claimId) {
      return { outcome: 'overtaken', failure: INTERRUPTED() };
    }
    const { seen } = record;
    const completedAt = ports.clock.now();
    const draft = { ...settle(record), status: 'completed', tokens, seen, completedAt } as const;
    if ((await writeFlow(ports.records, flow, draft, version, policy.receipt)) !== null) {
      return { outcome: 'committed', expectedAccount: record.expectedAccount };
    }
  }
}

export const commitReceipt: Service<
  { flow: string; claim: Claim; tokens: Redacted<unknown> },
  CommitOutcome
> =
  (ports) =>
  async ({ flow, claim, tokens: secret }, signal) => {
    const tokens = reveal(secret) as Tokens;
    try {
      return await commit(ports, flow, claim, tokens);
    } catch (error) {
      if (!(error instanceof AuthError) || error.phase !== 'store' || claim.expectedAccount !== null)
        throw error;
      if (signal.aborted || ports.vault.unburied.has(claim.session))
        return { outcome: 'overtaken', failure: error.failure };
      // The code is spent: dropping the tokens now would cost the user a sign-in that has succeeded.
      const live = { tokens, account: null };
      return { outcome: 'unsaved', facts: keepUnsaved(ports, flow, claim, live, error.failure) };
    }
  };

/** Tokens of a sign-in whose store is down: this process uses them and keeps trying to save them. */
export function keepUnsaved(
  { vault, clock }: ServicePorts,
  flow: string,
  { claimId, session }: Pick<Claim, 'claimId' | 'session'>,
  live: Pick<LiveSession, 'tokens' | 'account'>,
  failure: Failure,
): SessionFacts {
  const { tokens } = live;
  const facts = { ...factsOf(session, live, null, clock.now()), failure };
  const unsaved = { kind: 'receipt', flow, claimId } as const;
  vault.put(session, { tokens, facts, lineage: null, checkedAt: clock.elapsed(), unsaved });
  return facts;
}

/** Why there is nothing to take from a receipt. */
export function endOf(record: FlowRecord | undefined): AuthError {
  return AuthError.from(record?.status === 'failed' ? storedFailure(record.failure) : INTERRUPTED());
}

/** Leaves a failure in the receipt for everybody who follows this claim. */
export const recordFailure: Service<{ flow: string; claim: Claim; failure: Failure }, void> =
  (ports) =>
  async ({ flow, failure }) => {
    await endFlow(ports, flow, failure);
  };

/**
 * Waits for what becomes of a code that somebody else claimed. A claim that has not moved for the whole grace, by our
 * own monotonic clock, is dead: its process was killed, and the code may or may not have been sent.
 */
export const followClaim: Service<{ flow: string; grant: Grant }, FollowOutcome> =
  (ports) =>
  async ({ flow, grant }, signal) => {
    const since = ports.clock.elapsed();
    for (;;) {
      const stored = await readFlow(ports.records, flow);
      if (!stored) return { outcome: 'failed', failure: INTERRUPTED() };
      const settled = outcomeOf(stored.record, grant);
      if (settled) return settled;
      if (ports.clock.elapsed() - since >= policy.grace) await declareDead(ports, flow, stored);
      else await sleep(ports.clock, policy.poll, signal);
    }
  };

function outcomeOf(record: FlowRecord, grant: Grant): FollowOutcome | null {
  if (record.status === 'pending' || !equalInConstantTime(record.code, grant.fingerprint)) {
    return { outcome: 'failed', failure: new AuthError('callback_already_used').failure };
  }
  if (record.status === 'completed') return { outcome: 'completed', expectedAccount: record.expectedAccount };
  if (record.status === 'failed') return { outcome: 'failed', failure: storedFailure(record.failure) };
  return null;
}

async function declareDead(ports: ServicePorts, flow: string, stored: Stored<FlowRecord>): Promise<void> {
  const claimed = stored.record as ClaimedFlow;
  const draft = { ...settle(claimed), status: 'failed', failure: INTERRUPTED() } as const;
  await writeFlow(ports.records, flow, draft, stored.version, policy.receipt);
}
