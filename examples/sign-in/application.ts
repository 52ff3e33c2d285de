import { createClient, fileStore, nodeUserAgent, x } from 'authchart/node';
import type { Client, Session } from 'authchart/node';
import { consent, xAt } from 'authchart/testing';
import { duration } from './timeline.js';
import type { Timeline } from './timeline.js';

/** What both processes must agree on. Travels by IPC: arguments and environment can be read by others. */
export interface Application {
  readonly emulator: Parameters<typeof xAt>[0] | null;
  readonly clientId: string;
  readonly clientSecret: string | undefined;
  readonly redirectUri: string;
  readonly directory: string;
  readonly browser: boolean;
}

export function openClient(application: Application, timeline: Timeline): Client {
  const { emulator, clientId, clientSecret, redirectUri, directory, browser } = application;
  return createClient({
    provider: emulator ? xAt(emulator) : x,
    clientId,
    clientSecret,
    redirectUri,
    scopes: ['users.read', 'tweet.read', 'offline.access'],
    store: fileStore(directory),
    // The emulator's page needs no human: its form is filled in and its redirect followed over real HTTP.
    ...(browser ? {} : { userAgent: nodeUserAgent({ open: visit, input: false, output: false }) }),
    inspect: timeline.inspect,
  });
}

async function visit(url: string): Promise<void> {
  // Like a browser that was opened: nobody waits until the person has finished.
  void consent(url, { allow: true, deliver: true });
}

interface UserAnswer {
  readonly data?: { readonly id: string; readonly username: string };
}

/** The point of it all: an API call with the user's authorization. */
export async function showAccount(
  session: Session,
  application: Application,
  timeline: Timeline,
): Promise<void> {
  const url = application.emulator?.usersMe ?? 'https://api.x.com/2/users/me';
  const started = performance.now();
  const response = await session.fetch(url);
  const { data } = (await response.json()) as UserAnswer;
  const left = response.headers.get('x-rate-limit-remaining');
  timeline.note('GET /2/users/me', `${response.status} in ${duration(performance.now() - started)}`);
  if (data) timeline.note('signed in as', `@${data.username} (${data.id})`);
  if (left !== null) timeline.note('rate limit', `${left} calls left in this window`);
}
