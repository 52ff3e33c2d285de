import { authenticateClient } from './client-authentication.js';
import { json } from './message.js';
import { invalidClient, refusing, required } from './oauth-error.js';

/**
 * `POST /2/oauth2/revoke` (RFC 7009). Ends the named token and nothing else: a client that wants both gone has to
 * revoke both. An unknown token is answered like a known one (RFC 7009 §2.2).
 */
export const revoke = refusing((state, request) => {
  const app = authenticateClient(state, request);
  const token = state.tokens.get(required(request.form, 'token'));
  if (token !== undefined && token.grant.app !== app) throw invalidClient();
  if (token !== undefined) token.status = 'revoked';
  return json(200, { revoked: true });
});
