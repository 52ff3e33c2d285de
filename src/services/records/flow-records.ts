import { either, nullable, object, oneOf, string } from '../shape.js';
import type { Shaped } from '../shape.js';
import type { Draft, Records, Stored } from './records.js';
import { envelope, failure, scopes, time, tokens } from './schema.js';

const flow = { ...envelope, kind: oneOf('flow'), session: string };

const pendingFlow = object({
  ...flow,
  status: oneOf('pending'),
  verifier: string,
  redirectUri: string,
  scopes,
  /** Fingerprint of the value that only the beginning user agent has. */
  boundTo: nullable(string),
  expectedAccount: nullable(string),
  sessionEndsAt: nullable(time),
  expiresAt: time,
});

const settling = {
  ...flow,
  redirectUri: string,
  boundTo: nullable(string),
  expectedAccount: nullable(string),
  sessionEndsAt: nullable(time),
  /** Fingerprint of the code that was claimed; `null` if the flow ended without one. */
  code: nullable(string),
};

/** The lineage of the session at the claim; `null` if there was no record. */
const seen = nullable(string);
const claimedFlow = object({ ...settling, status: oneOf('claimed'), claimId: string, seen });
/** The receipt. Tokens are in it until they have been copied to the session record. */
const completedFlow = object({
  ...settling,
  status: oneOf('completed'),
  tokens: nullable(tokens),
  seen,
  completedAt: time,
});
const failedFlow = object({ ...settling, status: oneOf('failed'), failure });

/** What is left of a pending flow whose time has run out: that there was one, but not its verifier. */
export const begunRecord = object({ ...envelope, kind: oneOf('begun') });

export const flowRecord = either(pendingFlow, claimedFlow, completedFlow, failedFlow);

export type FlowRecord = Shaped<typeof flowRecord>;
export type PendingFlow = Shaped<typeof pendingFlow>;
export type ClaimedFlow = Shaped<typeof claimedFlow>;
export type SettledFlow = Exclude<FlowRecord, PendingFlow>;
export type FlowDraft = Draft<FlowRecord>;

/** What every settled record of a flow keeps of the pending one; the verifier is not among it. */
export function settle(record: FlowRecord) {
  const { authchart, client, kind, session, redirectUri, boundTo, expectedAccount, sessionEndsAt } = record;
  const code = record.status === 'pending' ? null : record.code;
  return { authchart, client, kind, session, redirectUri, boundTo, expectedAccount, sessionEndsAt, code };
}

export function readFlow(records: Records, flow: string): Promise<Stored<FlowRecord> | null> {
  return records.read('flow', flow, flowRecord);
}

/** The new version, or `null` if the record is no longer what was expected. */
export function writeFlow(
  records: Records,
  flow: string,
  draft: FlowDraft,
  expected: string | null,
  ttl: number,
): Promise<string | null> {
  return records.write('flow', flow, draft, expected, ttl);
}

/** Whether a flow of that key was begun, even if its pending record has run out with its verifier. */
export async function wasBegun(records: Records, flow: string): Promise<boolean> {
  return (await records.read('begun', flow, begunRecord)) !== null;
}

export async function markBegun(records: Records, flow: string, ttl: number): Promise<void> {
  await records.write('begun', flow, {}, null, ttl);
}
