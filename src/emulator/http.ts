import type { IncomingMessage, ServerResponse } from 'node:http';
import { withCors } from './cors.js';
import { type EmulatorRequest, type Reply, problem } from './message.js';
import type { Recorder } from './record.js';
import { routes } from './routes.js';
import type { State } from './state.js';

const MAX_BODY_BYTES = 64 * 1024;

/** Turns sockets into {@link EmulatorRequest} and {@link Reply} values; what happens in between is {@link answer}. */
export function createListener(state: State, recorder: Recorder) {
  return async (incoming: IncomingMessage, response: ServerResponse): Promise<void> => {
    let body: string | undefined;
    try {
      body = await readBody(incoming);
    } catch {
      // The client went away in the middle of its request: there is nobody to answer.
      response.destroy();
      return;
    }
    const request = toRequest(incoming, body ?? '');
    recorder.keep(request);
    const reply = withCors(state.allowedOrigins, request, () =>
      body === undefined ? problem(413, 'Payload Too Large') : answer(state, recorder, request),
    );
    send(response, reply);
  };
}

function answer(state: State, recorder: Recorder, request: EmulatorRequest): Reply {
  const route = routes.get(request.path);
  if (route === undefined) return problem(404, 'Not Found');
  if (route.method !== request.method) return problem(405, 'Method Not Allowed', { allow: route.method });
  recorder.counters[route.counter] += 1;
  try {
    return route.answer(state, request);
  } catch {
    // A fault of the emulator itself must not take the test process down with it.
    return problem(500, 'Internal Server Error');
  }
}

/** `undefined` when the body is over the cap. The rest is still read, or the client would see a reset, not a 413. */
async function readBody(incoming: IncomingMessage): Promise<string | undefined> {
  const stream: AsyncIterable<Buffer> = incoming;
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of stream) {
    size += chunk.length;
    if (size <= MAX_BODY_BYTES) chunks.push(chunk);
  }
  return size <= MAX_BODY_BYTES ? Buffer.concat(chunks).toString() : undefined;
}

function toRequest({ method = '', url = '', headers }: IncomingMessage, body: string): EmulatorRequest {
  // Split by hand: `new URL` throws on request targets such as `//`, and rewrites others.
  const query = url.indexOf('?');
  const isForm = /^application\/x-www-form-urlencoded\s*(;|$)/i.test(headers['content-type'] ?? '');
  return {
    method,
    path: query === -1 ? url : url.slice(0, query),
    search: query === -1 ? '' : url.slice(query),
    headers,
    form: new URLSearchParams(isForm ? body : ''),
  };
}

function send(response: ServerResponse, { status, headers, body }: Reply): void {
  // RFC 9110 §8.6: a 204 has no length.
  const length = status === 204 ? {} : { 'content-length': Buffer.byteLength(body) };
  response.writeHead(status, { ...headers, ...length });
  response.end(body);
}
