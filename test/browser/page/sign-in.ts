import { createClient } from 'authchart';
import type { Session } from 'authchart';
import { sharedStore, webStore } from 'authchart/browser';
import { xAt } from '../../../src/services/provider/x-at.js';
import type { Application, ApplicationSettings } from '../support/application.js';
import { rows } from './storage.js';

declare global {
  /** Given by the test. */
  var settings: ApplicationSettings;
  var application: Application;
}

const { endpoints, clientId, store } = settings;
const client = createClient({
  provider: xAt(endpoints),
  clientId,
  redirectUri: `${location.origin}/callback`,
  scopes: ['users.read', 'tweet.read', 'offline.access'],
  store: store === 'web' ? webStore() : sharedStore(),
});

let session: Session | null = null;
const statuses: string[] = [];

function follow(found: Session | null): void {
  session = found;
  session?.subscribe(({ status }) => statuses.push(status));
}

globalThis.application = {
  begin: async () => (await client.begin()).url,
  complete: async () => follow(await client.complete(location.href)),
  async restore() {
    follow(await client.session());
    return session !== null;
  },
  token: () => session!.accessToken(),
  renew: async () => void (await session!.renew()),
  signOut: () => session!.signOut(),
  statuses: () => statuses,
  async kept() {
    const databases = await indexedDB.databases();
    const all = await Promise.all(databases.map(({ name = '' }) => rows(name)));
    return JSON.stringify({ tab: { ...sessionStorage }, origin: { ...localStorage }, databases: all });
  },
};
