import type { FeedItem } from './page/feed.js';

/** The newest events of a client, numbered from 1. Whoever reads keeps its place by number, and nothing is kept for it. */
export interface Backlog {
  add(item: FeedItem): void;
  /** `undefined`: dropped, or not there yet. */
  at(number: number): FeedItem | undefined;
  /** What is before it was dropped. */
  oldest(): number;
  /** 0: there is none. */
  newest(): number;
  /** Calls the listener after each event, until the returned function is called. */
  watch(listener: () => void): () => void;
}

export function createBacklog(limit = 5_000): Backlog {
  const items: FeedItem[] = [];
  const listeners = new Set<() => void>();
  let newest = 0;
  const oldest = () => Math.max(1, newest - limit + 1);
  return {
    add(item) {
      items[newest++ % limit] = item;
      for (const listener of listeners) listener();
    },
    at: (number) => (number >= oldest() && number <= newest ? items[(number - 1) % limit] : undefined),
    oldest,
    newest: () => newest,
    watch(listener) {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
  };
}
