import type { SignOutReport } from '../../machines/vocabulary.js';
import type { Desk } from './desk.js';

/** Ends the session of a request everywhere, as far as the store can be told; what it missed is told later. */
export async function signOut({ client, identity }: Desk, request: Request): Promise<SignOutReport> {
  const name = await identity.current(request);
  return name === null ? { cleared: true, revocations: [] } : client.signOut(name);
}
