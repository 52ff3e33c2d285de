import { base64url, utf8 } from '../../services/encoding.js';

/** 256 bits of chance, as 43 characters of base64url. */
export function randomSecret(): string {
  return base64url(crypto.getRandomValues(new Uint8Array(32)));
}

/** SHA-256, as 43 characters of base64url. */
export async function digest(text: string): Promise<string> {
  return base64url(await sha256(text));
}

export async function sha256(text: string): Promise<Uint8Array> {
  return new Uint8Array(await crypto.subtle.digest('SHA-256', new Uint8Array(utf8(text))));
}

export function base64(bytes: Uint8Array): string {
  return btoa(String.fromCharCode(...bytes));
}
