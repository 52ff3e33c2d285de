import type { Failure, Phase } from './vocabulary.js';

/** A service that fails with one of our errors carries its failure as plain data. */
interface Failing {
  readonly failure: Failure;
}

function isFailing(error: unknown): error is Failing {
  if (typeof error !== 'object' || error === null || !('failure' in error)) return false;
  const { failure } = error;
  return typeof failure === 'object' && failure !== null && 'code' in failure && 'message' in failure;
}

/** Brings whatever a service rejected with into context as plain data: an `Error` would persist as `{}`. */
export function failureOf(error: unknown, phase: Phase): Failure {
  if (isFailing(error)) return error.failure;
  return {
    code: 'unexpected',
    phase,
    // The foreign message is not quoted: it may hold a URL or a token.
    message: 'A service failed with an error that is not an AuthError. Throw AuthError from your services.',
    retryable: true,
    retryAt: null,
    provider: null,
  };
}
