import { AuthError } from '../../services/auth-error.js';

/** An SQLSTATE, an errno or a code of Node, or `undefined` if nothing of the kind was thrown. */
function codeOf(thrown: unknown): string | undefined {
  const code: unknown = thrown instanceof Error && 'code' in thrown ? thrown.code : undefined;
  return typeof code === 'string' && /^[A-Z0-9_]{3,60}$/.test(code) ? code : undefined;
}

const UNDEFINED_TABLE = '42P01';
const LOST_RACES: readonly unknown[] = ['40001', '40P01'];

/** Whether another transaction was in the way and nothing was done: the same may be tried again. */
export function isLostRace(thrown: unknown): boolean {
  return LOST_RACES.includes(codeOf(thrown));
}

export function unavailable(detail: string): AuthError {
  return new AuthError('store_unavailable', { detail });
}

/** Messages of `pg` and of the server hold hosts, users, statements and values: only the code is passed on. */
export function faultOf(thrown: unknown): AuthError {
  if (thrown instanceof AuthError) return thrown;
  const code = codeOf(thrown);
  if (code === undefined) return unavailable('The connection to PostgreSQL failed.');
  if (code === UNDEFINED_TABLE)
    return unavailable(`PostgreSQL has no table for the store (${code}): run migratePostgres(pool) once.`);
  return unavailable(`PostgreSQL failed with ${code}.`);
}
