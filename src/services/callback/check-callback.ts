import { AuthError } from '../auth-error.js';
import type { Provider } from '../provider/provider.js';
import { addressOf, type CallbackAddress, type ParsedCallback } from './parse-callback.js';

/** A code that came to the right address from the right issuer. */
export interface CheckedCallback {
  readonly code: string;
  /** For {@link redeemCode}. */
  readonly parameters: string;
}

/**
 * Checks a callback whose state is verified already: address (RFC 8252 §8.10), issuer (RFC 9207 §2.4), error, code.
 *
 * @throws {@link AuthError} `callback_other_origin`, `callback_issuer_mismatch`, `access_denied`, `authorization_refused`,
 * `callback_malformed`, `callback_not_ours`
 */
export function checkCallback(
  { address, issuer, outcome, parameters }: ParsedCallback,
  expected: { readonly redirectUri: string; readonly provider: Provider },
): CheckedCallback {
  const anyPort = expected.provider.callbackMatching === 'anyPort';
  if (!matches(address, addressOf(new URL(expected.redirectUri)), anyPort)) {
    throw new AuthError('callback_other_origin');
  }
  checkIssuer(issuer, expected.provider);
  switch (outcome.kind) {
    case 'faulty':
      throw outcome.error;
    case 'error':
      throw new AuthError(
        outcome.answer.error === 'access_denied' ? 'access_denied' : 'authorization_refused',
        {
          provider: outcome.answer,
        },
      );
    case 'code':
      return { code: outcome.code, parameters };
  }
}

// Both sides as a URL parser sees them: a browser has normalised the one, so compare the other alike.
function matches(actual: CallbackAddress, registered: CallbackAddress, anyPort: boolean): boolean {
  const portIsFree =
    anyPort && registered.protocol === 'http:' && ['127.0.0.1', '[::1]'].includes(registered.hostname);
  return (
    actual.protocol === registered.protocol &&
    actual.hostname === registered.hostname &&
    (portIsFree || actual.port === registered.port) &&
    actual.path === registered.path &&
    registered.query.every(([name, value]) => actual.query.some(([n, v]) => n === name && v === value))
  );
}

// Compared to the character, never normalised. A provider that announces no `iss` should send none (RFC 9207 §2.4).
function checkIssuer(issuer: string | null, provider: Provider): void {
  const accepted =
    issuer === null
      ? provider.issuerParameter !== 'required'
      : provider.issuerParameter !== 'absent' && issuer === provider.issuer;
  if (!accepted) throw new AuthError('callback_issuer_mismatch');
}
