import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Provider } from 'oidc-provider';

const routes = {
  authorization: '/i/oauth2/authorize',
  token: '/2/oauth2/token',
  revocation: '/2/oauth2/revoke',
  introspection: '/2/oauth2/introspect',
};
export const scopes = ['users.read', 'tweet.read', 'offline.access'];

const code = {
  grant_types: ['authorization_code', 'refresh_token'],
  response_types: ['code'],
  scope: scopes.join(' '),
};

export const publicClient = {
  ...code,
  client_id: 'native-app',
  token_endpoint_auth_method: 'none',
  application_type: 'native',
  redirect_uris: ['http://127.0.0.1/callback'],
} as const;

export const confidentialClient = {
  ...code,
  client_id: 'web:app+1',
  // Every character that form encoding, percent encoding and X treat differently.
  client_secret: 'se-cret_with.all*kinds~of+char/acters=%41:!',
  token_endpoint_auth_method: 'client_secret_basic',
  redirect_uris: ['https://app.example/callback'],
} as const;

/** May ask what any token is worth. */
const resourceServer = {
  client_id: 'api',
  client_secret: 'the-secret-of-the-api',
  token_endpoint_auth_method: 'client_secret_basic',
  grant_types: [],
  response_types: [],
  redirect_uris: [],
} as const;

export interface LookAlike {
  readonly issuer: string;
  readonly usersMe: string;
  /** Requests to the token endpoint so far. */
  readonly tokenHits: number;
  /** Whether the server honours a token, access or refresh (RFC 7662). */
  isActive(token: string): Promise<boolean>;
  close(): Promise<void>;
}

/** oidc-provider with X's routes, scopes and rotation, and one resource of X's API. */
export async function startLookAlike(): Promise<LookAlike> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const issuer = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const provider = createProvider(issuer);
  let tokenHits = 0;
  provider.use(async (context, next) => {
    if (context.path === routes.token) tokenHits++;
    if (context.path !== '/2/users/me') return next();
    const token = await provider.AccessToken.find(context.get('authorization').replace(/^Bearer /, ''));
    context.status = token ? 200 : 401;
    context.body = token ? { data: { id: token.accountId } } : { title: 'Unauthorized' };
  });
  server.on('request', provider.callback());

  const credentials = `${resourceServer.client_id}:${resourceServer.client_secret}`;
  const authorization = `Basic ${Buffer.from(credentials).toString('base64')}`;
  return {
    issuer,
    usersMe: `${issuer}/2/users/me`,
    get tokenHits() {
      return tokenHits;
    },
    async isActive(token) {
      const body = new URLSearchParams({ token });
      const response = await fetch(issuer + routes.introspection, {
        method: 'POST',
        headers: { authorization },
        body,
      });
      const { active } = (await response.json()) as { active: boolean };
      return active;
    },
    async close() {
      const closed = once(server, 'close');
      server.close();
      server.closeAllConnections();
      await closed;
    },
  };
}

function createProvider(issuer: string): Provider {
  return new Provider(issuer, {
    clients: [publicClient, confidentialClient, resourceServer],
    clientAuthMethods: ['none', 'client_secret_basic'],
    cookies: { keys: ['a key that signs the cookies of this test'] },
    scopes,
    routes,
    ttl: {
      AccessToken: 7200,
      AuthorizationCode: 30,
      Grant: 86_400,
      Interaction: 600,
      RefreshToken: 86_400,
      Session: 86_400,
    },
    pkce: { required: () => true },
    features: {
      devInteractions: { enabled: true },
      introspection: { enabled: true },
      revocation: { enabled: true },
    },
    rotateRefreshToken: () => true,
    issueRefreshToken: (_context, _client, granted) => granted.scopes.has('offline.access'),
  });
}
