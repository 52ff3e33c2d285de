import { AuthError } from '../../services/auth-error.js';
import { fromBase64url } from '../../services/encoding.js';

/** A key for AES-256-GCM. */
export interface SealingKey {
  /** 1 to 32 letters, digits, `-` and `_`. Public: it stands in every record that the key seals, and in errors. */
  readonly id: string;
  /** 32 random bytes, or the same as base64 or base64url: `openssl rand -base64 32` makes one. */
  readonly key: Uint8Array | string;
}

export interface Keyring {
  /** Id of the key that seals. */
  readonly first: string;
  /** Keys by id. They cannot be exported any more. */
  readonly keys: ReadonlyMap<string, Promise<CryptoKey>>;
}

const BYTES = 32;
const ID = /^[\w-]{1,32}$/;

/**
 * Names keys by their place only: where id and key were mixed up, the id is the secret.
 *
 * @throws {@link AuthError} `invalid_option`
 */
export function keyring(given: readonly SealingKey[] | undefined): Keyring {
  if (!Array.isArray(given) || given.length === 0) throw unusable('"keys" is not a list with a key in it');
  const keys = new Map<string, Promise<CryptoKey>>();
  for (const [index, entry] of given.entries()) {
    const { id, key }: Partial<SealingKey> = Object(entry);
    if (typeof id !== 'string' || !ID.test(id))
      throw unusable(`"keys[${index}].id" is not 1 to 32 letters, digits, - and _`);
    if (keys.has(id)) throw unusable(`"keys[${index}].id" stands for another key as well`);
    const bytes = bytesOf(key);
    if (bytes?.length !== BYTES)
      throw unusable(`"keys[${index}].key" is not ${BYTES} bytes, nor the base64 text of so many`);
    keys.set(id, imported(bytes));
  }
  const [first = ''] = keys.keys();
  return { first, keys };
}

function bytesOf(key: unknown): Uint8Array<ArrayBuffer> | undefined {
  // By shape: bytes of another realm, a test runner's say, are no instance of our Uint8Array.
  if (ArrayBuffer.isView(key))
    return Uint8Array.from(new Uint8Array(key.buffer, key.byteOffset, key.byteLength));
  if (typeof key !== 'string') return undefined;
  // Files and shells leave a line break behind.
  return fromBase64url(key.trim().replace(/=$/, '').replaceAll('+', '-').replaceAll('/', '_'));
}

function imported(bytes: Uint8Array<ArrayBuffer>): Promise<CryptoKey> {
  const key = crypto.subtle.importKey('raw', bytes, 'AES-GCM', false, ['encrypt', 'decrypt']);
  // Whoever reads or writes is told.
  key.catch(() => undefined);
  return key;
}

function unusable(what: string): AuthError {
  return new AuthError('invalid_option', { detail: `The option ${what}.` });
}
