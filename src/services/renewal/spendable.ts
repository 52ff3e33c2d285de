import type { LiveSession } from '../records/schema.js';

/** Travels redacted through the renewal machine. */
export interface SpendableSecrets {
  readonly live: LiveSession;
  readonly refreshToken: string;
  /** Fingerprint of the refresh token. */
  readonly token: string;
}

/** What this process is spending, and what it knew of the session when it announced that. */
export interface JournalSecrets extends SpendableSecrets {
  /** 1 unless an earlier request may have reached the provider. */
  readonly attempt: number;
  /** Monotonic time after which the token must not be sent under this announcement. */
  readonly sendBefore: number;
}
