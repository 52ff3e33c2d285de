import type { Account, SessionFacts } from '../../machines/vocabulary.js';
import { AuthError } from '../auth-error.js';
import { policy } from '../policy.js';
import { settle } from '../records/schema.js';
import type { FlowRecord, LiveSession, Tokens } from '../records/schema.js';
import type { Stored } from '../records/records.js';
import type { Service, ServicePorts } from '../service-ports.js';
import { hold } from '../session/restore-session.js';

/** A session remembers this many of the sign-ins that made it. */
const ORIGINS = 8;

/**
 * Copies the tokens of a receipt to the session record and scrubs the receipt. Whoever sees the receipt may do it, and
 * doing it again changes nothing: the record remembers which flows it was made by.
 */
export async function publish(
  ports: ServicePorts,
  flow: string,
  account: Account | null,
): Promise<SessionFacts> {
  for (;;) {
    const receipt = await ports.records.readFlow(flow);
    if (receipt?.record.status !== 'completed') throw new AuthError('exchange_interrupted');
    const { session, tokens } = receipt.record;
    const stored = await ports.records.readSession(session);
    const origins = stored?.record.origins ?? [];
    if (tokens === null || origins.includes(flow)) {
      await scrub(ports, flow, receipt);
      if (stored?.record.status !== 'live') throw new AuthError('not_signed_in');
      return hold(ports, session, stored.record, stored.version);
    }
    const live = liveSession(tokens, account, [...origins, flow].slice(-ORIGINS));
    const version = await ports.records.writeSession(session, live, stored?.version ?? null);
    if (version === null) continue;
    ports.vault.unburied.delete(session);
    const facts = hold(ports, session, live, version);
    await scrub(ports, flow, receipt);
    return facts;
  }
}

function liveSession(tokens: Tokens, account: Account | null, origins: readonly string[]) {
  return { status: 'live', origins, tokens, account, journal: null } satisfies Partial<LiveSession>;
}

/** Takes the tokens out of a receipt whose session has them. */
async function scrub(
  { records }: ServicePorts,
  flow: string,
  { record, version }: Stored<FlowRecord>,
): Promise<void> {
  const draft = { ...settle(record), status: 'completed', tokens: null } as const;
  // Left unscrubbed by a failing store, the receipt ends by its ttl; the sign-in has succeeded.
  await records.writeFlow(flow, draft, version, policy.receipt).catch(() => null);
}

export const publishSession: Service<{ flow: string; account: Account | null }, SessionFacts> =
  (ports) =>
  ({ flow, account }) =>
    publish(ports, flow, account);
