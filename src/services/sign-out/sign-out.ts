import type { Burial } from '../../machines/sign-out.machine.js';
import type { Redacted, Revocation } from '../../machines/vocabulary.js';
import { randomId } from '../fingerprint.js';
import { policy } from '../policy.js';
import { redact, reveal } from '../redacted.js';
import type { Tokens } from '../records/schema.js';
import type { Service, ServicePorts } from '../service-ports.js';
import { revokeAll } from './revoke-all.js';

/** Drops the tokens from memory; nothing is read back until the tombstone stands. */
export const forgetSession: Service<{ session: string }, Redacted<unknown> | null> =
  ({ vault }) =>
  async ({ session }) => {
    const held = vault.drop(session);
    vault.unburied.set(session, held?.lineage ?? null);
    vault.refused.delete(session);
    return held ? redact<unknown>(held.tokens) : null;
  };

/**
 * Puts a tombstone over the session record, so that a renewal in flight cannot bring it back.
 *
 * @param lineage - bury only that sign-in, and nothing that came after it; `null` buries whatever stands there
 * @returns the tokens the record held
 * @throws {@link AuthError} of phase `store`
 */
export async function bury(
  { records, vault, cryptography }: ServicePorts,
  session: string,
  lineage: string | null,
): Promise<Tokens | null> {
  for (;;) {
    const stored = await records.readSession(session);
    if (!stored || (lineage !== null && stored.record.lineage !== lineage)) {
      vault.unburied.delete(session);
      return null;
    }
    const { record, version } = stored;
    const tombstone = { status: 'signedOut', lineage: randomId(cryptography) } as const;
    if ((await records.writeSession(session, tombstone, version, policy.tombstone)) === null) continue;
    vault.unburied.delete(session);
    return record.status === 'live' ? record.tokens : null;
  }
}

export const buryRecord: Service<{ session: string }, Burial> =
  (ports) =>
  async ({ session }) => {
    const tokens = await bury(ports, session, null);
    return { cleared: true, tokens: tokens && redact<unknown>(tokens) };
  };

export const revokeTokens: Service<
  { session: string; tokens: Redacted<unknown> | null },
  readonly Revocation[]
> =
  (ports) =>
  async ({ tokens }) =>
    tokens ? revokeAll(ports, reveal(tokens) as Tokens) : [];
