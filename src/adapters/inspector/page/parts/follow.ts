import { droppedCount, feedItem } from '../model/recording.js';
import type { PageEvent } from '../model/page-state.js';

/** Hears what the program tells, for as long as it is there. */
export function follow(tell: (event: PageEvent) => void): void {
  const source = new EventSource('feed');
  let heard = 0;
  source.addEventListener('open', () => tell({ type: 'connected' }));
  // While the browser tries again, nobody knows whether the program has ended.
  source.addEventListener('error', () =>
    tell({ type: source.readyState === EventSource.CLOSED ? 'ended' : 'disconnected' }),
  );
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
