import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import { STATUS_CODES } from 'node:http';
import type { CallbackSink } from '../../services/ports.js';
import { answerHeaders, callbackPage } from './callback-page.js';

/**
 * Answers requests at a redirect URI and passes callbacks on. Nothing is disclosed before `Host` is exactly our own
 * authority (DNS rebinding), and nothing a script of some page sends gets through.
 *
 * @param redirectUri - with its real port
 */
export function callbackRequests(redirectUri: string, sink: CallbackSink): RequestListener {
  const { host, origin, pathname } = new URL(redirectUri);
  return (request, response) => {
    const target = request.url ?? '';
    const refusal = refuse(request, { host, origin, pathname });
    if (refusal) return answer(response, refusal);
    // 'close' comes after the page has left and also when the browser went away before: the sink may end this listener,
    // which would take the page from the human's eyes.
    response.once('close', () => {
      if (!sink.signal.aborted) sink.onCallback(origin + target);
    });
    answer(response, 200);
  };
}

function refuse(
  request: IncomingMessage,
  ours: { readonly host: string; readonly origin: string; readonly pathname: string },
): number | undefined {
  // `headers` would keep the first of two.
  const hosts = request.headersDistinct.host ?? [];
  if (hosts.length !== 1) return 400;
  if (hosts[0] !== ours.host) return 421;
  if (isScripted(request, ours.origin)) return 403;
  const [path, ...query] = (request.url ?? '').split('?');
  if (path !== ours.pathname) return 404;
  if (request.method !== 'GET') return 405;
  return query.join('?') === '' ? 404 : undefined;
}

/**
 * Whether anything but the navigation of a window made the request: a script, an image, a frame. Other programs and
 * old browsers send none of these headers. A window that was redirected after a POST may still bear `Origin: null`.
 */
function isScripted({ headers }: IncomingMessage, ourOrigin: string): boolean {
  const { origin, 'sec-fetch-mode': mode, 'sec-fetch-dest': destination } = headers;
  if ((mode ?? 'navigate') !== 'navigate' || (destination ?? 'document') !== 'document') return true;
  if (origin === undefined || origin === ourOrigin) return false;
  return !(origin === 'null' && mode === 'navigate');
}

function answer(response: ServerResponse, status: number): void {
  const page = status === 200 ? callbackPage : `${STATUS_CODES[status] ?? 'Refused'}\n`;
  response.writeHead(status, {
    ...answerHeaders,
    'content-type': `text/${status === 200 ? 'html' : 'plain'}; charset=utf-8`,
    'content-length': Buffer.byteLength(page),
    ...(status === 405 && { allow: 'GET' }),
  });
  response.end(page);
}
