/** A redirect URI that a listener of this machine can serve, taken apart. */
export interface LoopbackRedirectUri {
  /** Addresses to bind. A name may mean either family, so `localhost` needs both (RFC 8252 §8.3). */
  readonly addresses: readonly string[];
  /** 0: any. */
  readonly port: number;
  /** The same redirect URI with another port. */
  withPort(port: number): string;
}

const ADDRESSES: Readonly<Record<string, readonly string[]>> = {
  '127.0.0.1': ['127.0.0.1'],
  '[::1]': ['::1'],
  localhost: ['127.0.0.1', '::1'],
};

/** Reads `http://127.0.0.1:8976/callback` and its like; `undefined` for whatever no listener can serve. */
export function loopbackRedirectUri(redirectUri: string): LoopbackRedirectUri | undefined {
  if (!URL.canParse(redirectUri)) return undefined;
  const url = new URL(redirectUri);
  const addresses = ADDRESSES[url.hostname];
  if (!addresses || url.protocol !== 'http:' || url.username || url.password || url.hash) return undefined;
  return {
    addresses,
    port: url.port === '' ? 80 : Number(url.port),
    // By text, because providers compare redirect URIs by text, and URL would add a slash to an empty path.
    withPort: (port) => redirectUri.replace(/:0+(?=[/?]|$)/, `:${port}`),
  };
}
