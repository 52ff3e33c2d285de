import { createHash } from 'node:crypto';
import type { EmulatorRequest } from './message.js';

/** What became of a refresh token that was sent. */
export type Spending = 'rotated' | 'reused' | 'refused' | 'familyRevoked';

/** What became of one code or refresh token that reached the token endpoint. Holds no secret. */
export interface RecordedTokenRequest {
  /** On the emulator's clock. */
  readonly at: number;
  readonly grantType: 'authorization_code' | 'refresh_token';
  /** SHA-256 of the code or refresh token, base64url: tells whether two requests sent the same. */
  readonly fingerprint: string;
  /** What the sender calls itself in the header `x-caller`; `null` if it does not. */
  readonly caller: string | null;
  /**
   * `exchanged`: the code brought tokens. `rotated`: the refresh token brought a new pair. `reused`: it did so again, within
   * the grace. `familyRevoked`: it was spent before, and everything that descends from its authorization was revoked.
   */
  readonly outcome: 'exchanged' | Spending;
}

type Draft = { -readonly [Member in keyof RecordedTokenRequest]: RecordedTokenRequest[Member] };

/** Begins the record of one request. Until an endpoint grants something, it was refused. */
export function recordTokenRequest(
  {
    clock,
    tokenRequests,
  }: { readonly clock: { now(): number }; readonly tokenRequests: RecordedTokenRequest[] },
  { headers }: Pick<EmulatorRequest, 'headers'>,
  grantType: RecordedTokenRequest['grantType'],
  secret: string,
): Pick<Draft, 'outcome'> {
  const draft: Draft = {
    at: clock.now(),
    grantType,
    fingerprint: createHash('sha256').update(secret).digest('base64url'),
    caller: headers['x-caller']?.toString() ?? null,
    outcome: 'refused',
  };
  tokenRequests.push(draft);
  return draft;
}
