import type { Claim } from '../../machines/exchange.machine.js';
import type { Grant, Redacted } from '../../machines/vocabulary.js';
import { policy } from '../policy.js';
import { redact, reveal } from '../redacted.js';
import type { Tokens } from '../records/schema.js';
import type { Service } from '../service-ports.js';
import { tokensOf } from '../session/facts.js';
import { redeemCode } from '../token-endpoint/redeem-code.js';
import type { ClaimSecrets } from './claim-flow.js';
import type { GrantSecrets } from './verify-callback.js';

/**
 * Sends code and verifier. Both open once: a restored snapshot or a second try has nothing to send
 * (RFC 6749 §4.1.2: a code must not be used more than once).
 */
export const redeem: Service<{ flow: string; grant: Grant; claim: Claim }, Redacted<unknown>> =
  (ports) =>
  async ({ grant, claim }, signal) => {
    const { verifier, redirectUri, scopes } = reveal(claim.secrets) as ClaimSecrets;
    const { parameters, state } = reveal(grant.secrets) as GrantSecrets;
    const granted = await redeemCode(
      { configuration: ports.configuration, redirectUri, codeVerifier: verifier, state, parameters },
      ports,
      { signal, deadline: policy.tokenRequest },
    );
    const tokens: Tokens = tokensOf(granted, ports.configuration.provider, {
      refreshToken: null,
      scopes,
      requested: scopes,
    });
    return redact<unknown>(tokens);
  };
