import type { IncomingMessage } from 'node:http';

const LARGEST_BODY = 1_024;

/** The number of the gate that a page wants opened, or the status that refuses it. */
export async function requestedGate(
  request: IncomingMessage,
  ourOrigin: string,
): Promise<{ readonly gate: number } | { readonly refused: number }> {
  const { origin, 'content-type': type = '' } = request.headers;
  // Browsers tell the origin of every POST; a form cannot send JSON.
  if (origin !== ourOrigin) return { refused: 403 };
  if (!/^application\/json(;|$)/.test(type)) return { refused: 415 };
  const body = await bodyOf(request);
  if (body === null) return { refused: 413 };
  const gate = gateIn(body);
  return gate === null ? { refused: 400 } : { gate };
}

/** `null`: too large. */
async function bodyOf(request: IncomingMessage): Promise<string | null> {
  let body = '';
  // Destroyed, it could not be answered.
  for await (const piece of request.setEncoding('utf8').iterator({ destroyOnReturn: false })) {
    body += String(piece);
    if (body.length > LARGEST_BODY) return null;
  }
  return body;
}

function gateIn(body: string): number | null {
  try {
    const { gate } = JSON.parse(body) as { readonly gate?: unknown };
    return Number.isSafeInteger(gate) ? (gate as number) : null;
  } catch {
    return null;
  }
}
