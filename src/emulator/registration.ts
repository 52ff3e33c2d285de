import type { App, EmulatorApp, EmulatorUser } from './state.js';

const MAX_REDIRECT_URIS = 10;

/** A native app: no secret, `client_id` in the body. */
export const publicApp: EmulatorApp = {
  client_id: 'public-app',
  kind: 'public',
  redirect_uris: ['https://localhost/', 'http://127.0.0.1:8976/callback'],
  name: 'Public app',
};

/** A web app. Like X's secrets this one holds `-` and `_`, so a Basic header that percent-encodes them is refused. */
export const confidentialApp: EmulatorApp = {
  client_id: 'confidential-app',
  kind: 'confidential',
  client_secret: 'FAKE-client_secret-of_the-confidential_app-0123456',
  redirect_uris: ['https://localhost/', 'http://127.0.0.1:8976/callback'],
  name: 'Confidential app',
};

/** The account that is signed in; its id is above 2^53, where JSON numbers lose digits. */
export const defaultUser: EmulatorUser = {
  id: '1790000000000000003',
  username: 'ada',
  name: 'Ada Lovelace',
  email: 'ada@example.com',
};

/** A private copy, checked as X's console would check the form. */
export function registerApp(app: EmulatorApp): App {
  if (app.kind === 'confidential' ? !app.client_secret : app.client_secret !== undefined) {
    throw new TypeError('A confidential app needs a client_secret, a public app has none.');
  }
  if (app.redirect_uris.length > MAX_REDIRECT_URIS) {
    throw new RangeError(`An app has at most ${MAX_REDIRECT_URIS} redirect_uris.`);
  }
  app.redirect_uris.forEach(checkRedirectUri);
  return { ...app, redirect_uris: [...app.redirect_uris] };
}

export function addRedirectUri(app: App | undefined, uri: string): void {
  if (app === undefined) throw new TypeError('No app has this client_id.');
  checkRedirectUri(uri);
  if (!app.redirect_uris.includes(uri)) app.redirect_uris.push(uri);
}

function checkRedirectUri(uri: string): void {
  if (!URL.canParse(uri) || uri.includes('#')) {
    throw new TypeError('A redirect URI must be an absolute URL without a fragment.');
  }
}
