import { AuthError } from '../../services/auth-error.js';
import type { Clock } from '../../services/ports.js';

const DEADLINE = 5_000;

/**
 * What `work` gives within five seconds of our clock. A client that is offline keeps its commands until it is back:
 * the signal takes back what has not been sent by then.
 *
 * @throws {@link AuthError} `store_unavailable`, whatever the client or the server failed with
 */
export async function inTime<T>(clock: Clock, work: (signal: AbortSignal) => Promise<T>): Promise<T> {
  const given = new AbortController();
  let timer: unknown;
  const late = new Promise<never>((_, reject) => {
    timer = clock.setTimeout(() => {
      // First, for the client rejects too when the signal aborts.
      reject(unavailable('Redis did not answer within 5 seconds.'));
      given.abort();
    }, DEADLINE);
  });
  try {
    return await Promise.race([work(given.signal), late]);
  } catch (thrown) {
    throw thrown instanceof AuthError ? thrown : faultOf(thrown);
  } finally {
    clock.clearTimeout(timer);
  }
}

/** The first word of an error the server replied with, such as `READONLY` or `NOSCRIPT`. */
export function codeWordOf(thrown: unknown): string | undefined {
  const message = thrown instanceof Error ? thrown.message : '';
  // How NOPERM reads within a script, since Redis 7.2 and before.
  if (/^ERR (ACL failure|The user executing)/.test(message)) return 'NOPERM';
  return /^[A-Z]{2,}[A-Z0-9_]*(?= |$)/.exec(message)?.[0];
}

export function unreadable(redisKey: string, why: string): AuthError {
  return new AuthError('record_unreadable', { detail: `The Redis key ${redisKey} ${why}.` });
}

function unavailable(detail: string): AuthError {
  return new AuthError('store_unavailable', { detail });
}

/** Names the kind alone: messages hold addresses, and may quote keys and arguments. */
function faultOf(thrown: unknown): AuthError {
  if (!(thrown instanceof Error) || thrown instanceof TypeError)
    return new AuthError('unexpected', { phase: 'store' });
  const kind = codeWordOf(thrown) ?? errnoOf(thrown) ?? classOf(thrown);
  return kind === 'ClientClosedError'
    ? unavailable('The Redis client is closed, or was never connected (ClientClosedError).')
    : unavailable(`Redis failed with ${kind}.`);
}

function errnoOf(thrown: Error): string | undefined {
  const code = 'code' in thrown ? thrown.code : undefined;
  return typeof code === 'string' && /^[A-Z][A-Z0-9_]*$/.test(code) ? code : undefined;
}

function classOf(thrown: Error): string {
  const { name } = thrown.constructor;
  return /^\w*Error$/.test(name) ? name : 'an error without a name';
}
