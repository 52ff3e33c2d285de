import { AuthError } from './auth-error.js';
import { hasLoneSurrogate } from './encoding.js';

/** Parameters that are ours, or that would change where and in what form the answer comes (RFC 6749, 7636, 9101, 9126). */
const RESERVED = new Set([
  'response_type',
  'response_mode',
  'client_id',
  'client_secret',
  'client_assertion',
  'client_assertion_type',
  'redirect_uri',
  'scope',
  'state',
  'code',
  'code_challenge',
  'code_challenge_method',
  'code_verifier',
  'grant_type',
  'access_token',
  'refresh_token',
  'request',
  'request_uri',
]);

/** Whether a parameter is the protocol's own. `state[]` counts as `state`: some servers read it so. */
export function isReservedParameter(name: string): boolean {
  return RESERVED.has(name.replace(/\[.*/s, ''));
}

/**
 * Checks extra parameters of an authorization request and leaves out those without a value (RFC 6749 §3.1).
 *
 * @throws {@link AuthError} `reserved_parameter`, `invalid_option`
 */
export function validateParameters(
  parameters: Readonly<Record<string, string>>,
): Readonly<Record<string, string>> {
  if (typeof parameters !== 'object' || parameters === null || Array.isArray(parameters)) {
    throw new AuthError('invalid_option', { detail: 'The option "parameters" is not an object.' });
  }
  const entries = Object.entries<unknown>(parameters);
  for (const [index, [name, value]] of entries.entries()) {
    if (isReservedParameter(name)) {
      throw new AuthError('reserved_parameter', {
        detail: `The extra parameter at index ${index} is a protocol parameter.`,
      });
    }
    if (name === '' || hasLoneSurrogate(name) || typeof value !== 'string' || hasLoneSurrogate(value)) {
      throw new AuthError('invalid_option', {
        detail: `The option "parameters" has at index ${index} a name or value that is not encodable text.`,
      });
    }
  }
  // fromEntries defines own members, so that "__proto__" is a name like any other.
  return Object.freeze(Object.fromEntries(entries.filter(([, value]) => value !== ''))) as Record<
    string,
    string
  >;
}
