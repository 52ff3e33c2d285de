import type { Account, ProviderAnswer } from '../../machines/vocabulary.js';
import { defineProvider } from './define-provider.js';
import type { Provider } from './provider.js';
import { requiredScopesOfX } from './x-scopes.js';

/** X (Twitter). Not discovered: its metadata names no revocation endpoint, and its own documents contradict each other. */
export const x: Provider = /* @__PURE__ */ defineProvider({
  id: 'x',
  name: 'X',
  issuer: 'https://api.x.com',
  endpoints: {
    // Sessions of people live in cookies of x.com: twitter.com shows them a login form.
    authorization: 'https://x.com/i/oauth2/authorize',
    token: 'https://api.x.com/2/oauth2/token',
    revocation: 'https://api.x.com/2/oauth2/revoke',
  },
  clientAuthentication: ['none', 'client_secret_basic'],
  callbackMatching: 'exact',
  issuerParameter: 'absent',
  codeLifetime: 30,
  defaultScopes: ['users.read', 'tweet.read'],
  offlineScope: 'offline.access',
  redirectUri: 'https://localhost/',
  apiOrigins: ['https://api.x.com'],
  crossOrigin: false,
  assumedTokenLifetime: 7200,
  identify: { url: 'https://api.x.com/2/users/me', account: accountOf },
  requiredScopes: requiredScopesOfX,
  deadGrant: isDeadGrant,
  misconfigured: ({ error }) => error === 'invalid_client' || error === 'unauthorized_client',
});

/** X's name for `invalid_grant` is `invalid_request`; only its words tell it from a malformed request. */
function isDeadGrant({ error, description }: ProviderAnswer): boolean {
  if (error === 'invalid_grant') return true;
  const words = /^Value passed for the (?:token|authorization code|redirect uri|code verifier) /;
  return (error === 'invalid_request' || error === null) && words.test(description ?? '');
}

/** Ids have up to 19 digits and stay strings. */
function accountOf(json: unknown): Account | null {
  const data = member(json, 'data');
  const [id, username] = [member(data, 'id'), member(data, 'username')];
  if (typeof id !== 'string' || id === '') return null;
  return { id, username: typeof username === 'string' ? username : null };
}

function member(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null && Object.hasOwn(value, name)
    ? (value as Record<string, unknown>)[name]
    : undefined;
}

/** Scopes X is known to have, for completion in editors. No list of X's is complete, so any other string is one too. */
export type XScope =
  | 'tweet.read'
  | 'tweet.write'
  | 'tweet.moderate.write'
  | 'users.read'
  | 'users.email'
  | 'follows.read'
  | 'follows.write'
  | 'offline.access'
  | 'space.read'
  | 'mute.read'
  | 'mute.write'
  | 'like.read'
  | 'like.write'
  | 'list.read'
  | 'list.write'
  | 'block.read'
  | 'block.write'
  | 'bookmark.read'
  | 'bookmark.write'
  | 'dm.read'
  | 'dm.write'
  | 'media.write'
  | 'broadcast.read'
  | 'broadcast.write'
  | 'timeline.read'
  | 'ads.read'
  | 'ads.write'
  | (string & {});
