import { policy } from '../policy.js';
import { AuthError } from '../auth-error.js';
import { bytesOf } from '../bytes.js';
import { answerMessage, faultMessage, nextExchange, requestMessage } from '../inspection/messages.js';
import type { RequestPorts } from '../protocol-ports.js';
import { TransportFault } from '../transport-fault.js';

/** Bytes of an answer, after decompression. */
export const MAXIMUM_ANSWER = 1024 * 1024;

/** An answer, read to its end. */
export interface Answer {
  readonly status: number;
  /** It points elsewhere. Never followed: a 307 would carry code and verifier there (RFC 9700 §4.12). */
  readonly redirect: boolean;
  readonly headers: Headers;
  /** `null`: not UTF-8. */
  readonly body: string | null;
}

interface Init {
  readonly method: string;
  readonly headers: Record<string, string>;
  readonly body?: string;
}

/**
 * One request of the protocol, under one deadline for all of it, so that a server of one byte a second does not hold it.
 *
 * @throws {@link TransportFault}; {@link AuthError} if the transport could not begin
 */
export async function protocolRequest(
  url: string,
  init: Init,
  ports: RequestPorts,
  deadline: number = policy.tokenRequest,
): Promise<Answer> {
  const { observe } = ports;
  if (!observe) return exchange(url, init, ports, deadline);
  const request = requestMessage({ exchange: nextExchange(), url, ...init });
  observe(request);
  try {
    const answer = await exchange(url, init, ports, deadline);
    observe(answerMessage(request, answer));
    return answer;
  } catch (error) {
    observe(faultMessage(request, error));
    throw error;
  }
}

async function exchange(
  url: string,
  init: Init,
  { clock, transport }: RequestPorts,
  deadline: number,
): Promise<Answer> {
  const controller = new AbortController();
  let timer: unknown;
  const timeout = new Promise<never>((_, reject) => {
    const giveUp = () => {
      reject(new TransportFault('timeout', true));
      controller.abort();
    };
    // A process that slept through its deadline runs its timers first: the answer that came meanwhile, and the only new
    // refresh token with it, is read before the second one.
    timer = clock.setTimeout(() => {
      timer = clock.setTimeout(giveUp, policy.lateAnswer);
    }, deadline - policy.lateAnswer);
  });
  const settings: RequestInit = {
    ...init,
    redirect: 'manual',
    credentials: 'omit',
    cache: 'no-store',
    referrerPolicy: 'no-referrer',
    signal: controller.signal,
  };
  try {
    // Raced rather than left to the signal: a transport may be slow to obey it.
    return await Promise.race([timeout, transport.fetch(url, settings).then(read)]);
  } catch (error) {
    controller.abort();
    // A transport that cannot even begin (closed, a proxy setting it cannot use) says so in our words: nothing was sent.
    if (error instanceof TransportFault || error instanceof AuthError) throw error;
    throw new TransportFault('unknown', true);
  } finally {
    clock.clearTimeout(timer);
  }
}

async function read(response: Response): Promise<Answer> {
  const { status, headers } = response;
  const redirect = response.type === 'opaqueredirect' || (status >= 300 && status < 400);
  if (redirect) {
    response.body?.cancel().catch(() => {});
    return { status, redirect, headers, body: null };
  }
  return { status, redirect, headers, body: decode(await bytesOf(response.body, MAXIMUM_ANSWER)) };
}

function decode(bytes: Uint8Array): string | null {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return null;
  }
}
