import type * as Undici from 'undici';
import { AuthError } from '../../services/auth-error.js';
import { proxyConnections } from './proxy-connections.js';

const CONNECT_TIMEOUT = 10_000;

/** npm undici, and a pool of its connections. */
export interface Pool {
  readonly undici: typeof Undici;
  readonly dispatcher: Undici.Dispatcher;
}

/** Loads undici (80 ms) and opens a pool that goes through the proxies of the environment, or through `proxy`. */
export async function openPool(proxy: string | undefined, timeout: number): Promise<Pool> {
  // undici makes itself the process's global dispatcher where there is none yet. Touching a global of the runtime's own
  // fetch first puts the runtime's there, so that the application's other requests stay as they were.
  void globalThis.Headers;
  const undici = await import('undici');
  const tls = {
    timeout: Math.min(CONNECT_TIMEOUT, timeout),
    // Said aloud, because NODE_TLS_REJECT_UNAUTHORIZED=0 would win over silence. RFC 6749 §10.9 has no exception.
    rejectUnauthorized: true,
  };
  try {
    const dispatcher = new undici.EnvHttpProxyAgent({
      headersTimeout: timeout,
      bodyTimeout: timeout,
      connect: tls,
      requestTls: tls,
      proxyTls: tls,
      // The connection to the proxy has no limits of its own, and a proxy may leave a CONNECT without an answer.
      clientFactory: (origin, options) =>
        proxyConnections(undici, origin, { ...options, headersTimeout: timeout }),
      ...(proxy !== undefined && { httpProxy: proxy, httpsProxy: proxy, noProxy: '' }),
    });
    return { undici, dispatcher };
  } catch {
    // The error of the URL parser quotes the address, which may hold the password of the proxy.
    throw new AuthError('invalid_option', { detail: 'HTTP_PROXY or HTTPS_PROXY holds no usable proxy URL.' });
  }
}
