import type { Provider } from '../../client/public.js';
import { basicCredentials } from '../../services/encoding.js';
import { reveal } from '../../services/redacted.js';
import type { RelayTarget } from '../../services/relay-protocol.js';
import { isOfTheProtocol } from './protocol-paths.js';
import type { RelayConfiguration } from './relay-configuration.js';
import { protocolForm } from './relay-form.js';
import { Refusal } from './refusal.js';

/** What goes out. Made anew: nothing of the page's request is in it but what is named here, no cookie say. */
export interface Forwarded {
  readonly url: string;
  readonly init: {
    readonly method: string;
    readonly headers: Readonly<Record<string, string>>;
    readonly body: Uint8Array<ArrayBuffer> | string | null;
  };
}

/**
 * The provider's token endpoint, its revocation endpoint, and its API: nothing else is ever asked, so that the relay is
 * nobody's proxy.
 *
 * @throws {@link Refusal}
 */
export function forwardable(
  target: RelayTarget,
  headers: Headers,
  body: Uint8Array<ArrayBuffer>,
  configuration: RelayConfiguration,
): Forwarded {
  const { token, revocation } = configuration.provider.endpoints;
  const { href } = target.url;
  const endpoint = same(token, href) ? 'token' : same(revocation, href) ? 'revocation' : null;
  if (!endpoint) return apiRequest(target, headers, body, configuration.provider);
  if (target.method !== 'POST') throw new Refusal(400, 'The endpoint takes POST alone.');
  const form = protocolForm(endpoint, headers, body, configuration.clientId);
  return { url: href, init: { method: 'POST', ...authenticated(form, configuration) } };
}

function same(endpoint: string | null, href: string): boolean {
  return endpoint !== null && new URL(endpoint).href === href;
}

/** With a secret by HTTP Basic, and then by nothing else (RFC 6749 §2.3). */
function authenticated(form: URLSearchParams, { clientId, clientSecret }: RelayConfiguration) {
  const headers = { accept: 'application/json', 'content-type': 'application/x-www-form-urlencoded' };
  if (clientSecret === null) return { headers, body: form.toString() };
  form.delete('client_id');
  const authorization = `Basic ${basicCredentials(clientId, reveal(clientSecret))}`;
  return { headers: { ...headers, authorization }, body: form.toString() };
}

function apiRequest(
  { method, url }: RelayTarget,
  headers: Headers,
  body: Uint8Array<ArrayBuffer>,
  provider: Provider,
): Forwarded {
  // Not its `origin`: that of blob:https://api.x.com/ is https://api.x.com.
  if (!provider.apiOrigins.includes(`${url.protocol}//${url.host}`)) {
    throw new Refusal(403, 'The target is neither an endpoint of the provider nor of its API.');
  }
  if (isOfTheProtocol(url, provider)) {
    throw new Refusal(
      403,
      'The target stands beside the endpoints of the provider, or its path can be read in two ways.',
    );
  }
  const authorization = headers.get('authorization') ?? '';
  // RFC 6750 §2: in the header, and nowhere else.
  if (!/^Bearer [\x21-\x7e]+$/.test(authorization) || url.searchParams.has('access_token')) {
    throw new Refusal(403, 'The API is asked with an access token in the Authorization header alone.');
  }
  const kept = ['accept', 'content-type'].flatMap((name) => {
    const value = headers.get(name);
    return value === null ? [] : [[name, value] as const];
  });
  return {
    url: url.href,
    init: {
      method,
      headers: { ...Object.fromEntries(kept), authorization },
      body: method === 'GET' || body.length === 0 ? null : body,
    },
  };
}
