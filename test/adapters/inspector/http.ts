import { once } from 'node:events';
import { request } from 'node:http';
import type { ClientRequest, IncomingHttpHeaders, IncomingMessage, OutgoingHttpHeaders } from 'node:http';
import { onTestFinished } from 'vitest';

export interface Asked {
  readonly method?: string;
  readonly headers?: OutgoingHttpHeaders;
  readonly body?: string;
}

export interface Answered {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

function send(base: string, path: string, { method = 'GET', headers = {}, body }: Asked): ClientRequest {
  const { hostname, port, pathname } = new URL(base);
  // The path as it is: `URL` would take dots out of it.
  const target = path.startsWith('/') ? path : pathname + path;
  const sent = request({ hostname, port, path: target, method, headers, agent: false });
  sent.end(body);
  return sent;
}

/** One request to a path below the inspector's, or with a slash in front to any. */
export async function ask(base: string, path: string, asked: Asked = {}): Promise<Answered> {
  const [response] = (await once(send(base, path, asked), 'response')) as [IncomingMessage];
  let body = '';
  for await (const piece of response.setEncoding('utf8')) body += piece;
  return { status: response.statusCode ?? 0, headers: response.headers, body };
}

export interface FeedEvent {
  readonly id: number | null;
  readonly name: string;
  readonly data: unknown;
}

export interface Feed {
  readonly status: number;
  /** As it came. */
  text(): string;
  events(): readonly FeedEvent[];
  /** Resolves when the text has it; rejects if the feed ends before. */
  until(looksRight: () => boolean): Promise<void>;
  /** Reads nothing more for now. */
  pause(): void;
  resume(): void;
  readonly ended: Promise<void>;
  close(): void;
}

/** A reader of the feed, as an `EventSource` is one. */
export async function openFeed(base: string, headers: OutgoingHttpHeaders = {}): Promise<Feed> {
  const sent = send(base, 'feed', { headers });
  const [response] = (await once(sent, 'response')) as [IncomingMessage];
  let text = '';
  let rest = '';
  let over = false;
  const events: FeedEvent[] = [];
  response.setEncoding('utf8').on('data', (piece: string) => {
    text += piece;
    const blocks = (rest + piece).split('\n\n');
    rest = blocks.pop() ?? '';
    events.push(...blocks.flatMap(eventsIn));
  });
  response.on('error', () => undefined);
  sent.on('error', () => undefined);
  const ended = new Promise<void>((resolve) => response.once('close', resolve)).then(
    () => void (over = true),
  );
  onTestFinished(() => void sent.destroy());
  return {
    status: response.statusCode ?? 0,
    text: () => text,
    events: () => events,
    async until(looksRight) {
      while (!looksRight()) {
        if (over) throw new Error(`The feed ended:\n${text.slice(-500)}`);
        await Promise.race([once(response, 'data'), ended]);
      }
    },
    pause: () => void response.pause(),
    resume: () => void response.resume(),
    ended,
    close: () => void sent.destroy(),
  };
}

/** A comment is none. */
function eventsIn(block: string): FeedEvent[] {
  const fields = new Map(block.split('\n').map((line) => line.split(/: (.*)/s, 2) as [string, string]));
  const [data, id] = [fields.get('data'), fields.get('id')];
  if (data === undefined) return [];
  const name = fields.get('event') ?? 'message';
  return [{ id: id === undefined ? null : Number(id), name, data: JSON.parse(data) as unknown }];
}
