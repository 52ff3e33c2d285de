import type { ClaimOutcome } from '../../machines/exchange.machine.js';
import type { Grant } from '../../machines/vocabulary.js';
import { AuthError } from '../auth-error.js';
import { equalInConstantTime } from '../encoding.js';
import { randomId } from '../fingerprint.js';
import { policy } from '../policy.js';
import { redact } from '../redacted.js';
import { settle } from '../records/flow-records.js';
import type { Service } from '../service-ports.js';
import { readFlow, writeFlow } from '../records/flow-records.js';

/** What only the winner of a claim holds. */
export interface ClaimSecrets {
  readonly verifier: string;
  readonly redirectUri: string;
  readonly scopes: readonly string[];
}

/**
 * Takes a pending flow by compare-and-set: of all callers, tabs and processes with this callback, exactly one wins.
 * The verifier leaves the record in the same step, so that nobody can send it a second time.
 */
export const claimFlow: Service<{ flow: string; grant: Grant }, ClaimOutcome> =
  ({ records, cryptography, clock }) =>
  async ({ flow, grant }) => {
    const claimId = randomId(cryptography);
    for (;;) {
      const stored = await readFlow(records, flow);
      if (!stored) throw new AuthError('callback_unknown');
      const { record, version } = stored;
      if (record.status !== 'pending') {
        if (!equalInConstantTime(record.code, grant.fingerprint))
          throw new AuthError('callback_already_used');
        return { outcome: 'lost' };
      }
      if (clock.now() >= record.expiresAt) throw new AuthError('callback_expired');
      const session = await records.readSession(record.session);
      const seen = session?.record.lineage ?? null;
      const draft = { ...settle(record), code: grant.fingerprint, status: 'claimed', claimId, seen } as const;
      const written = await writeFlow(records, flow, draft, version, policy.receipt).catch(
        async (error: unknown) => {
          // Written all the same, its answer lost: nobody else can redeem the code now.
          if (await isOurs()) return version;
          throw error;
        },
      );
      // A conflict can be our own write whose answer got lost.
      if (written === null && !(await isOurs())) continue;
      const { expectedAccount, verifier, redirectUri, scopes } = record;
      const secrets: ClaimSecrets = { verifier, redirectUri, scopes };
      const claim = {
        claimId,
        session: record.session,
        expectedAccount,
        secrets: redact<unknown>(secrets, { once: true }),
      };
      return { outcome: 'won', claim };
    }

    async function isOurs(): Promise<boolean> {
      const again = await readFlow(records, flow);
      return again?.record.status === 'claimed' && again.record.claimId === claimId;
    }
  };
