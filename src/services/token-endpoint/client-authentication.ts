import { type ClientAuth, None } from 'oauth4webapi';
import type { Configuration } from '../configuration.js';
import { basicCredentials } from '../encoding.js';
import { reveal } from '../redacted.js';

/**
 * Basic for a client with a secret, `client_id` in the body for one without. Not oauth4webapi's Basic: that one also escapes
 * `-` and `_`, which are in X's secrets, and nobody knows whether X decodes them.
 */
export function clientAuthentication({ clientId, clientSecret }: Configuration): ClientAuth {
  if (clientSecret === null) return None();
  const credentials = basicCredentials(clientId, reveal(clientSecret));
  return (_server, _client, _body, headers) => headers.set('authorization', `Basic ${credentials}`);
}
