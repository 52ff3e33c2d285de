import { AuthError } from '../../services/auth-error.js';

/** `ENOENT` and its like, or `undefined` if no system call failed. */
export function errnoOf(thrown: unknown): string | undefined {
  return thrown instanceof Error && 'code' in thrown && typeof thrown.code === 'string'
    ? thrown.code
    : undefined;
}

/** What `work` gives, or `otherwise` if it failed with one of these codes. */
export async function unless<T, U>(codes: readonly string[], work: Promise<T>, otherwise: U): Promise<T | U> {
  try {
    return await work;
  } catch (thrown) {
    if (codes.includes(errnoOf(thrown) ?? '')) return otherwise;
    throw thrown;
  }
}

export function unavailable(detail: string): AuthError {
  return new AuthError('store_unavailable', { detail });
}

/** Whatever fails within becomes an `AuthError` that names the directory and the errno. */
export async function within<T>(directory: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (thrown) {
    if (thrown instanceof AuthError) throw thrown;
    const errno = errnoOf(thrown);
    if (errno === undefined) throw new AuthError('unexpected', { phase: 'store' });
    throw unavailable(`The store directory ${directory} failed with ${errno}.`);
  }
}
