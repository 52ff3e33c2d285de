import { Refusal } from './refusal.js';

const FORM = /^application\/x-www-form-urlencoded[\t ]*(?:;|$)/i;

/** Parameters of RFC 6749 §4.1.3 and §6, RFC 7636 §4.5 and RFC 7009 §2.1. Client authentication is not for a page. */
const KNOWN = {
  token: ['grant_type', 'client_id', 'code', 'redirect_uri', 'code_verifier', 'refresh_token', 'scope'],
  revocation: ['client_id', 'token', 'token_type_hint'],
} as const;

/** The grants of this protocol, and what each cannot do without: a code is nothing without its verifier. */
const GRANTS: ReadonlyMap<string | null, string> = new Map([
  ['authorization_code', 'code_verifier'],
  ['refresh_token', 'refresh_token'],
]);

/**
 * The form that a page sends to an endpoint of the protocol, parsed, so that what is sent on is what was checked.
 *
 * @throws {@link Refusal}
 */
export function protocolForm(
  endpoint: keyof typeof KNOWN,
  headers: Headers,
  body: Uint8Array,
  clientId: string,
): URLSearchParams {
  if (!FORM.test(headers.get('content-type') ?? '')) throw new Refusal(415, 'The body is not a form.');
  if (body.length === 0)
    throw new Refusal(400, 'There is no body. Serve the relay before what parses bodies.');
  if (headers.has('authorization')) throw new Refusal(400, 'A page does not authenticate the client.');
  const form = new URLSearchParams(decoded(body));
  const names = [...form.keys()];
  const known: readonly string[] = KNOWN[endpoint];
  // RFC 6749 §3.2: a parameter is there once.
  if (new Set(names).size < names.length || !names.every((name) => known.includes(name))) {
    throw new Refusal(400, 'A parameter is repeated or not one of this protocol.');
  }
  if (form.get('client_id') !== clientId)
    throw new Refusal(403, 'The "client_id" is not the one that is served here.');
  if (endpoint === 'token') {
    const needed = GRANTS.get(form.get('grant_type'));
    if (!needed) throw new Refusal(403, 'The "grant_type" is neither authorization_code nor refresh_token.');
    if (!form.get(needed)) throw new Refusal(400, `The parameter "${needed}" is missing.`);
  }
  return form;
}

function decoded(body: Uint8Array): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(body);
  } catch {
    throw new Refusal(400, 'The body is not UTF-8.');
  }
}
