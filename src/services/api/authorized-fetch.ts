import { AuthError } from '../auth-error.js';
import type { Clock, Transport } from '../ports.js';
import type { Provider } from '../provider/provider.js';
import { sleepUntil } from '../sleep.js';
import { retryAtOf } from '../token-endpoint/retry-at.js';
import { TransportFault } from '../transport-fault.js';
import { apiUrl } from './api-url.js';

export interface ApiRequestInit extends RequestInit {
  /**
   * Milliseconds this call may sleep for a rate limit: a 429 whose window ends within them is waited out and the
   * request repeated. 0, the default, gives the 429 to you.
   */
  readonly waitForRateLimit?: number;
}

export interface ApiPorts {
  readonly provider: Provider;
  readonly clock: Clock;
  readonly transport: Transport;
  /** Is told of each request; what it returns, of the answer, or that none came. Not there while nobody watches. */
  readonly observe?: ((method: string, origin: string) => (answer: Response | null) => void) | undefined;
  accessToken(signal: AbortSignal): Promise<string>;
  /** Another token than the one that was refused, or `null` if there is none. */
  renewed(refused: string, signal: AbortSignal): Promise<string | null>;
}

/**
 * Adds the access token and sends; renews once on 401 (RFC 6750 §3.1) and repeats once if the body can be repeated.
 * A 403 is about scopes or policy: no renewal helps, so none is tried.
 */
export async function authorizedFetch(
  ports: ApiPorts,
  input: string | URL | Request,
  init: ApiRequestInit = {},
) {
  const request = input instanceof Request ? input : null;
  const { waitForRateLimit = 0, ...rest } = init;
  const url = apiUrl(ports.provider, request?.url ?? String(input)).href;
  const headers = new Headers(rest.headers ?? request?.headers);
  if (headers.has('authorization')) throw new AuthError('authorization_header_present');
  const signal = rest.signal ?? request?.signal ?? new AbortController().signal;
  const repeatable = isRepeatable(rest.body, request);
  const settings: RequestInit = { ...(request ? settingsOf(request) : {}), ...rest, headers, signal };

  const send = async (token: string) => {
    headers.set('authorization', `Bearer ${token}`);
    const told = ports.observe?.(settings.method ?? 'GET', new URL(url).origin);
    try {
      const answer = await reach(() => ports.transport.fetch(url, settings), signal);
      told?.(answer);
      return answer;
    } catch (error) {
      told?.(null);
      throw error;
    }
  };

  const token = await ports.accessToken(signal);
  let response = await send(token);
  if (response.status === 401 && repeatable) {
    // A body that nobody reads holds its connection.
    const discard = () => response.body?.cancel();
    const another = await ports.renewed(token, signal).catch(async (error: unknown) => {
      await discard();
      throw error;
    });
    if (another !== null) {
      await discard();
      response = await send(another);
    }
  }
  const until = ports.clock.now() + waitForRateLimit;
  while (response.status === 429 && repeatable && waitForRateLimit > 0) {
    const retryAt = retryAtOf(response.headers, ports.clock.now());
    if (retryAt === null || retryAt > until) break;
    await response.body?.cancel();
    await reach(() => sleepUntil(ports.clock, retryAt, signal), signal);
    response = await send(await ports.accessToken(signal));
  }
  return response;
}

/** A stream is gone once it was sent. */
function isRepeatable(body: RequestInit['body'], request: Request | null): boolean {
  if (body === undefined) return request === null || request.body === null;
  // Node's fetch also takes what can be iterated, Readable among it.
  const streamed = typeof body === 'object' && body !== null && Symbol.asyncIterator in body;
  return !(body instanceof ReadableStream || streamed);
}

/** Copied member by member: a `Request` must go to fetch as URL and settings, for its headers cannot be changed. */
function settingsOf(request: Request): RequestInit {
  const { method, body, redirect, cache, credentials, integrity, keepalive, mode, referrerPolicy } = request;
  const streamed = body === null ? {} : { body, duplex: 'half' };
  const navigation = mode === 'navigate' ? {} : { mode };
  return {
    method,
    redirect,
    cache,
    credentials,
    integrity,
    keepalive,
    referrerPolicy,
    ...navigation,
    ...streamed,
  };
}

/** @throws {@link AuthError} `cancelled`, `provider_unreachable`, `outcome_unknown`, of phase `api` */
export async function reach<Result>(attempt: () => Promise<Result>, signal: AbortSignal): Promise<Result> {
  try {
    return await attempt();
  } catch (error) {
    if (signal.aborted)
      throw new AuthError('cancelled', { phase: 'api', detail: 'The request was cancelled.' });
    if (!(error instanceof TransportFault)) throw error;
    if (!error.sent) throw new AuthError('provider_unreachable', { phase: 'api' });
    throw new AuthError('outcome_unknown', {
      phase: 'api',
      detail: 'The request was sent but no answer came.',
    });
  }
}
