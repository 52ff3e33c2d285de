import { droppedCount, feedItem } from '../model/recording.js';
import type { PageEvent } from '../model/page-state.js';

/** The loss itself, and two attempts after it that failed too. */
const GIVEN_UP_AFTER = 3;

/** Hears what the program tells, for as long as it is there. */
export function follow(tell: (event: PageEvent) => void): void {
  const source = new EventSource('feed');
  let heard = 0;
  let failures = 0;
  source.addEventListener('open', () => {
    failures = 0;
    tell({ type: 'connected' });
  });
  // A program that ends says no farewell. The browser tries on, should it come back.
  source.addEventListener('error', () => {
    failures++;
    const isOver = source.readyState === EventSource.CLOSED || failures >= GIVEN_UP_AFTER;
    tell({ type: isOver ? 'ended' : 'disconnected' });
  });
  source.addEventListener('dropped', ({ data }: MessageEvent<string>) => {
    const count = droppedCount(data);
    if (count !== null) tell({ type: 'dropped', count });
  });
  source.addEventListener('message', ({ data, lastEventId }: MessageEvent<string>) => {
    const number = Number(lastEventId);
    // After a pause the server may repeat itself.
    if (number > 0 && number <= heard) return;
    heard = Math.max(heard, number || 0);
    const item = feedItem(data);
    if (item) tell({ type: 'told', item });
  });
}
