import type { Failure } from '../../machines/vocabulary.js';
import { AuthError } from '../auth-error.js';
import type { Service } from '../service-ports.js';
import { revokeAll } from '../sign-out/revoke-all.js';
import { endFlow } from './end-flow.js';

/** Gives a flow up: its verifier leaves the record, and tokens nobody has published are revoked. */
export const abandonFlow: Service<{ flow: string | null; failure: Failure | null }, void> =
  (ports) =>
  async ({ flow, failure }) => {
    if (flow === null) return;
    const reason = failure ?? new AuthError('cancelled', { phase: 'authorization' }).failure;
    const ending = await endFlow(ports, flow, reason);
    if (ending.outcome === 'ended' && ending.left) await revokeAll(ports, ending.left);
  };
