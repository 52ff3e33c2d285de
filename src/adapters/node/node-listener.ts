import type { ServerResponse } from 'node:http';
import { webRequest } from './web-request.js';
import type { NodeRequest } from './web-request.js';

/** Serves Node's requests: as listener of `http.createServer`, as middleware of Express, on the raw pair of Fastify. */
export type NodeListener = (
  request: NodeRequest,
  response: ServerResponse,
  next?: (error?: unknown) => void,
) => void;

/**
 * A web-standard handler for Node's `http`. With `next`, what the handler does not know (404) and what fails goes there;
 * without it, both are answered here, and a failure is a warning of the process.
 * The body of a request is left to what comes next, unless the handler reads it. Answers are sent whole, not streamed.
 *
 * @example
 * ```ts
 * app.use(nodeListener(auth)); // Express: everything but the handler's own paths goes on
 * ```
 */
export function nodeListener(handle: (request: Request) => Promise<Response>): NodeListener {
  return (request, response, next) => {
    void serve(request, response, next);
  };

  async function serve(...[request, response, next]: Parameters<NodeListener>): Promise<void> {
    let goOn: (() => void) | undefined;
    try {
      const answer = await answerTo(request);
      if (answer.status === 404) goOn = next;
      if (!goOn) await send(answer, response);
    } catch (error) {
      goOn = next ? () => next(error) : () => fail(error, response);
    }
    // Out here, so that what comes next can throw nothing that is taken for ours.
    goOn?.();
  }

  async function answerTo(request: NodeRequest): Promise<Response> {
    // `Request` refuses TRACE, and no route has a use for it.
    if (request.method === 'TRACE') return new Response(null, { status: 404 });
    return handle(webRequest(request));
  }
}

// What `fetch` answers it has unpacked already, and says how it came. Here the body is whole, and Node counts it.
const OF_THE_WIRE = ['connection', 'content-encoding', 'content-length', 'keep-alive', 'transfer-encoding'];

async function send(answer: Response, response: ServerResponse): Promise<void> {
  const body = new Uint8Array(await answer.arrayBuffer());
  // Somebody else has answered meanwhile: a time limit of the application, say.
  if (response.headersSent) return;
  response.statusCode = answer.status;
  for (const [name, value] of answer.headers) {
    if (name !== 'set-cookie' && !OF_THE_WIRE.includes(name)) response.setHeader(name, value);
  }
  const cookies = answer.headers.getSetCookie();
  if (cookies.length > 0) response.appendHeader('set-cookie', cookies);
  response.end(body);
}

/** A warning of the process, on its standard error: a mistake of the application must show somewhere. */
function fail(error: unknown, response: ServerResponse): void {
  process.emitWarning(error instanceof Error ? error : String(error));
  if (!response.headersSent) response.writeHead(500, { 'content-type': 'text/plain; charset=utf-8' });
  response.end('Internal server error\n');
}
