import { AuthError } from './auth-error.js';
import { base64url, utf8 } from './encoding.js';
import type { Cryptography } from './ports.js';

/** 32 octets are 256 bits and give 43 characters, the shortest verifier RFC 7636 §4.1 allows. */
const SECRET_BYTES = 32;

/** A fresh PKCE code verifier: 43 characters of 256 random bits (RFC 7636 §4.1). */
export function createVerifier(cryptography: Cryptography): string {
  return createSecret(cryptography);
}

/** A fresh `state`: 43 characters of 256 random bits (RFC 6749 §10.10, §10.12). */
export function createState(cryptography: Cryptography): string {
  return createSecret(cryptography);
}

function createSecret(cryptography: Cryptography): string {
  const bytes = cryptography.randomBytes(SECRET_BYTES);
  if (bytes.length === SECRET_BYTES) return base64url(bytes);
  throw new AuthError('invalid_option', {
    detail: 'The cryptography port gives another number of bytes than asked for.',
  });
}

/**
 * The S256 challenge of a verifier (RFC 7636 §4.2). There is no `plain`.
 *
 * @throws {@link AuthError} `invalid_option`: not 43–128 unreserved characters
 */
export async function challengeOf(verifier: string, cryptography: Cryptography): Promise<string> {
  return base64url(await cryptography.sha256(utf8(requireVerifier(verifier))));
}

/**
 * @throws {@link AuthError} `invalid_option`: not 43–128 unreserved characters (RFC 7636 §4.1)
 */
export function requireVerifier(verifier: string): string {
  if (typeof verifier === 'string' && /^[A-Za-z0-9\-._~]{43,128}$/.test(verifier)) return verifier;
  throw new AuthError('invalid_option', {
    detail: 'The code verifier is not 43 to 128 characters of A-Z a-z 0-9 - . _ ~ (RFC 7636 §4.1).',
  });
}
