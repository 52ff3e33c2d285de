import type { PrepareInput, PreparedAuthorization } from '../../machines/authorization.contract.js';
import { AuthError } from '../auth-error.js';
import { authorizationUrl } from '../authorization-request.js';
import { fingerprintOf } from '../fingerprint.js';
import { challengeOf, createState, createVerifier } from '../pkce.js';
import { authorizationRequestMessage } from '../inspection/messages.js';
import { policy } from '../policy.js';
import { redact, reveal } from '../redacted.js';
import type { Service } from '../service-ports.js';
import { endFlow } from './end-flow.js';
import { markBegun, writeFlow } from '../records/flow-records.js';

/** Makes an authorization request. Its pending record is saved before anybody sees the URL (RFC 9700 §2.1.1). */
export const prepareAuthorization: Service<PrepareInput, PreparedAuthorization> =
  (ports) =>
  async ({ session, request, redirectUri, expiresAt: deadline }, signal) => {
    const { configuration, cryptography, records, clock } = ports;
    if (request.expectedAccount !== null && configuration.provider.identify === null) {
      throw new AuthError('invalid_option', {
        detail: `expectedAccount cannot be checked: ${configuration.provider.name} has no "identify".`,
      });
    }
    const scopes = request.scopes ?? configuration.scopes;
    const [state, verifier] = [createState(cryptography), createVerifier(cryptography)];
    const url = authorizationUrl(configuration, {
      redirectUri,
      scopes,
      state,
      challenge: await challengeOf(verifier, cryptography),
      parameters: { ...configuration.parameters, ...request.parameters },
    });
    const now = clock.now();
    const expiresAt = deadline ?? now + policy.authorization;
    const flow = await fingerprintOf(state, cryptography);
    const boundTo = request.boundTo && (await fingerprintOf(reveal(request.boundTo), cryptography));
    const { expectedAccount, sessionEndsAt } = request;
    // The pending record vanishes with its verifier when its time has run out; the mark tells "expired" from "unknown".
    await markBegun(records, flow, expiresAt - now + policy.receipt);
    const saved = await writeFlow(
      records,
      flow,
      {
        status: 'pending',
        session,
        verifier,
        redirectUri,
        scopes,
        boundTo,
        expectedAccount,
        sessionEndsAt,
        expiresAt,
      },
      null,
      expiresAt - now,
    );
    if (saved === null) throw new AuthError('unexpected', { phase: 'authorization' });
    // Cancelled while it was saved: nobody else will take the verifier out of the record.
    if (signal.aborted)
      await endFlow(ports, flow, new AuthError('cancelled', { phase: 'authorization' }).failure);
    ports.observe?.(authorizationRequestMessage(url, flow));
    return { flow, url: redact(url), redirectUri, expiresAt };
  };
