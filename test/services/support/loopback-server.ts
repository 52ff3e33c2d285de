import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface Recorded {
  readonly method: string;
  readonly url: string;
  readonly headers: IncomingMessage['headers'];
  readonly body: string;
}

export interface LoopbackServer extends AsyncDisposable {
  readonly origin: string;
  readonly requests: Recorded[];
  /** What the next requests are answered with. */
  answer: (request: Recorded, response: ServerResponse) => void;
  close(): Promise<void>;
}

/** A real HTTP server that records what it is sent. */
export async function loopbackServer(
  answer: LoopbackServer['answer'] = (_, response) => response.end(),
): Promise<LoopbackServer> {
  const requests: Recorded[] = [];
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const recorded = {
        method: request.method ?? '',
        url: request.url ?? '',
        headers: request.headers,
        body: Buffer.concat(chunks).toString('utf8'),
      };
      requests.push(recorded);
      self.answer(recorded, response);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const close = () =>
    new Promise<void>((resolve) => {
      server.close(() => resolve());
      server.closeAllConnections();
    });
  const self: LoopbackServer = {
    origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    requests,
    answer,
    close,
    [Symbol.asyncDispose]: close,
  };
  return self;
}

export function json(
  body: unknown,
  status = 200,
  headers: Record<string, string> = {},
): LoopbackServer['answer'] {
  return text(typeof body === 'string' ? body : JSON.stringify(body), status, {
    'content-type': 'application/json',
    ...headers,
  });
}

export function text(
  body: string | Buffer,
  status = 200,
  headers: Record<string, string> = {},
): LoopbackServer['answer'] {
  return (_, response) => {
    response.writeHead(status, headers);
    response.end(body);
  };
}
