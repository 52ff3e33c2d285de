import type { AuthorizationActor, AuthorizationSnapshot } from '../machines/authorization.machine.js';
import type { ServicePorts } from '../services/service-ports.js';
import { restoreSession } from '../services/session/restore-session.js';
import { until } from './session-actors.js';

export const settled = (actor: AuthorizationActor, signal: AbortSignal | undefined) =>
  until(actor, (snapshot) => !snapshot.hasTag('busy'), signal);

/** Brings what this process knows of a session up to date with the store. */
export async function lookAgain(
  services: ServicePorts,
  actor: AuthorizationActor,
  session: string,
  signal: AbortSignal | undefined,
): Promise<AuthorizationSnapshot> {
  const snapshot = await settled(actor, signal);
  // Leaving `stale` ends the backoff, and with it what the provider said of when to come back: only news is worth that.
  const stays = snapshot.matches({ authorized: 'stale' }) && !(await hasMoved(services, session));
  if (!stays) actor.send({ type: 'session.restore' });
  return settled(actor, signal);
}

async function hasMoved(services: ServicePorts, session: string): Promise<boolean> {
  const tokenOf = () => services.vault.get(session)?.tokens.accessToken;
  const before = tokenOf();
  await restoreSession(services)({ session }, new AbortController().signal);
  return tokenOf() !== before;
}
