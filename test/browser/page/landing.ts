import { callbackPage, createClient, memoryStore } from 'authchart/browser';
import { xAt } from '../../../src/services/provider/x-at.js';
import type { Landed } from '../support/landing.js';

declare global {
  /** Given by the test. */
  var landingSettings: { readonly endpoints: Parameters<typeof xAt>[0]; readonly redirectUri?: string };
}

const { endpoints, redirectUri } = landingSettings;
const client = createClient({
  provider: xAt(endpoints),
  clientId: 'client',
  redirectUri: `${location.origin}/callback`,
  store: memoryStore(),
  transport: { fetch, close: () => Promise.resolve() },
});
const landing = callbackPage(client, redirectUri === undefined ? {} : { redirectUri });
const address = location.href;
globalThis.landed = landing.then((found): Landed => ({
  outcome: found.outcome,
  code: found.outcome === 'failed' ? found.failure.code : null,
  address,
}));
