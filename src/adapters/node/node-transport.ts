import { setTimeout as delay } from 'node:timers/promises';
import { AuthError } from '../../services/auth-error.js';
import type { Transport, TransportBody, TransportRequest, TransportResponse } from '../../services/ports.js';
import { TransportFault } from '../../services/transport-fault.js';
import { faultOf } from './fault-of.js';
import { openPool, type Pool } from './node-dispatcher.js';
import { observedDispatch } from './observed-dispatch.js';

export interface NodeTransportOptions {
  /**
   * URL of an HTTP proxy, in place of HTTP_PROXY, HTTPS_PROXY and NO_PROXY. May hold `user:password@`.
   * The empty string goes direct, whatever the environment says.
   */
  readonly proxy?: string;
  /** Milliseconds to wait for response headers, and between two pieces of a body; connecting takes at most 10 s of it. */
  readonly timeout?: number;
}

/**
 * The runtime's own `fetch` over pooled, proxy-aware connections of `undici`, which is loaded with the first request.
 * Certificates are always verified. Idle connections do not keep the process alive.
 *
 * `fetch` and `request` reject with a {@link TransportFault} when no response came, and with {@link AuthError}
 * `client_closed` after `close()`, which waits for requests under way, at most as long as the timeout.
 *
 * @throws {@link AuthError} `invalid_option`: a proxy that is no URL, or an impossible timeout. A proxy of the
 * environment is read with the first request.
 *
 * @example
 * ```ts
 * const transport = nodeTransport({ proxy: 'http://proxy.example:3128' });
 * const response = await transport.fetch('https://api.x.com/2/openapi.json', {});
 * await transport.close();
 * ```
 */
export function nodeTransport(options: NodeTransportOptions = {}): Required<Transport> {
  const { proxy, timeout = 30_000 } = options;
  if (!(timeout > 0 && timeout < 2 ** 31)) {
    throw new AuthError('invalid_option', { detail: 'timeout is not a positive number of milliseconds.' });
  }
  if (proxy && !(URL.canParse(proxy) && /^(https?|socks5?):$/.test(new URL(proxy).protocol))) {
    throw new AuthError('invalid_option', { detail: 'proxy is not the URL of a proxy.' });
  }
  let opening: Promise<Pool> | undefined;
  let closing: Promise<void> | undefined;

  async function send<Answer>(
    signal: AbortSignal | null | undefined,
    exchange: (pool: Pool) => Promise<Answer>,
  ): Promise<Answer> {
    if (closing) throw new AuthError('client_closed');
    const pool = await (opening ??= openPool(proxy, timeout));
    if (closing) throw new AuthError('client_closed');
    if (signal?.aborted) throw new TransportFault('aborted', false);
    const { dispatcher, sent } = observedDispatch(pool.dispatcher);
    try {
      return await exchange({ ...pool, dispatcher });
    } catch (thrown) {
      throw signal?.aborted ? new TransportFault('aborted', sent()) : faultOf(thrown, sent());
    }
  }

  async function end(): Promise<void> {
    const pool = await opening?.catch(() => undefined);
    if (!pool) return;
    // A response whose body nobody reads holds its connection, and would hold this promise, for ever.
    await Promise.race([pool.dispatcher.close(), delay(timeout, undefined, { ref: false })]);
  }

  return {
    fetch: (url, init) =>
      send(init.signal, ({ dispatcher }) => globalThis.fetch(url, Object.assign({}, init, { dispatcher }))),
    request: (url, request) =>
      send(request.signal, async ({ undici, dispatcher }): Promise<TransportResponse> => {
        const { statusCode, headers, body } = await undici.request(url, { ...request, dispatcher });
        return { statusCode, headers, body: guarded(body, request) };
      }),
    close: () => (closing ??= end()),
  };
}

/** The body of an answer, whose failures are faults too. A `SyntaxError` of `json()` is the reader's own. */
function guarded(body: TransportBody, { signal }: TransportRequest): TransportBody {
  const fault = (thrown: unknown): unknown => {
    if (signal?.aborted) return new TransportFault('aborted', true);
    return thrown instanceof SyntaxError ? thrown : faultOf(thrown, true);
  };
  const read = <T>(reading: Promise<T>): Promise<T> =>
    reading.catch((thrown: unknown) => Promise.reject(fault(thrown)));
  return {
    text: () => read(body.text()),
    json: () => read(body.json()),
    arrayBuffer: () => read(body.arrayBuffer()),
    async *[Symbol.asyncIterator]() {
      try {
        yield* body;
      } catch (thrown) {
        throw fault(thrown);
      }
    },
  };
}
