import type { Burial } from '../../machines/sign-out.machine.js';
import type { Redacted, Revocation } from '../../machines/vocabulary.js';
import { randomId } from '../fingerprint.js';
import { policy } from '../policy.js';
import { redact, reveal } from '../redacted.js';
import { AuthError } from '../auth-error.js';
import type { SessionRecord, Tokens } from '../records/schema.js';
import type { Service, ServicePorts } from '../service-ports.js';
import { revokeAll } from './revoke-all.js';

/** Drops the tokens from memory; nothing is read back until the tombstone stands. */
export const forgetSession: Service<{ session: string; revoke: boolean }, Redacted<unknown> | null> =
  ({ vault, clock }) =>
  async ({ session, revoke }) => {
    const held = vault.drop(session);
    // Signed out twice while the store is down: what the first time knew is still what is meant.
    const before = vault.unburied.get(session);
    const { lineage = null, unsaved = null } = held ?? before ?? {};
    const tombstone = before?.tombstone ?? null;
    vault.unburied.set(session, { lineage, at: clock.now(), unsaved, revoke, tombstone });
    vault.refused.delete(session);
    for (const adoption of vault.adoptions) {
      if (adoption.session === session) vault.adoptions.delete(adoption);
    }
    return held ? redact<unknown>(held.tokens) : null;
  };

/**
 * Puts a tombstone over the session record, so that a renewal in flight cannot bring it back.
 *
 * @param isMeant - which record to bury; any that is not meant has come later and stays
 * @returns the tokens the record held
 * @throws {@link AuthError} of phase `store`
 */
export async function bury(
  ports: ServicePorts,
  session: string,
  isMeant: (record: SessionRecord) => boolean = () => true,
): Promise<Tokens | null> {
  const { records, vault, cryptography } = ports;
  const unburied = vault.unburied.get(session);
  const unsaved = unburied?.unsaved;
  // A receipt whose session was never written could be published again.
  if (unsaved?.kind === 'receipt')
    await ports.endFlow(ports, unsaved.flow, new AuthError('not_signed_in').failure);
  for (;;) {
    const stored = await records.readSession(session);
    // Ours stands: only its answer was lost.
    const standing = unburied?.tombstone?.lineage === stored?.record.lineage ? unburied?.tombstone : null;
    if (standing || !stored || !isMeant(stored.record)) {
      vault.unburied.delete(session);
      return standing?.tokens ?? null;
    }
    const { record, version } = stored;
    const tokens = record.status === 'live' ? record.tokens : null;
    const grantLives = unburied?.revoke === false;
    const tombstone = { status: 'signedOut', lineage: randomId(cryptography), grantLives } as const;
    // Before the write: its answer may be lost, and the tombstone stand.
    vault.bury(session, record.lineage);
    if (unburied) unburied.tombstone = { lineage: tombstone.lineage, tokens };
    if ((await records.writeSession(session, tombstone, version, policy.tombstone)) === null) continue;
    vault.unburied.delete(session);
    return tokens;
  }
}

export const buryRecord: Service<{ session: string; revoke: boolean }, Burial> =
  (ports) =>
  async ({ session }) => {
    const rotated = ports.vault.unburied.get(session)?.unsaved?.kind === 'renewal';
    const tokens = await bury(ports, session);
    // What the record held is spent then; the pair that replaced it was in memory, and is revoked from there.
    return { cleared: true, tokens: tokens && !rotated ? redact<unknown>(tokens) : null };
  };

export const revokeTokens: Service<
  { session: string; tokens: Redacted<unknown> | null },
  readonly Revocation[]
> =
  (ports) =>
  async ({ tokens }) =>
    tokens ? revokeAll(ports, reveal(tokens) as Tokens) : [];
