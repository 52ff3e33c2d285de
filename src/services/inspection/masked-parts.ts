import type { MessagePart } from './message.js';
import { oauthError } from './oauth-errors.js';

type Shown = (value: unknown) => string | null;

const matching =
  (pattern: RegExp): Shown =>
  (value) =>
    typeof value === 'string' && pattern.test(value) ? value : null;
const masked: Shown = () => null;

/** Every part of a message that is told, and whether with its value. Of any other not even the name is: a forger chooses it. */
type Parts = Readonly<Record<string, Shown>>;

/** What we send: the values that are shown are the application's own settings. */
export const SENT: Parts = {
  // RFC 6749 §4.1.1, RFC 7636 §4.3
  response_type: matching(/^code$/),
  client_id: matching(/^[\x21-\x7e]{1,200}$/),
  redirect_uri: (value) => addressOf(String(value)),
  scope: matching(/^[\x20-\x7e]{1,1000}$/),
  state: masked,
  code_challenge: masked,
  code_challenge_method: matching(/^S256$/),
  // RFC 6749 §4.1.3 and §6, RFC 7636 §4.5
  grant_type: matching(/^(?:authorization_code|refresh_token)$/),
  code: masked,
  code_verifier: masked,
  refresh_token: masked,
  client_secret: masked,
  // RFC 7009 §2.1
  token: masked,
  token_type_hint: matching(/^(?:access|refresh)_token$/),
};

/** What a browser brings, from the provider or from somebody who would be taken for it. */
export const BROUGHT: Parts = {
  // RFC 6749 §4.1.2, RFC 9207 §2
  code: masked,
  state: masked,
  iss: masked,
  error: oauthError,
  error_description: masked,
  error_uri: masked,
};

/** Seconds, of a few years at most: a longer number may be somebody's. */
const seconds: Shown = (value) =>
  typeof value === 'number' && value >= 0 && value <= 99_999_999 ? String(value) : null;

/** What the provider answers. The names of scopes are its own words too. */
export const ANSWERED: Parts = {
  // RFC 6749 §5.1 and §5.2
  access_token: masked,
  refresh_token: masked,
  id_token: masked,
  token_type: matching(/^bearer$/i),
  expires_in: seconds,
  scope: masked,
  error: oauthError,
  error_description: masked,
  error_uri: masked,
  // Of answers about an account, and of X's errors
  data: masked,
  detail: masked,
  title: masked,
};

/** Parameters or members by allow-list; how many others there were is told, and nothing else of them. */
export function maskedParts(
  given: Iterable<readonly [name: string, value: unknown]>,
  parts: Parts,
): MessagePart[] {
  const told: MessagePart[] = [];
  let others = 0;
  for (const [name, value] of given) {
    // Whoever repeats one has made it up.
    const isRepeated = told.some((part) => part.name === name);
    if (!Object.hasOwn(parts, name) || isRepeated) others += 1;
    else told.push({ name, value: parts[name]!(value) });
  }
  if (others > 0) told.push({ name: 'others', value: String(others) });
  return told;
}

/** Of an address in the configuration, which was checked there: without query, where an application may have put anything. */
export const addressOf = (url: string): string => /^[^?#]*/.exec(url)![0];
