import { randomBytes } from 'node:crypto';

/** What an opaque value is: authorization code, access token or refresh token. */
export type SecretKind = 'ac' | 'at' | 'rt';

/**
 * Finds every code and token the emulator ever issued inside other text (logs, errors, snapshots). They all
 * begin with `FAKE` under base64url, so one pattern serves a leak scanner.
 */
export const emulatorSecret = /RkFLR[A-Za-z0-9_-]{20,}/;

/** X's envelope: base64url of 45 characters, the issue time in milliseconds, and the kind. Clients must not parse it. */
export function mintSecret(kind: SecretKind, now: number): string {
  const random = randomBytes(31).toString('base64url').slice(0, 41);
  return Buffer.from(`FAKE${random}:${now}:1:0:${kind}:1`).toString('base64url');
}

/** Unguessable, so that only the person who was shown a consent page can answer it. */
export function mintConsentId(): string {
  return randomBytes(24).toString('base64url');
}
