import { endpointsOf } from './endpoints.js';
import { type Reply, json } from './message.js';
import { publishedScopes } from './scopes.js';
import type { State } from './state.js';

/** RFC 8414, with X's gaps: no revocation endpoint, no `iss` in the response, 18 of its scopes. */
export function authorizationServerMetadata({ origin }: State): Reply {
  const { issuer, authorization, token } = endpointsOf(origin);
  return json(200, {
    issuer,
    authorization_endpoint: authorization,
    token_endpoint: token,
    response_types_supported: ['code'],
    grant_types_supported: ['authorization_code', 'refresh_token'],
    code_challenge_methods_supported: ['S256'],
    token_endpoint_auth_methods_supported: ['none', 'client_secret_basic'],
    scopes_supported: publishedScopes,
  });
}

/** RFC 9728. */
export function protectedResourceMetadata({ origin }: State): Reply {
  return json(200, {
    resource: `${origin}/mcp`,
    authorization_servers: [origin],
    bearer_methods_supported: ['header'],
  });
}
