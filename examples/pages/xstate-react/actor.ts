import type { AuthorizationSnapshot, AuthorizationStatus } from 'authchart/browser';
import { createActor } from 'xstate';
import { client, landing } from '../app/client.js';

/** Outside of every component: StrictMode would start it twice. */
export const actor = createActor(client.machine, { input: { session: 'default' } }).start();

// The callback was completed by the client, which knows windows and one-time codes; what it stored is taken up here.
void landing.then(() => actor.send({ type: 'session.restore' }));

export function statusOf(snapshot: AuthorizationSnapshot): AuthorizationStatus {
  if (snapshot.matches({ awaitingAuthorization: 'prepared' })) return 'prepared';
  if (snapshot.matches({ awaitingAuthorization: { presented: 'waiting' } })) return 'awaitingUser';
  if (snapshot.matches({ awaitingAuthorization: { presented: 'verifying' } })) return 'signingIn';
  if (snapshot.matches('awaitingAuthorization')) return 'preparing';
  if (snapshot.matches('exchanging')) return 'signingIn';
  if (snapshot.matches('signingOut')) return 'signingOut';
  if (snapshot.matches('expired')) return 'expired';
  if (snapshot.matches('error')) return 'failed';
  if (snapshot.hasTag('signedIn')) return 'signedIn';
  return snapshot.matches('idle') ? 'signedOut' : 'restoring';
}
