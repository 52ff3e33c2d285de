import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import { equalInConstantTime } from '../../services/encoding.js';
import { answer, guards, refuse } from './answers.js';
import type { Backlog } from './backlog.js';
import { streamEvents } from './event-stream.js';
import { requestedGate } from './next-step.js';
import { pageDocument } from './page/document.js';
import { pageStyle } from './page/style.js';
import type { Steps } from './steps.js';
import { isForeign, originOf } from './strangers.js';

const MAX_READERS = 16;

export interface Served {
  readonly port: number;
  /** The first segment of every path. */
  readonly secret: string;
  readonly backlog: Backlog;
  /** `null`: nobody can do more than look. */
  readonly steps: Steps | null;
  readonly heartbeat: number;
  /** Those who follow the feed, with what sends them what they lack. */
  readonly readers: Map<ServerResponse, () => void>;
  readModule(path: string): Promise<string | null>;
}

/** Answers the page of one client. Nothing is disclosed before `Host`, where the request comes from and the secret are right. */
export function inspectorRequests(served: Served): RequestListener {
  const { port, secret, steps } = served;
  return (request, response) => {
    const ourOrigin = originOf(request, port);
    if (ourOrigin === undefined) return turnAway(response, 421);
    if (isForeign(request, ourOrigin)) return turnAway(response, 403);
    const [, segment = '', path = ''] = /^\/([^/]*)\/(.*)$/.exec(request.url ?? '') ?? [];
    if (!equalInConstantTime(segment, secret)) return turnAway(response, 404);
    if (path === 'next' && steps) return post(request, response, steps, ourOrigin);
    const serve = pageAt(path, served);
    if (!serve) return refuse(response, 404);
    if (request.method !== 'GET' && request.method !== 'HEAD')
      return refuse(response, 405, { allow: 'GET, HEAD' });
    return serve(request, response);
  };
}

/** Who has not shown the secret holds no connection: there are only so many. */
const turnAway = (response: ServerResponse, status: number) =>
  refuse(response, status, { connection: 'close' });

function post(request: IncomingMessage, response: ServerResponse, steps: Steps, ourOrigin: string): void {
  if (request.method !== 'POST') return refuse(response, 405, { allow: 'POST' });
  void requestedGate(request, ourOrigin).then(
    (asked) => {
      // What was not read of a body would be taken for the next request.
      if ('refused' in asked) return refuse(response, asked.refused, { connection: 'close' });
      if (!steps.next(asked.gate)) return refuse(response, 404);
      return response.writeHead(204, guards).end();
    },
    () => response.destroy(),
  );
}

/** `undefined`: there is nothing. */
function pageAt(
  path: string,
  { backlog, heartbeat, readers, readModule }: Served,
): ((request: IncomingMessage, response: ServerResponse) => void) | undefined {
  if (path === '') return (_, response) => answer(response, 'text/html', pageDocument);
  if (path === 'style.css') return (_, response) => answer(response, 'text/css', pageStyle);
  if (path.startsWith('modules/'))
    return (_, response) =>
      void readModule(path.slice('modules/'.length)).then((code) =>
        code === null ? refuse(response, 404) : answer(response, 'text/javascript', code),
      );
  if (path !== 'feed') return undefined;
  return (request, response) => {
    const head = { ...guards, 'content-type': 'text/event-stream; charset=utf-8' };
    if (request.method === 'HEAD') return void response.writeHead(200, head).end();
    if (readers.size >= MAX_READERS) return refuse(response, 503);
    response.once('close', () => readers.delete(response));
    response.writeHead(200, head);
    const after = lastEventOf(request, backlog);
    readers.set(response, streamEvents(response, backlog, { after, heartbeat }).flush);
  };
}

/** Of a reader that was here before; 0 where it cannot have come from us. */
function lastEventOf({ headers }: IncomingMessage, backlog: Backlog): number {
  const told = headers['last-event-id'];
  const last = typeof told === 'string' && /^\d{1,15}$/.test(told) ? Number(told) : 0;
  return last <= backlog.newest() ? last : 0;
}
