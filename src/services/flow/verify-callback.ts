import type { Verdict, VerifyInput } from '../../machines/authorization.contract.js';
import { AuthError } from '../auth-error.js';
import { checkCallback } from '../callback/check-callback.js';
import { parseCallback } from '../callback/parse-callback.js';
import type { ParsedCallback } from '../callback/parse-callback.js';
import { equalInConstantTime } from '../encoding.js';
import { fingerprintOf } from '../fingerprint.js';
import { authorizationResponseMessage } from '../inspection/messages.js';
import { policy } from '../policy.js';
import { redact, reveal } from '../redacted.js';
import type { Stored } from '../records/records.js';
import { storedFailure } from '../records/schema.js';
import { settle } from '../records/flow-records.js';
import type { FlowRecord } from '../records/flow-records.js';
import type { Service, ServicePorts } from '../service-ports.js';
import { readFlow, wasBegun, writeFlow } from '../records/flow-records.js';

/** What the token endpoint will be sent of a callback. */
export interface GrantSecrets {
  readonly parameters: string;
  readonly state: string;
}

/** Refusals by the provider end the flow; every other fault leaves whatever waits as it is. */
const REFUSALS: readonly string[] = ['access_denied', 'authorization_refused'];

/**
 * Finds the flow a callback belongs to and checks it: state, user agent, address, issuer, error, code, in this order
 * (RFC 6749 §10.12, RFC 9700 §4.7, RFC 8252 §8.10, RFC 9207 §2.4). Nothing behind a check is believed before it.
 */
export const verifyCallback: Service<VerifyInput, Verdict> =
  (ports) =>
  async ({ callback, flow: waiting, rejected }) => {
    try {
      const url = reveal(callback.url);
      const parsed = parseCallback(url);
      const flow = await fingerprintOf(parsed.state, ports.cryptography);
      ports.observe?.(authorizationResponseMessage(url, flow));
      if (waiting !== null && !equalInConstantTime(flow, waiting)) throw new AuthError('callback_unknown');
      const stored = await readFlow(ports.records, flow);
      if (!stored) {
        throw new AuthError((await wasBegun(ports.records, flow)) ? 'callback_expired' : 'callback_unknown');
      }
      const boundTo = callback.boundTo && (await fingerprintOf(reveal(callback.boundTo), ports.cryptography));
      return await judge(ports, flow, stored, parsed, boundTo);
    } catch (error) {
      if (!(error instanceof AuthError) || error.phase === 'store') throw error;
      if (rejected + 1 >= policy.rejectedCallbacks) {
        return { outcome: 'exhausted', failure: new AuthError('callback_limit').failure };
      }
      return { outcome: 'rejected', failure: error.failure };
    }
  };

async function judge(
  ports: ServicePorts,
  flow: string,
  stored: Stored<FlowRecord>,
  parsed: ParsedCallback,
  boundTo: string | null,
): Promise<Verdict> {
  const { record } = stored;
  const sameUserAgent =
    record.boundTo === null ? boundTo === null : equalInConstantTime(record.boundTo, boundTo);
  if (!sameUserAgent) {
    const forgotten = boundTo === null ? 'begin() was given boundTo, and this call was not.' : undefined;
    throw new AuthError('callback_other_user_agent', forgotten === undefined ? {} : { detail: forgotten });
  }
  // Without a user agent to answer to, a receipt is worth a session to whoever has the URL, out of a log say.
  const replayed = record.status === 'completed' && record.boundTo === null;
  if (replayed && ports.clock.now() - record.completedAt > policy.replay) {
    throw new AuthError('callback_already_used');
  }
  if (record.status === 'pending' && ports.clock.now() >= record.expiresAt) {
    await conclude(ports, flow, stored, new AuthError('callback_expired'));
    throw new AuthError('callback_expired');
  }
  try {
    const checked = checkCallback(parsed, {
      redirectUri: record.redirectUri,
      provider: ports.configuration.provider,
    });
    const fingerprint = await fingerprintOf(checked.code, ports.cryptography);
    refuseOtherCode(record, fingerprint);
    const secrets: GrantSecrets = { parameters: checked.parameters, state: parsed.state };
    const grant = { fingerprint, secrets: redact<unknown>(secrets, { once: true }) };
    return { outcome: 'accepted', flow, session: record.session, grant };
  } catch (error) {
    if (!(error instanceof AuthError) || !REFUSALS.includes(error.code)) throw error;
    return refuse(ports, flow, stored, error);
  }
}

/** A settled flow answers for the code it was settled with, and for no other. */
function refuseOtherCode(record: FlowRecord, fingerprint: string): void {
  if (record.status === 'pending' || equalInConstantTime(record.code, fingerprint)) return;
  if (record.status === 'failed' && record.code === null) throw AuthError.from(storedFailure(record.failure));
  throw new AuthError('callback_already_used');
}

/** The same refusal may arrive twice; a refusal of a flow that ended otherwise is a false callback. */
async function refuse(
  ports: ServicePorts,
  flow: string,
  stored: Stored<FlowRecord>,
  error: AuthError,
): Promise<Verdict> {
  const { record } = stored;
  if (record.status === 'failed' && record.failure.code === error.code) {
    return { outcome: 'refused', failure: storedFailure(record.failure) };
  }
  if (record.status !== 'pending') throw new AuthError('callback_already_used');
  if (!(await conclude(ports, flow, stored, error))) throw new AuthError('callback_already_used');
  return { outcome: 'refused', failure: error.failure };
}

/** Ends a flow in its record; the verifier goes with it. False if somebody else was faster. */
async function conclude(
  { records }: ServicePorts,
  flow: string,
  { record, version }: Stored<FlowRecord>,
  error: AuthError,
): Promise<boolean> {
  const draft = { ...settle(record), status: 'failed', failure: error.failure } as const;
  return (await writeFlow(records, flow, draft, version, policy.receipt)) !== null;
}
