import type { Store } from 'authchart/node';
import type { StoreSettings } from '../worker/settings.js';

/** A store that all workers share and that can be made to stand still. */
export interface SharedStore {
  readonly name: 'file' | 'Redis' | 'PostgreSQL';
  /** How workers reach it. */
  readonly settings: StoreSettings;
  /** For us, who are never held up. */
  readonly store: Store;
  /** Until the returned function is called. */
  pause(): Promise<() => Promise<void>>;
  /** Ends every connection; `null` where there is none. */
  readonly cut: (() => Promise<void>) | null;
  close(): Promise<void>;
}
