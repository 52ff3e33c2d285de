import { nodeTransport } from 'authchart/node';
import type { Client } from 'authchart/node';
import { createTestClient, publicApp, xAt } from 'authchart/testing';
import { observed } from './observed.js';
import { openStore } from './open-store.js';
import { sabotaged } from './sabotage.js';
import { settingsVariable } from './settings.js';
import type { WorkerSettings } from './settings.js';
import { inWorldTime, worldClock } from './world.js';
import type { WorldClock } from './world.js';

export interface OpenClient {
  readonly client: Client;
  readonly clock: WorldClock;
  readonly settings: WorkerSettings;
  close(): Promise<void>;
}

/** The client of this process, as its parent has set it up. */
export async function openClient(): Promise<OpenClient> {
  const settings = JSON.parse(process.env[settingsVariable] ?? '') as WorkerSettings;
  const { name, world, endpoints, sabotage } = settings;
  const clock = worldClock(world);
  const opened = await openStore(settings.store);
  const { store, transport } = observed(
    { store: sabotaged(inWorldTime(opened.store, world), sabotage), transport: nodeTransport() },
    { name, tokenEndpoint: endpoints.token, now: clock.now },
  );
  const client = createTestClient({
    provider: xAt(endpoints),
    clientId: publicApp.client_id,
    redirectUri: publicApp.redirect_uris[0]!,
    scopes: ['users.read', 'tweet.read', 'offline.access'],
    runtime: { clock, store, transport },
  });
  return {
    client,
    clock,
    settings,
    async close() {
      await client.close();
      await transport.close();
      await opened.close();
    },
  };
}
