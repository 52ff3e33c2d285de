import { AuthError } from '../../services/auth-error.js';
import { utf8 } from '../../services/encoding.js';
import type { Store } from '../../services/ports.js';
import { decode, encode, FORMAT } from './sealed-text.js';
import { keyring } from './sealing-keys.js';
import type { SealingKey } from './sealing-keys.js';

export type { SealingKey } from './sealing-keys.js';

export interface SealedOptions {
  /**
   * The first one seals, all of them open. To rotate, put a new one in front (where processes are restarted one by one:
   * behind, and in front once all have it). Records follow at their next write, sessions at their next renewal. Drop an old
   * one when a search of the store finds no `authchart-sealed/1.<its id>.` any more.
   */
  readonly keys: readonly SealingKey[];
}

/** NIST SP 800-38D §8.2.2: random, and of this length. */
const IV_BYTES = 12;

/**
 * Encrypts what a store holds: AES-256-GCM with a fresh random IV for each write, bound to its record (RFC 5116). Who can
 * only read the store learns nothing but lengths, times and key ids; who can also write it can remove records and bring back
 * earlier ones, but neither change one nor put one in another's place.
 *
 * Beside what the store itself rejects with, `read` rejects with {@link AuthError} `record_not_sealed`,
 * `record_key_unknown`, `record_seal_broken` and `record_other_version`. Nothing is overwritten then; `remove` removes
 * such a record.
 *
 * @throws {@link AuthError} `invalid_option`
 *
 * @example
 * ```ts
 * const plain = memoryStore();
 * const store = sealed(plain, { keys: [{ id: '2026-01', key: process.env['SEALING_KEY'] ?? '' }] });
 *
 * // What was saved before encryption was switched on is refused, until it is sealed once:
 * const key = 'session/x/YOUR_CLIENT_ID/default';
 * const before = await plain.read(key);
 * if (before && !before.value.startsWith('authchart-sealed/'))
 *   await store.write(key, before.value, { expected: before.version });
 * ```
 */
export function sealed(store: Store, options: SealedOptions): Store {
  if (typeof store?.read !== 'function')
    throw new AuthError('invalid_option', { detail: 'What is to be sealed is not a store.' });
  const { first, keys } = keyring(options?.keys);

  async function seal(key: string, value: string): Promise<string> {
    const iv = crypto.getRandomValues(new Uint8Array(IV_BYTES));
    const algorithm = { name: 'AES-GCM', iv, additionalData: associated(first, key) };
    // JSON escapes lone surrogates, which UTF-8 would lose.
    const plaintext = bytes(JSON.stringify(value));
    const ciphertext = await crypto.subtle.encrypt(algorithm, await keys.get(first)!, plaintext);
    return encode({ keyId: first, iv, ciphertext: new Uint8Array(ciphertext) });
  }

  async function open(key: string, text: string): Promise<string> {
    const { keyId, iv, ciphertext } = decode(text);
    const sealingKey = await keys.get(keyId);
    if (!sealingKey) {
      const detail = `A stored record is sealed with the key "${keyId}", which is not among those given to sealed().`;
      throw new AuthError('record_key_unknown', { detail });
    }
    const algorithm = { name: 'AES-GCM', iv, additionalData: associated(keyId, key) };
    const plaintext = await crypto.subtle.decrypt(algorithm, sealingKey, ciphertext).catch(() => {
      const detail = `A record that says it is sealed with the key "${keyId}" does not open: it was changed or moved, or the id has stood for another key.`;
      throw new AuthError('record_seal_broken', { detail });
    });
    return JSON.parse(new TextDecoder().decode(plaintext)) as string;
  }

  const { watch } = store;
  return {
    async read(key) {
      const entry = await store.read(key);
      return entry && { value: await open(key, entry.value), version: entry.version };
    },
    write: async (key, value, options) => store.write(key, await seal(key, value), options),
    remove: (key, options) => store.remove(key, options),
    lock: (key, options) => store.lock(key, options),
    ...(watch && { watch: watch.bind(store) }),
  };
}

/** What a sealed value is for: elsewhere, or under another id, it does not open. JSON tells all keys apart. */
function associated(keyId: string, key: string): Uint8Array<ArrayBuffer> {
  return bytes(JSON.stringify([FORMAT, keyId, key]));
}

/** Of a type that WebCrypto takes. */
const bytes = (text: string) => new Uint8Array(utf8(text));
