import type { Provider } from 'authchart/browser';

/** What the server tells this page. Nothing in it is secret: a page has no secrets. */
export interface Settings {
  readonly clientId: string;
  /** Where the provider is, if not where X itself is: the emulator. */
  readonly provider: Pick<Provider, 'issuer' | 'endpoints' | 'apiOrigins'>;
  readonly usersMe: string;
  /** `memory`: tokens end with the page. `shared`: all tabs share one session, which is kept on disk. */
  readonly store: 'memory' | 'shared';
}

// In a tag of the page, not fetched: the callback must leave the address bar before anything is awaited.
export function readSettings(): Settings {
  const tag = document.querySelector<HTMLMetaElement>('meta[name="settings"]');
  return JSON.parse(tag?.content ?? '{}') as Settings;
}
