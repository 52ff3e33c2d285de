import type { MessagePart } from './message.js';

type Shown = (value: unknown) => string | null;

const matching =
  (pattern: RegExp): Shown =>
  (value) =>
    typeof value === 'string' && pattern.test(value) ? value : null;
/** A word of the protocol: whatever a server makes of it, it is no token. */
const word = matching(/^[a-zA-Z_-]{1,32}$/);
const uri = matching(/^[a-zA-Z0-9.:/_%-]{1,300}$/);
const masked: Shown = () => null;

/** Every part that is told, and whether with its value. Of any other not even the name is: a forger chooses it. */
const PARTS: Readonly<Record<string, Shown>> = {
  // RFC 6749 §4.1.1, RFC 7636 §4.3
  response_type: word,
  client_id: matching(/^[\x21-\x7e]{1,200}$/),
  redirect_uri: (value) => uri(addressOf(value)),
  scope: matching(/^[a-zA-Z0-9.:/_ -]{1,500}$/),
  state: masked,
  code_challenge: masked,
  code_challenge_method: matching(/^(?:S256|plain)$/),
  // RFC 6749 §4.1.2, RFC 9207 §2
  code: masked,
  iss: (value) => uri(addressOf(value)),
  error: matching(/^[a-z_]{1,40}$/),
  error_description: masked,
  error_uri: masked,
  // RFC 6749 §4.1.3, §6, RFC 7636 §4.5, RFC 7009 §2.1
  grant_type: matching(/^(?:authorization_code|refresh_token)$/),
  code_verifier: masked,
  refresh_token: masked,
  client_secret: masked,
  token: masked,
  token_type_hint: matching(/^(?:access|refresh)_token$/),
  // RFC 6749 §5.1
  access_token: masked,
  id_token: masked,
  token_type: word,
  expires_in: (value) => (typeof value === 'number' && Number.isFinite(value) ? String(value) : null),
  // Of answers about an account, and of X's errors
  data: masked,
  detail: masked,
  title: masked,
};

/** Parameters or members, by allow-list; how many others there were is told, and nothing else of them. */
export function maskedParts(given: Iterable<readonly [name: string, value: unknown]>): MessagePart[] {
  const all = [...given];
  // A server may echo a secret where nobody expects one.
  const secrets = all.flatMap(([name, value]) =>
    typeof value === 'string' && value.length >= 6 && PARTS[name] === masked ? [value] : [],
  );
  const parts: MessagePart[] = [];
  let others = 0;
  for (const [name, given] of all) {
    const shown = Object.hasOwn(PARTS, name) ? PARTS[name] : undefined;
    if (!shown) others += 1;
    else {
      const value = shown(given);
      const clean = value !== null && !secrets.some((secret) => value.includes(secret));
      parts.push({ name, value: clean ? value : null });
    }
  }
  return others > 0 ? [...parts, { name: 'others', value: String(others) }] : parts;
}

/** Without query and fragment, where an application may have put anything. */
export function addressOf(url: unknown): string | null {
  if (typeof url !== 'string' || !URL.canParse(url)) return null;
  const { origin, protocol, host, pathname } = new URL(url);
  return origin === 'null' ? `${protocol}//${host}${pathname}` : `${origin}${pathname}`;
}
