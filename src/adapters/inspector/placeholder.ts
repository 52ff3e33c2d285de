export type { FeedItem } from './page/feed.js';
