import type { DeadlineEvent, DeadlineInput } from '../machines/authorization.contract.js';
import type { ErrorCode } from '../machines/vocabulary.js';
import { AuthError } from './auth-error.js';
import { policy } from './policy.js';
import type { Clock, Cryptography } from './ports.js';
import { sleepUntil } from './sleep.js';

/** Doubles with each attempt; the jitter keeps processes that failed together from returning together. */
export function backoff(attempt: number, cryptography: Cryptography): number {
  const full = Math.min(policy.backoff.first * 2 ** attempt, policy.backoff.most);
  const [byte = 0] = cryptography.randomBytes(1);
  return full / 2 + (full / 2) * (byte / 255);
}

const FAILURES: Readonly<Record<DeadlineInput['purpose'], ErrorCode>> = {
  authorization: 'authorization_timeout',
  due: 'session_expired',
  retry: 'provider_unreachable',
};

/** Holds a deadline: says when it is, sleeps until then, says that it has passed. */
export async function holdDeadline(
  { clock, cryptography }: { readonly clock: Clock; readonly cryptography: Cryptography },
  { at: given, purpose, attempt }: DeadlineInput,
  tell: (event: DeadlineEvent) => void,
  signal: AbortSignal,
): Promise<void> {
  const at = given ?? chosen();
  if (at === null) return;
  tell({ type: 'deadline.armed', at });
  await sleepUntil(clock, at, signal);
  tell({ type: 'deadline.passed', failure: new AuthError(FAILURES[purpose]).failure });

  function chosen(): number | null {
    if (purpose === 'due') return null;
    return clock.now() + (purpose === 'retry' ? backoff(attempt, cryptography) : policy.authorization);
  }
}
