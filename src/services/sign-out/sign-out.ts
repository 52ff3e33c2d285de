import type { Burial } from '../../machines/sign-out.machine.js';
import type { Redacted, Revocation } from '../../machines/vocabulary.js';
import { policy } from '../policy.js';
import { redact, reveal } from '../redacted.js';
import type { Tokens } from '../records/schema.js';
import type { Service, ServicePorts } from '../service-ports.js';
import { revokeAll } from './revoke-all.js';

/** Drops the tokens from memory; nothing is read back until the tombstone stands. */
export const forgetSession: Service<{ session: string }, Redacted<unknown> | null> =
  ({ vault }) =>
  async ({ session }) => {
    vault.unburied.add(session);
    const held = vault.drop(session);
    return held ? redact<unknown>(held.tokens) : null;
  };

/**
 * Puts a tombstone over the session record, so that a renewal in flight cannot bring it back. Does nothing once
 * somebody has signed in again: that session is another one.
 *
 * @returns the tokens the record held
 * @throws {@link AuthError} of phase `store`
 */
export async function bury({ records, vault }: ServicePorts, session: string): Promise<Tokens | null> {
  for (;;) {
    const stored = await records.readSession(session);
    if (!vault.unburied.has(session)) return null;
    const { record, version } = stored ?? { record: null, version: null };
    const draft = { status: 'signedOut', origins: record?.origins ?? [] } as const;
    if (record && (await records.writeSession(session, draft, version, policy.tombstone)) === null) continue;
    vault.unburied.delete(session);
    return record?.status === 'live' ? record.tokens : null;
  }
}

export const buryRecord: Service<{ session: string }, Burial> =
  (ports) =>
  async ({ session }) => {
    const tokens = await bury(ports, session);
    return { cleared: true, tokens: tokens && redact<unknown>(tokens) };
  };

export const revokeTokens: Service<
  { session: string; tokens: Redacted<unknown> | null },
  readonly Revocation[]
> =
  (ports) =>
  async ({ tokens }) =>
    tokens ? revokeAll(ports, reveal(tokens) as Tokens) : [];
