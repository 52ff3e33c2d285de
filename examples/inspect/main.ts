import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { serve } from '@hono/node-server';
import { createClient, nodeTransport } from 'authchart/node';
import type { InspectorPage } from 'authchart/node';
import { publicApp, startEmulator, xAt } from 'authchart/testing';
import { Hono } from 'hono';
import open from 'open';
import { createApp } from './app.js';
import { pageUserAgent } from './page-user-agent.js';
import { faultyTransport } from './provider-faults.js';
import { readSettings } from './settings.js';
import type { Settings } from './settings.js';

const write = (text: string) => void process.stdout.write(text);

async function run({ guided, open: opens }: Settings): Promise<void> {
  let app = new Hono();
  const server = serve({ fetch: (request) => app.fetch(request), hostname: '127.0.0.1', port: 0 });
  await once(server, 'listening');
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const redirectUri = `${origin}/callback`;

  // The provider must not outrun a person who steps: it goes by the client's clock, which stands while a step waits.
  let now = () => Date.now();
  const emulator = await startEmulator({ now: () => now() });
  emulator.registerRedirectUri(publicApp.client_id, redirectUri);
  const network = nodeTransport();
  const transport = faultyTransport(network, emulator.endpoints.token);
  const userAgent = pageUserAgent();

  let show: (page: InspectorPage) => void = () => undefined;
  const shown = new Promise<InspectorPage>((resolve) => (show = resolve));
  const client = createClient({
    provider: xAt(emulator.endpoints),
    clientId: publicApp.client_id,
    redirectUri,
    scopes: ['users.read', 'tweet.read', 'offline.access'],
    transport,
    userAgent,
    inspect: guided ? 'guided' : true,
    showInspector: (page) => show(page),
  });
  try {
    const inspector = await shown;
    now = inspector.now;
    app = createApp({ client, emulator, inspector, userAgent, transport, origin, guided });
    write(invitation(`${origin}/`, inspector.url, guided));
    if (opens) await open(`${origin}/`).catch(() => undefined);
    await once(process, 'SIGINT');
    write('\n  Stopped.\n');
  } finally {
    await client.close();
    server.close();
    if ('closeAllConnections' in server) server.closeAllConnections();
    await network.close();
    await emulator.close();
  }
}

function invitation(application: string, inspector: string, guided: boolean): string {
  const steps = guided
    ? 'Each step waits until you press Next in the inspector.'
    : 'Have both side by side. With --guided, each step waits for you.';
  return `
  A sign-in to watch, and an emulator of X beside it.

  Application   ${application}
  Inspector     ${inspector}
  Stop          Ctrl-C

  ${steps}

`;
}

const settings = readSettings(process.argv.slice(2));
if ('text' in settings) {
  write(settings.text);
  process.exitCode = settings.exitCode;
} else await run(settings);
