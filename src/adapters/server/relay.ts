import { AuthError } from '../../services/auth-error.js';
import { bytesOf } from '../../services/bytes.js';
import type { Clock, Transport } from '../../services/ports.js';
import { RELAY_HEADER, reportText, targetOf } from '../../services/relay-protocol.js';
import type { RelayReport } from '../../services/relay-protocol.js';
import { TransportFault } from '../../services/transport-fault.js';
import { guarded, refusal } from './answers.js';
import { within } from './deadline.js';
import { Refusal } from './refusal.js';
import type { RelayConfiguration } from './relay-configuration.js';
import { forwardable } from './relay-rules.js';
import { isOfScript, isOwnPage } from './requests.js';

/** Serves one path, POST alone. */
export type Relay = (request: Request) => Promise<Response>;

/** Less than the page itself waits: it is told what is known, instead of giving up. */
const DEADLINE = 25_000;
const MOST_BYTES = 8 * 1024 * 1024;

const ALLOWED = /^(?:content-type|retry-after|www-authenticate|x-rate-limit-[a-z-]+)$/;

export function relayOf(
  configuration: RelayConfiguration,
  { clock, transport }: { readonly clock: Clock; readonly transport: Transport },
): Relay {
  return async (request) => {
    const controller = new AbortController();
    let sending = false;
    try {
      return await within(clock, DEADLINE, async () => {
        requireOwnScript(request, configuration);
        const target = targetOf(request.headers.get(RELAY_HEADER));
        if (!target) throw new Refusal(400, `The header "${RELAY_HEADER}" names no target.`);
        const { url, init } = forwardable(target, request.headers, await bodyOf(request), configuration);
        // The page has been told that nothing was sent.
        if (controller.signal.aborted) throw new TransportFault('aborted', false);
        sending = true;
        return await answered(
          await transport.fetch(url, {
            ...init,
            // Followed, a redirect would carry code and verifier to wherever it points (RFC 9700 §4.12).
            redirect: 'manual',
            credentials: 'omit',
            cache: 'no-store',
            referrerPolicy: 'no-referrer',
            signal: controller.signal,
          }),
        );
      });
    } catch (error) {
      controller.abort();
      if (error instanceof Refusal) return refused(error);
      if (!sending) return refused(new Refusal(400, 'The request did not come to its end.'));
      return failed(faultOf(error));
    }
  };
}

function requireOwnScript(request: Request, { origin }: RelayConfiguration): void {
  if (request.method !== 'POST') throw new Refusal(405, 'Method not allowed.');
  if (!isOfScript(request) || !isOwnPage(request, { origin })) {
    throw new Refusal(
      403,
      `Only scripts of pages of ${origin} are served, and this request comes from none.`,
    );
  }
}

async function bodyOf(request: Request): Promise<Uint8Array<ArrayBuffer>> {
  try {
    return await bytesOf(request.body, MOST_BYTES);
  } catch (error) {
    throw error instanceof TransportFault ? new Refusal(413, 'The body is too large.') : error;
  }
}

/** As 200, with the provider's status beside it: what stands before the relay answers faults in its own way. */
async function answered(response: Response): Promise<Response> {
  const { status } = response;
  if (status < 200) throw new TransportFault('unknown', true);
  const redirected = status >= 300 && status < 400;
  if (redirected) response.body?.cancel().catch(() => {});
  const body = redirected ? null : await bytesOf(response.body, MOST_BYTES);
  const headers = [...response.headers].filter(([name]) => ALLOWED.test(name));
  return reported(new Response(body, { headers }), { kind: 'answered', status });
}

function faultOf(error: unknown): TransportFault {
  if (error instanceof TransportFault) return error;
  // A transport that cannot begin, a closed one say, tells so in our words. Of anything else neither message nor cause is
  // told on: a runtime that refuses a header quotes it.
  return error instanceof AuthError
    ? new TransportFault('proxy', false)
    : new TransportFault('unknown', true);
}

function failed(fault: TransportFault): Response {
  const status = fault.kind === 'timeout' ? 504 : 502;
  return reported(new Response(null, { status }), { kind: 'failed', fault });
}

function refused({ status, sentence }: Refusal): Response {
  const allow: Record<string, string> = status === 405 ? { allow: 'POST' } : {};
  return reported(refusal(status, sentence, allow), { kind: 'refused' });
}

function reported(response: Response, report: RelayReport): Response {
  response.headers.set(RELAY_HEADER, reportText(report));
  return guarded(response);
}
