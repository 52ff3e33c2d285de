import type {
  ErrorCode,
  Failure,
  Grant,
  ReceivedCallback,
  SessionFacts,
} from '../../../src/machines/vocabulary.js';
import { AuthError } from '../../../src/services/auth-error.js';
import { redact } from '../../../src/services/redacted.js';

/** Stands in every secret: it must show up nowhere. */
export const CANARY = 'c4nary';

export const secret = (): ReturnType<typeof redact<unknown>> => redact<unknown>(CANARY);

export const failureWith = (code: ErrorCode, retryAt: number | null = null): Failure =>
  new AuthError(code, { retryAt }).failure;

export const SESSION = 'alice';
const obtainedAt = 1_800_000_000_000;

export const factsOf = (
  standing: SessionFacts['standing'],
  more: Partial<SessionFacts> = {},
): SessionFacts => ({
  session: SESSION,
  standing,
  account: null,
  scopes: ['users.read', 'offline.access'],
  missingScopes: [],
  obtainedAt,
  expiresAt: obtainedAt + 7_200_000,
  dueAt: obtainedAt + 7_170_000,
  renewable: standing !== 'spent',
  version: standing === 'unsaved' ? null : '1',
  failure: standing === 'spent' ? failureWith('session_revoked') : null,
  ...more,
});

export const grant = (): Grant => ({ fingerprint: 'fingerprint', secrets: secret() });

export const callback = (): ReceivedCallback => ({
  url: redact(`https://localhost/?code=${CANARY}`),
  boundTo: null,
});
