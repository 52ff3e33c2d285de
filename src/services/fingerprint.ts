import { base64url, utf8 } from './encoding.js';
import type { Cryptography } from './ports.js';

/** SHA-256, base64url: tells two secrets apart without keeping either. */
export async function fingerprintOf(text: string, cryptography: Cryptography): Promise<string> {
  return base64url(await cryptography.sha256(utf8(text)));
}

/** A name for something this process does: 128 random bits. */
export function randomId(cryptography: Cryptography): string {
  return base64url(cryptography.randomBytes(16));
}
