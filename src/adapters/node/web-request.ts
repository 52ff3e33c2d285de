import type { IncomingMessage } from 'node:http';

/** A request as Node has it; frameworks that strip what they are mounted at keep the whole in `originalUrl`. */
export type NodeRequest = IncomingMessage & { readonly originalUrl?: string | undefined };

/**
 * A web-standard `Request` with method, path, query and headers of Node's, for `auth.session` and `auth.login` in a
 * route of Express or Fastify (`request.raw`). Without the body, which is left to whoever wants to read it.
 *
 * The host is not taken over: `Host` says whatever a client likes.
 *
 * @throws TypeError for TRACE, which the runtime does not make a `Request` of
 *
 * @example
 * ```ts
 * app.get('/', async (request, response) => {
 *   const session = await auth.session(webRequest(request));
 *   response.send(session ? 'Welcome back.' : 'Please sign in.');
 * });
 * ```
 */
export function webRequest(request: NodeRequest): Request {
  const headers = new Headers();
  const { rawHeaders, method = 'GET' } = request;
  for (let at = 0; at < rawHeaders.length; at += 2) {
    headers.append(rawHeaders[at] ?? '', rawHeaders[at + 1] ?? '');
  }
  const target = request.originalUrl ?? request.url ?? '/';
  // Concatenated, for `//evil.example/` alone would be another host. Other forms of target (RFC 9112 §3.2) have no path.
  return new Request(`http://localhost${target.startsWith('/') ? target : '/'}`, { method, headers });
}
