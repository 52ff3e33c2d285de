import type { ServerResponse } from 'node:http';
import type { Backlog } from './backlog.js';

export interface StreamOptions {
  /** The number of the last event that the reader has; 0: none. */
  readonly after: number;
  /** Milliseconds. */
  readonly heartbeat: number;
}

/** Characters. */
const PIECE = 16 * 1024;
/** Milliseconds, which nobody sees: what happens within them leaves in one piece. */
const FRAME = 40;

/**
 * Sends the backlog and what follows as server-sent events. Nothing is buffered for a slow reader beyond what its socket
 * takes: it reads on where it was, and is let go when that was dropped, or when it has taken nothing for a whole beat.
 */
export function streamEvents(
  response: ServerResponse,
  backlog: Backlog,
  { after, heartbeat }: StreamOptions,
): { readonly flush: () => void } {
  const dropped = backlog.oldest() - 1 - after;
  let next = after + Math.max(0, dropped) + 1;
  let nextAtBeat = 0;
  response.write('retry: 1000\n\n');
  if (dropped > 0) response.write(`event: dropped\ndata: ${JSON.stringify({ count: dropped })}\n\n`);

  function send(): void {
    if (response.destroyed) return;
    if (next < backlog.oldest()) return void response.destroy();
    while (next <= backlog.newest() && !response.writableNeedDrain) response.write(piece());
  }

  function piece(): string {
    let text = '';
    for (; next <= backlog.newest() && text.length < PIECE; next++)
      text += `id: ${next}\ndata: ${JSON.stringify(backlog.at(next))}\n\n`;
    return text;
  }

  let soon: NodeJS.Timeout | undefined;
  function sendSoon(): void {
    soon ??= setTimeout(() => {
      soon = undefined;
      send();
    }, FRAME).unref();
  }

  function beat(): void {
    if (response.destroyed) return;
    if (!response.writableNeedDrain) return void response.write(':\n\n');
    if (next === nextAtBeat) response.destroy();
    nextAtBeat = next;
  }

  const beats = setInterval(beat, heartbeat).unref();
  const unwatch = backlog.watch(sendSoon);
  response.on('drain', send);
  response.once('close', () => {
    clearInterval(beats);
    clearTimeout(soon);
    unwatch();
  });
  send();
  return { flush: send };
}
