import type { Revocation } from '../../machines/vocabulary.js';
import { asAuthError } from '../auth-error.js';
import { policy } from '../policy.js';
import type { Tokens } from '../records/schema.js';
import type { ServicePorts } from '../service-ports.js';

/** Refresh token first: servers that cascade then end everything at once (RFC 7009 §2.1). Never rejects. */
export async function revokeAll(
  ports: ServicePorts,
  { refreshToken, accessToken }: Pick<Tokens, 'refreshToken' | 'accessToken'>,
): Promise<readonly Revocation[]> {
  const revoke = async (hint: Revocation['token'], token: string): Promise<Revocation> => {
    try {
      const { configuration, revokeToken } = ports;
      await revokeToken({ configuration, token, hint }, ports, { deadline: policy.revocation });
      return { token: hint, revoked: true, failure: null };
    } catch (error) {
      return { token: hint, revoked: false, failure: asAuthError(error).failure };
    }
  };
  const first = refreshToken === null ? [] : [await revoke('refresh_token', refreshToken)];
  return [...first, await revoke('access_token', accessToken)];
}
