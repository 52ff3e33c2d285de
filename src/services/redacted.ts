import type { Redacted } from '../machines/vocabulary.js';
import { AuthError } from './auth-error.js';

const LABEL = '[redacted]';

interface Holding {
  readonly value: unknown;
  readonly once: boolean;
}

// Kept apart from the instance so that no clone, spread, inspection or JSON of it can reach the value.
const holdings = new WeakMap<object, Holding>();

class RedactedValue implements Redacted<unknown> {
  toString(): typeof LABEL {
    return LABEL;
  }

  toJSON(): typeof LABEL {
    return LABEL;
  }

  [Symbol.toPrimitive](): typeof LABEL {
    return LABEL;
  }

  [Symbol.for('nodejs.util.inspect.custom')](): typeof LABEL {
    return LABEL;
  }
}

/**
 * Wraps a secret so that it can travel through events, context and snapshots without being readable there.
 *
 * @param value - the secret; strings, or plain objects that hold some
 * @param options - `once`: the second {@link reveal} throws (codes and verifiers, RFC 6749 §4.1.2)
 *
 * @example
 * ```ts
 * const token = redact('s3cret');
 * `${token} ${JSON.stringify({ token })}`; // '[redacted] {"token":"[redacted]"}'
 * reveal(token); // 's3cret'
 * ```
 */
export function redact<T>(value: T, options: { readonly once?: boolean } = {}): Redacted<T> {
  const wrapper = Object.freeze(new RedactedValue());
  holdings.set(wrapper, { value, once: options.once === true });
  return wrapper;
}

/**
 * Opens what {@link redact} wrapped.
 *
 * @throws {@link AuthError} `secret_unavailable`: a copy, something restored from JSON, or a one-time secret opened twice
 */
export function reveal<T>(wrapper: Redacted<T>): T {
  const holding = typeof wrapper === 'object' && wrapper !== null ? holdings.get(wrapper) : undefined;
  if (!holding) throw new AuthError('secret_unavailable');
  if (holding.once) holdings.delete(wrapper);
  return holding.value as T;
}
