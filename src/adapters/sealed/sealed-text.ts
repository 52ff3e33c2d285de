import { AuthError } from '../../services/auth-error.js';
import { base64url, fromBase64url } from '../../services/encoding.js';

/** What a sealed value is made of. */
export interface SealedParts {
  readonly keyId: string;
  readonly iv: Uint8Array<ArrayBuffer>;
  /** With the tag at its end. */
  readonly ciphertext: Uint8Array<ArrayBuffer>;
}

export const FORMAT = 'authchart-sealed/1';

const ANY_FORMAT = /^authchart-sealed\/\d{1,9}(?=\.)/;
const SEALED = /^[^.]+\.([\w-]{1,32})\.([\w-]{16})\.([\w-]{22,})$/;

/** One line of printable ASCII. The key id stands in clear, so that a search finds what a key has sealed. */
export function encode({ keyId, iv, ciphertext }: SealedParts): string {
  return [FORMAT, keyId, base64url(iv), base64url(ciphertext)].join('.');
}

/** @throws {@link AuthError} `record_not_sealed`, `record_other_version`, `record_seal_broken` */
export function decode(text: string): SealedParts {
  const format = ANY_FORMAT.exec(text)?.[0];
  if (format === undefined) throw new AuthError('record_not_sealed');
  if (format !== FORMAT)
    throw new AuthError('record_other_version', { detail: `A sealed record has the format ${format}.` });
  const [, keyId, ...encoded] = SEALED.exec(text) ?? [];
  const [iv, ciphertext] = encoded.map(fromBase64url);
  if (keyId === undefined || !iv || !ciphertext) throw new AuthError('record_seal_broken');
  return { keyId, iv, ciphertext };
}
