import type { ErrorCode, Failure, Phase, ProviderAnswer } from '../machines/vocabulary.js';
import { catalogue } from './error-catalogue.js';

/** What a thrower may add to what the catalogue says of a code. Never a URL, code, state, verifier, token or secret. */
export interface ErrorDetails {
  /** Names the setting, scope, port or file at fault; stands in front of the advice. */
  readonly detail?: string;
  readonly provider?: ProviderAnswer | null;
  readonly retryAt?: number | null;
  /** Where the phase is not the one the catalogue gives. */
  readonly phase?: Phase;
}

/**
 * The one error this library throws. Switch on {@link AuthError.code}: the union is closed.
 *
 * It has no `cause`: causes of network and protocol libraries hold URLs, bodies and expected states.
 *
 * @example
 * ```ts
 * const error = new AuthError('port_in_use', { detail: 'Port 8976 of 127.0.0.1 is taken.' });
 * error.message; // 'Port 8976 of 127.0.0.1 is taken. Free it, or register and configure a redirect URI …'
 * JSON.stringify(error); // {"code":"port_in_use","phase":"authorization",…}
 * ```
 */
export class AuthError extends Error implements Failure {
  override readonly name = 'AuthError';
  readonly code: ErrorCode;
  readonly phase: Phase;
  readonly retryable: boolean;
  readonly retryAt: number | null;
  readonly provider: ProviderAnswer | null;

  constructor(code: ErrorCode, details: ErrorDetails = {}) {
    const entry = catalogue[code];
    super(`${details.detail ?? entry.meaning} ${entry.advice}`);
    this.code = code;
    this.phase = details.phase ?? entry.phase;
    this.retryable = entry.retryable;
    this.retryAt = details.retryAt ?? null;
    this.provider = details.provider ?? null;
  }

  /** The same fault as plain data. */
  get failure(): Failure {
    const { code, phase, message, retryable, retryAt, provider } = this;
    return { code, phase, message, retryable, retryAt, provider };
  }

  toJSON(): Failure {
    return this.failure;
  }

  /** Brings a failure that travelled through a machine as data back to an error that can be thrown. */
  static from(failure: Failure): AuthError {
    const error = new AuthError(failure.code, failure);
    Object.defineProperty(error, 'message', { value: failure.message });
    return error;
  }
}

/** Whether a text is a code of the closed union. */
export function isErrorCode(text: string): text is ErrorCode {
  return Object.hasOwn(catalogue, text);
}

/** Whatever was caught, as one of ours. What we did not throw is not quoted: it may hold a secret. */
export function asAuthError(
  caught: unknown,
  otherwise: ErrorCode = 'unexpected',
  details?: ErrorDetails,
): AuthError {
  return caught instanceof AuthError ? caught : new AuthError(otherwise, details);
}
