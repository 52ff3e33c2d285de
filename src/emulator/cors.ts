import { paths } from './endpoints.js';
import type { EmulatorRequest, Reply } from './message.js';

/** What a page may ask for. The authorization endpoint is for windows alone (RFC 9700 §2.6). */
const methods: ReadonlyMap<string, string> = new Map([
  [paths.token, 'POST'],
  [paths.revocation, 'POST'],
  [paths.usersMe, 'GET'],
]);

const exposed = 'x-rate-limit-limit, x-rate-limit-remaining, x-rate-limit-reset';

/**
 * What a page of another origin sees: with an empty list, X's way, nothing, and preflights are what they are to any
 * server that knows nothing of CORS.
 */
export function withCors(
  allowedOrigins: readonly string[],
  request: EmulatorRequest,
  reply: () => Reply,
): Reply {
  const { origin } = request.headers;
  const method = methods.get(request.path);
  if (origin === undefined || method === undefined || !allowedOrigins.includes(origin)) return reply();
  const allow = { 'access-control-allow-origin': origin, vary: 'origin' };
  if (request.method === 'OPTIONS' && 'access-control-request-method' in request.headers) {
    const headers = {
      ...allow,
      'access-control-allow-methods': method,
      'access-control-allow-headers': 'authorization, content-type',
    };
    return { status: 204, headers, body: '' };
  }
  const { headers, ...answer } = reply();
  return { ...answer, headers: { ...headers, ...allow, 'access-control-expose-headers': exposed } };
}
