import {
  callbackPage,
  createClient,
  defineProvider,
  relayTransport,
  sharedStore,
  webStore,
  x,
} from 'authchart/browser';
import { readSettings } from './settings.js';

export const settings = readSettings();

/** One for the whole page, made outside of every component. */
export const client = createClient({
  // `provider: x` is all that a page needs for X itself.
  provider: defineProvider({
    ...x,
    ...settings.provider,
    identify: x.identify && { ...x.identify, url: settings.usersMe },
    dangerouslyAllowLoopbackHttp: true,
  }),
  clientId: settings.clientId,
  redirectUri: `${location.origin}/callback`,
  scopes: ['users.read', 'tweet.read', 'offline.access'],
  store: settings.store === 'shared' ? sharedStore() : webStore(),
  // X answers no page of another origin, so this page's own server passes its requests on.
  transport: relayTransport('/auth/relay'),
});

/** Runs before any component: it takes the code out of the address, and the page the sign-in began on comes back. */
export const landing = callbackPage(client);
