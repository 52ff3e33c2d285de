import { isScopeToken } from '../scopes.js';
import type { Answer } from './protocol-request.js';

/** What a token endpoint granted, checked and copied member by member. */
export interface TokenSet {
  readonly accessToken: string;
  /** `null`: the answer brought none. After a renewal the old one stays valid (RFC 6749 §6). */
  readonly refreshToken: string | null;
  readonly tokenType: 'bearer';
  /** Whole seconds from the request on; `null`: the server did not say. */
  readonly expiresIn: number | null;
  /** `null`: as requested (RFC 6749 §5.1). */
  readonly scopes: readonly string[] | null;
}

/** A year. Longer lifetimes are mistakes, or no lifetimes at all. */
const MAXIMUM_LIFETIME = 365 * 24 * 60 * 60;

/** Says in a sentence what is wrong with an answer. Quotes nothing of it. */
export class ResponseFault extends Error {}

export const TOKEN_JSON = /^application\/json[\t ]*(?:;|$)/i;
/** X's edge answers faults in RFC 9457 form. */
export const ERROR_JSON = /^application\/(?:problem\+)?json[\t ]*(?:;|$)/i;

/**
 * The members of a JSON object that a server answered.
 *
 * @throws {@link ResponseFault}
 */
export function jsonOf(
  { headers, body }: Pick<Answer, 'headers' | 'body'>,
  mediaType: RegExp,
): Readonly<Record<string, unknown>> {
  if (!mediaType.test(headers.get('content-type') ?? '')) {
    throw new ResponseFault('The answer is not application/json.');
  }
  const json = parse(body);
  if (typeof json !== 'object' || json === null || Array.isArray(json)) {
    throw new ResponseFault('The answer is not a JSON object.');
  }
  // Of duplicate members the last one wins, here and in every use of it; a null prototype answers for no member.
  return Object.assign(Object.create(null), json) as Record<string, unknown>;
}

function parse(body: string | null): unknown {
  try {
    return JSON.parse(body ?? '');
  } catch {
    throw new ResponseFault('The answer is not JSON in UTF-8.');
  }
}

/**
 * Reads a successful answer (RFC 6749 §5.1) more strictly than oauth4webapi, which takes "60abc" for 60 seconds.
 * An `id_token` is left where it is: unverified, it says nothing about anybody.
 *
 * @throws {@link ResponseFault}
 */
export function readTokenSet(json: Readonly<Record<string, unknown>>): TokenSet {
  if (json['error'] !== undefined && json['error'] !== null)
    throw new ResponseFault('The answer carries both tokens and an error.');
  return {
    accessToken: readAccessToken(json['access_token']),
    refreshToken: readRefreshToken(json['refresh_token']),
    tokenType: readTokenType(json['token_type']),
    expiresIn: readLifetime(json['expires_in']),
    scopes: readScopes(json['scope']),
  };
}

function readAccessToken(value: unknown): string {
  // Visible ASCII: it becomes part of a header (RFC 6750 §2.1).
  if (typeof value === 'string' && /^[\x21-\x7e]+$/.test(value)) return value;
  throw new ResponseFault('Its access_token is missing or no text of visible ASCII.');
}

function readRefreshToken(value: unknown): string | null {
  if (value === undefined || value === null || value === '') return null;
  if (typeof value === 'string' && /^[\x20-\x7e]+$/.test(value)) return value;
  throw new ResponseFault('Its refresh_token is no text of printable ASCII.');
}

function readTokenType(value: unknown): 'bearer' {
  if (typeof value === 'string' && value.toLowerCase() === 'bearer') return 'bearer';
  throw new ResponseFault('Its token_type is missing or not bearer.');
}

function readLifetime(value: unknown): number | null {
  if (value === undefined || value === null) return null;
  // 1e999 is a JSON number and parses to Infinity.
  if (typeof value === 'number' && Number.isFinite(value) && value >= 0) {
    return Math.min(Math.floor(value), MAXIMUM_LIFETIME);
  }
  throw new ResponseFault('Its expires_in is not a number of seconds.');
}

function readScopes(value: unknown): readonly string[] | null {
  if (value === undefined || value === null) return null;
  if (typeof value !== 'string') throw new ResponseFault('Its scope is not a string.');
  const scopes = value.split(/\s+/).filter((scope) => scope !== '');
  if (!scopes.every(isScopeToken))
    throw new ResponseFault('Its scope has characters that RFC 6749 §3.3 does not allow.');
  return [...new Set(scopes)];
}
