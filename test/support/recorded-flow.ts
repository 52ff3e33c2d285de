import { inspectFlow } from 'authchart/inspect';
import type { FlowEvent } from 'authchart/inspect';
import { consent, createTestClient, publicApp, startEmulator, xAt } from 'authchart/testing';
import type { Client } from 'authchart';
import type { Emulator } from 'authchart/testing';

export interface Flows {
  readonly client: Client;
  readonly emulator: Emulator;
}

/** What the stream tells while something is done with a client and the emulator. */
export async function recordFlow(act: (flows: Flows) => Promise<void>): Promise<readonly FlowEvent[]> {
  const emulator = await startEmulator();
  const client = createTestClient({
    provider: xAt(emulator.endpoints),
    clientId: publicApp.client_id,
    scopes: ['users.read', 'tweet.read', 'offline.access'],
  });
  const events: FlowEvent[] = [];
  inspectFlow(client, (event) => events.push(event));
  try {
    await act({ client, emulator });
  } finally {
    await client.close();
    await emulator.close();
  }
  return events;
}

export async function signIn({ client }: Flows, session = 'default') {
  const { url } = await client.begin({ session });
  const { callbackUrl } = await consent(url);
  return client.complete(callbackUrl ?? '');
}

export async function refuse({ client }: Flows, session = 'default'): Promise<void> {
  const { url } = await client.begin({ session });
  const { callbackUrl } = await consent(url, { allow: false });
  await client.complete(callbackUrl ?? '').catch(() => null);
}
