import { once } from 'node:events';
import { serve } from '@hono/node-server';
import { createClient } from 'authchart/node';
import { confidentialApp, startEmulator, xAt } from 'authchart/testing';
import { createApp } from './app.js';

const write = (text: string) => void process.stdout.write(text);

const port = Number(process.env['PORT'] ?? 8977);
const origin = `http://127.0.0.1:${port}`;
const redirectUri = `${origin}/auth/callback`;

// Stands for X, its consent page and its API. With an app of yours, `provider: x` and what its console says take its place.
const emulator = await startEmulator({
  users: [
    { id: '1790000000000000003', username: 'ada', name: 'Ada Lovelace' },
    { id: '1790000000000000004', username: 'grace', name: 'Grace Hopper' },
  ],
});
emulator.registerRedirectUri(confidentialApp.client_id, redirectUri);

const client = createClient({
  provider: xAt(emulator.endpoints),
  clientId: confidentialApp.client_id,
  clientSecret: confidentialApp.client_secret,
  redirectUri,
  scopes: ['users.read', 'tweet.read', 'offline.access'],
});

const app = createApp(client, { origin, usersMe: emulator.endpoints.usersMe });
const server = serve({ fetch: app.fetch, hostname: '127.0.0.1', port });
try {
  await once(server, 'listening');
  write(
    `\n  An app that signs in with X, and an emulator of X beside it.\n\n  Open   ${origin}\n  Stop   Ctrl-C\n\n`,
  );
  await once(process, 'SIGINT');
  write('\n  Stopped.\n');
} catch (error) {
  const taken = error instanceof Error && 'code' in error && error.code === 'EADDRINUSE';
  if (!taken) throw error;
  write(`\n  Port ${port} is taken. Choose another one: PORT=9000 npm run example:hono\n\n`);
  process.exitCode = 1;
} finally {
  server.close();
  await client.close();
  await emulator.close();
}
