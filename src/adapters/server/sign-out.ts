import type { SignOutReport } from '../../machines/vocabulary.js';
import { AuthError } from '../../services/auth-error.js';
import type { Desk } from './desk.js';

/** Ends the session of a request everywhere, as far as the store can be told. */
export async function signOut({ client, identity }: Desk, request: Request): Promise<SignOutReport> {
  const name = await identity.current(request);
  try {
    const session = name === null ? null : await client.session(name);
    return (await session?.signOut()) ?? { cleared: true, revocations: [] };
  } catch (error) {
    if (error instanceof AuthError && error.phase === 'store') return { cleared: false, revocations: [] };
    throw error;
  }
}
