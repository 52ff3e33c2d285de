import { backoff } from '../services/deadlines.js';
import type { SessionRecord } from '../services/records/schema.js';
import type { ServicePorts } from '../services/service-ports.js';
import { revokeAll } from '../services/sign-out/revoke-all.js';
import { bury } from '../services/sign-out/sign-out.js';
import { sleep } from '../services/sleep.js';

/** The store was down at sign-out: tells it as soon as it is back, and then the provider. */
export async function buryLater(
  ports: ServicePorts,
  { session, revoke }: { readonly session: string; readonly revoke: boolean },
  closing: AbortSignal,
): Promise<void> {
  for (let attempt = 0; ports.vault.unburied.has(session); attempt++) {
    await sleep(ports.clock, backoff(attempt, ports.cryptography), closing);
    const unburied = ports.vault.unburied.get(session);
    // Signed in again meanwhile.
    if (!unburied) return;
    const { lineage, at } = unburied;
    // Another process may have signed in again before, unseen by this one: with the store up, that would have ended too.
    const isMeant = (record: SessionRecord) =>
      record.lineage === lineage || (record.status === 'live' && record.tokens.obtainedAt <= at);
    const tokens = await bury(ports, session, isMeant).catch(() => null);
    if (tokens && revoke) await revokeAll(ports, tokens);
  }
}
