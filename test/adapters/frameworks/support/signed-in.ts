import { x } from 'authchart';
import type { Client } from 'authchart';
import { createTestClient } from 'authchart/testing';

export interface SignedIn {
  readonly client: Client;
  /** Charts that were started so far. */
  started(): number;
  /** Charts that are running. */
  running(): number;
}

/** A client of which somebody is signed in, with tokens that are easy to find. */
export async function signedIn(): Promise<SignedIn> {
  const charts = new Set<{ getSnapshot(): { readonly status: string } }>();
  const client = createTestClient({
    provider: x,
    clientId: 'client',
    inspect(event) {
      if (event.type === '@xstate.actor' && event.actorRef.sessionId === event.rootId)
        charts.add(event.actorRef);
    },
  });
  const tokens = { access_token: 'canary-access-token', refresh_token: 'canary-refresh-token' };
  await client.adopt({ ...tokens, expires_in: 7200, scope: 'users.read' });
  return {
    client,
    started: () => charts.size,
    running: () => [...charts].filter((chart) => chart.getSnapshot().status === 'active').length,
  };
}
