import { AuthError } from './auth-error.js';

/** `scope-token` of RFC 6749 §3.3. */
const SCOPE_TOKEN = /^[\x21\x23-\x5b\x5d-\x7e]+$/;

export function isScopeToken(scope: unknown): scope is string {
  return typeof scope === 'string' && SCOPE_TOKEN.test(scope);
}

/**
 * Checks scopes and removes duplicates. Which scopes exist only the provider knows: unknown ones pass.
 *
 * @throws {@link AuthError} `invalid_scope` (RFC 6749 §3.3)
 */
export function validateScopes(scopes: readonly string[]): readonly string[] {
  if (!Array.isArray(scopes)) throw new AuthError('invalid_scope', { detail: 'Scopes are not an array.' });
  const at = scopes.findIndex((scope) => !isScopeToken(scope));
  if (at >= 0)
    throw new AuthError('invalid_scope', { detail: `The scope at index ${at} is not a single token.` });
  return Object.freeze([...new Set(scopes)]);
}
