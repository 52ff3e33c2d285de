import type { Provider } from '../../client/public.js';
import type { Redacted } from '../../machines/vocabulary.js';

export interface RelayConfiguration {
  readonly provider: Provider;
  readonly clientId: string;
  readonly clientSecret: Redacted<string> | null;
  /** Of the pages it serves. */
  readonly origin: string;
}
