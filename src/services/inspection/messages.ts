import { TransportFault } from '../transport-fault.js';
import { ANSWERED, BROUGHT, SENT, addressOf, maskedParts } from './masked-parts.js';
import type { Message, MessageName, MessagePart } from './message.js';

let exchanges = 0;

/** A name for a request and its answer, unique in this process. */
export const nextExchange = () => String(++exchanges);

/** What the person is sent to the provider with (RFC 6749 §4.1.1). */
export function authorizationRequestMessage(url: string, flow: string): Message {
  const line = addressOf(url);
  const parts = maskedParts(new URLSearchParams(url.slice(line.length + 1)), SENT);
  return frontChannel({ from: 'client', to: 'provider', name: 'authorization request', line, parts }, flow);
}

/** What the person comes back with (RFC 6749 §4.1.2), true or false. */
export function authorizationResponseMessage(url: string, flow: string): Message {
  const [, query = ''] = /[?]([^#]*)/.exec(url) ?? [];
  const parts = maskedParts(new URLSearchParams(query), BROUGHT);
  // Whoever forged the address chose its path too.
  const line = 'the redirect URI';
  return frontChannel({ from: 'provider', to: 'client', name: 'authorization response', line, parts }, flow);
}

function frontChannel(message: Omit<Message, 'exchange' | 'status'>, flow: string): Message {
  // Of a fingerprint: enough to tell flows apart.
  return { ...message, exchange: flow.slice(0, 8), status: null };
}

interface HttpRequest {
  readonly exchange: string;
  readonly url: string;
  readonly method: string;
  readonly headers: Record<string, string>;
  readonly body?: string;
}

/** A request to the token endpoint (RFC 6749 §4.1.3, §6), the revocation endpoint (RFC 7009 §2.1) or for an account. */
export function requestMessage({ exchange, url, method, headers, body }: HttpRequest): Message {
  const parameters = new URLSearchParams(body ?? '');
  const line = `${method} ${addressOf(url)}`;
  const parts = [...authorizationPart(headers), ...maskedParts(parameters, SENT)];
  const name: MessageName = parameters.has('grant_type')
    ? 'token request'
    : parameters.has('token')
      ? 'revocation request'
      : 'account request';
  return { exchange, from: 'client', to: 'provider', name, line, status: null, parts };
}

/** The scheme says whether the client proved who it is; what follows is its proof. */
function authorizationPart(headers: Record<string, string>): MessagePart[] {
  const entry = Object.entries(headers).find(([name]) => name.toLowerCase() === 'authorization');
  const [scheme] = /^(?:Basic|Bearer)(?= )/.exec(entry?.[1] ?? '') ?? [];
  return entry ? [{ name: scheme ? `authorization: ${scheme}` : 'authorization', value: null }] : [];
}

interface HttpAnswer {
  readonly status: number;
  readonly headers: Headers;
  readonly body: string | null;
}

export function answerMessage(request: Message, { status, headers, body }: HttpAnswer): Message {
  const name = request.name.replace('request', 'response') as MessageName;
  return reply(request, name, status, [...waitParts(headers), ...bodyParts(body)]);
}

/** When to come back, in seconds. */
function waitParts(headers: Headers): MessagePart[] {
  const value = headers.get('retry-after');
  return value !== null && /^\d{1,7}$/.test(value) ? [{ name: 'retry-after', value }] : [];
}

function bodyParts(body: string | null): MessagePart[] {
  if (body === '') return [];
  try {
    const json: unknown = JSON.parse(body ?? '');
    if (typeof json === 'object' && json !== null) return maskedParts(Object.entries(json), ANSWERED);
  } catch {
    // A page of a proxy, say.
  }
  return [{ name: 'body', value: null }];
}

/** A call of the application's own (RFC 6750 §2.1). Its path may say whose it is, so it is not told. */
export function apiRequestMessage(method: string, origin: string): Message {
  const line = `${method} ${origin}`;
  const parts = [{ name: 'authorization: Bearer', value: null }];
  return {
    exchange: nextExchange(),
    from: 'client',
    to: 'provider',
    name: 'API request',
    line,
    status: null,
    parts,
  };
}

/** `null`: no answer came. */
export function apiResponseMessage(
  request: Message,
  answer: Pick<HttpAnswer, 'status' | 'headers'> | null,
): Message {
  if (!answer) return faultMessage(request, null);
  return reply(request, 'API response', answer.status, waitParts(answer.headers));
}

/** No answer came, or none that could be read. */
export function faultMessage(request: Message, error: unknown): Message {
  const kind = error instanceof TransportFault ? error.kind : 'unknown';
  return reply(request, 'no response', null, [{ name: 'reason', value: kind }]);
}

const reply = (
  { exchange, line }: Message,
  name: MessageName,
  status: number | null,
  parts: readonly MessagePart[],
): Message => ({ exchange, from: 'provider', to: 'client', name, line, status, parts });
