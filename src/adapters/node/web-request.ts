import type { IncomingMessage } from 'node:http';

/** A request as Node has it; frameworks that strip what they are mounted at keep the whole in `originalUrl`. */
export type NodeRequest = IncomingMessage & { readonly originalUrl?: string | undefined };

/**
 * A web-standard `Request` with method, path, query and headers of Node's, for `auth.session` and `auth.login` in a
 * route of Express or Fastify (`request.raw`). Its body is read when somebody reads it; until then it is left to whoever
 * wants to.
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
  const url = `http://localhost${target.startsWith('/') ? target : '/'}`;
  return new Request(url, { method, headers, ...bodyOf(request) });
}

function bodyOf(request: NodeRequest): RequestInit {
  if (request.method === 'GET' || request.method === 'HEAD') return {};
  let pieces: AsyncIterator<Uint8Array> | undefined;
  const body = new ReadableStream<Uint8Array>(
    {
      async pull(controller) {
        pieces ??= request.iterator({ destroyOnReturn: false }) as AsyncIterator<Uint8Array>;
        const { done, value } = await pieces.next();
        if (done) controller.close();
        else controller.enqueue(new Uint8Array(value));
      },
      async cancel() {
        if (!pieces) return;
        await pieces.return?.();
        // What is left must not stand in the way of the connection's next request.
        request.resume();
      },
    },
    // Nothing ahead: touched, the body would be lost to a parser that comes next.
    { highWaterMark: 0 },
  );
  return { body, duplex: 'half' };
}
