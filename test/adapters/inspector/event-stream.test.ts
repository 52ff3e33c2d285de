import type { ServerResponse } from 'node:http';
import { PassThrough } from 'node:stream';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { createBacklog } from '../../../src/adapters/inspector/backlog.js';
import { streamEvents } from '../../../src/adapters/inspector/event-stream.js';
import type { FeedItem } from '../../../src/adapters/inspector/page/feed.js';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

const item = (gate: number): FeedItem => ({ type: 'gate.opened', gate });

/** A reader who has seen the beginning, and the pieces that were written to it since. */
function reading() {
  const backlog = createBacklog();
  const response = new PassThrough();
  const stream = streamEvents(response as unknown as ServerResponse, backlog, {
    after: 0,
    heartbeat: 60_000,
  });
  const pieces: string[] = [];
  vi.spyOn(response, 'write').mockImplementation((piece: unknown) => {
    pieces.push(String(piece));
    return true;
  });
  return { backlog, response, stream, pieces };
}

const idsIn = (piece: string) => [...piece.matchAll(/^id: (\d+)$/gm)].map(([, id]) => Number(id));

it('sends what happens within one frame in one piece, however many turns it took', () => {
  const { backlog, pieces } = reading();
  for (const gate of [1, 2, 3]) {
    backlog.add(item(gate));
    vi.advanceTimersByTime(10);
  }
  expect(pieces).toEqual([]);
  vi.advanceTimersByTime(10);
  expect(pieces.map(idsIn)).toEqual([[1, 2, 3]]);
  backlog.add(item(4));
  vi.advanceTimersByTime(40);
  expect(pieces.map(idsIn)).toEqual([[1, 2, 3], [4]]);
});

it('sends what waits for its frame at once when it is to end, and not again', () => {
  const { backlog, stream, pieces } = reading();
  backlog.add(item(1));
  stream.flush();
  expect(pieces.map(idsIn)).toEqual([[1]]);
  vi.advanceTimersByTime(1_000);
  expect(pieces.map(idsIn)).toEqual([[1]]);
});

it('leaves no timer behind when its reader goes', () => {
  const { backlog, response } = reading();
  backlog.add(item(1));
  response.emit('close');
  expect(vi.getTimerCount()).toBe(0);
});
