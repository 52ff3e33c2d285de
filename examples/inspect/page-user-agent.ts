import { once } from 'node:events';
import type { UserAgent } from 'authchart/node';

export interface PageUserAgent extends UserAgent {
  /** Where the person is to sign in; `null`: nowhere at present. */
  address(): string | null;
  /** Resolves when there is such an address. */
  presented(): Promise<string>;
}

/** The browser that the person has open already: the application sends it to the provider, and its callback route gets it back. */
export function pageUserAgent(): PageUserAgent {
  let address: string | null = null;
  const waiting = new Set<(address: string) => void>();
  return {
    address: () => address,
    presented: () => new Promise((resolve) => (address ? resolve(address) : waiting.add(resolve))),
    async listen(redirectUri, { signal }) {
      signal.addEventListener('abort', () => (address = null), { once: true });
      return { redirectUri, closed: once(signal, 'abort').then(() => undefined) };
    },
    async present(url) {
      address = url;
      for (const tell of waiting) tell(url);
      waiting.clear();
    },
  };
}
