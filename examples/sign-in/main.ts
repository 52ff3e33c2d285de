import { fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readdir, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { AuthError, login } from 'authchart/node';
import { publicApp, startEmulator } from 'authchart/testing';
import type { Emulator } from 'authchart/testing';
import { openClient, showAccount } from './application.js';
import type { Application } from './application.js';
import { readSettings } from './settings.js';
import type { Settings } from './settings.js';
import { duration, Timeline } from './timeline.js';

const write = (text: string) => void process.stdout.write(text);

/** Signs in, calls the API, renews, and leaves the rest to a second process. */
async function firstProcess(application: Application, signal: AbortSignal): Promise<void> {
  const timeline = new Timeline(write);
  const client = openClient(application, timeline);
  const aside = `process ${process.pid}`;
  try {
    timeline.section('Sign in', aside);
    const session = await login(client, { signal });
    timeline.section('Call the API', aside);
    await showAccount(session, application, timeline);
    timeline.section('Renew', aside);
    if (session.info()?.renewable) await session.renew({ signal });
    else timeline.note('no refresh token', 'the scope offline.access was not granted');
    timeline.note('saved to a file', await describeFiles(application.directory));
  } finally {
    await client.close();
    timeline.end();
  }
}

async function describeFiles(directory: string): Promise<string> {
  const entries = await readdir(directory, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile());
  const modes = await Promise.all(
    files.map(async (file) => ((await stat(join(file.parentPath, file.name))).mode & 0o777).toString(8)),
  );
  return `readable by its owner alone: mode ${[...new Set(modes)].join(', ')}`;
}

/** A process that knows nothing but the directory: what it finds there must be the rotated session. */
async function secondProcess(application: Application): Promise<void> {
  const child = fork(new URL('./second-process.js', import.meta.url));
  child.send(application);
  const [code] = (await once(child, 'exit')) as [number | null];
  if (code !== 0) throw new Error('The second process failed.');
}

async function run(settings: Settings, signal: AbortSignal): Promise<void> {
  const started = performance.now();
  const emulator = settings.provider === 'emulator' ? await startEmulator() : null;
  const directory = await mkdtemp(join(tmpdir(), 'authchart-'));
  try {
    const application = await describe(settings, emulator, directory);
    write(`authchart signs in to ${emulator ? `an emulator of X at ${emulator.origin}` : 'X'}\n`);
    await firstProcess(application, signal);
    await secondProcess(application);
    write(`\nDone in ${duration(performance.now() - started)}.\n`);
    if (emulator) write(`The server counted ${tally(emulator)}.\n`);
  } finally {
    await emulator?.close();
    await rm(directory, { recursive: true, force: true });
  }
}

async function describe(
  settings: Settings,
  emulator: Emulator | null,
  directory: string,
): Promise<Application> {
  const { secretFile, browser } = settings;
  const clientSecret = secretFile ? (await readFile(secretFile, 'utf8')).trim() : settings.clientSecret;
  const clientId = settings.clientId ?? publicApp.client_id;
  const redirectUri = settings.redirectUri ?? 'http://127.0.0.1:8976/callback';
  if (emulator && !emulator.apps.some((app) => app.client_id === clientId)) {
    throw new AuthError('invalid_client_id', {
      detail: 'The emulator has no such app; --client-id goes with --provider x.',
    });
  }
  emulator?.registerRedirectUri(clientId, redirectUri);
  return { emulator: emulator?.endpoints ?? null, clientId, clientSecret, redirectUri, directory, browser };
}

function tally({ counters: { authorizeHits, tokenHits, apiHits, revokeHits } }: Emulator): string {
  return `${authorizeHits} sign-in, ${tokenHits} token requests, ${apiHits} API calls and ${revokeHits} revocations`;
}

const settings = readSettings(process.argv.slice(2));
if ('text' in settings) {
  write(settings.text);
  process.exitCode = settings.exitCode;
} else {
  const interruption = new AbortController();
  process.once('SIGINT', () => interruption.abort());
  // `npm start | head`: nobody reads on, so there is nothing to go on for.
  process.stdout.on('error', () => interruption.abort());
  try {
    await run(settings, interruption.signal);
  } catch (error) {
    if (interruption.signal.aborted) {
      write('\nCancelled. Nothing is left on this machine.\n');
      process.exitCode = 130;
    } else {
      write(error instanceof AuthError ? `\n${error.code}: ${error.message}\n` : `\n${String(error)}\n`);
      process.exitCode = 1;
    }
  }
}
