import type { ProviderAnswer } from '../../machines/vocabulary.js';
import { AuthError } from '../auth-error.js';
import { providerAnswer } from '../clean-text.js';

/** Longer URLs are refused before anything looks at them. */
export const MAXIMUM_CALLBACK_LENGTH = 64 * 1024;

/** Where a callback arrived, as far as it can be compared with a redirect URI. */
export interface CallbackAddress {
  readonly protocol: string;
  readonly hostname: string;
  readonly port: string;
  readonly path: string;
  readonly query: ReadonlyArray<readonly [string, string]>;
}

/** What the provider answered. `faulty` waits until state and issuer are verified: whoever forged it learns nothing. */
export type CallbackOutcome =
  | { readonly kind: 'code'; readonly code: string }
  | { readonly kind: 'error'; readonly answer: ProviderAnswer }
  | { readonly kind: 'faulty'; readonly error: AuthError };

export interface ParsedCallback {
  readonly address: CallbackAddress;
  /** Not verified yet. */
  readonly state: string;
  /** The `iss` parameter (RFC 9207). */
  readonly issuer: string | null;
  readonly outcome: CallbackOutcome;
  /** `code`, `state` and `iss`, form-encoded: what {@link redeemCode} takes. Empty unless the outcome is a code. */
  readonly parameters: string;
}

const SINGLE = ['code', 'state', 'iss', 'error', 'error_description', 'error_uri'] as const;
/** Of flows nobody began here (implicit, hybrid). */
const FOREIGN = ['access_token', 'id_token'] as const;

/**
 * Takes a whole callback URL apart (RFC 6749 §4.1.2), judging only what can be judged without knowing who began it.
 * The caller then verifies, in this order: the state, and by {@link checkCallback} address, issuer, error, code.
 *
 * @throws {@link AuthError} `callback_not_ours`, `callback_malformed`, `callback_state_missing`
 */
export function parseCallback(url: string): ParsedCallback {
  if (typeof url !== 'string') throw notOurs('The callback is not a string.');
  if (url.length > MAXIMUM_CALLBACK_LENGTH) throw malformed('The callback URL is longer than 64 KiB.');
  if (!URL.canParse(url)) throw notOurs('The callback is not an absolute URL.');
  const parsed = new URL(url);
  refuseFragmentResponse(parsed.hash);
  const values = new ResponseParameters(parsed.search);
  if (values.has(...FOREIGN)) throw malformed('The callback carries tokens, which nobody asked for.');
  if (!values.has('code', 'state', 'error')) throw notOurs();
  const state = values.take('state');
  if (state === null) throw values.has('code', 'error') ? new AuthError('callback_state_missing') : notOurs();
  const { issuer, outcome } = settle(values, state);
  const parameters = outcome.kind === 'code' ? serialise(outcome.code, state, issuer) : '';
  return { address: addressOf(parsed), state, issuer, outcome, parameters };
}

/** What of a URL {@link checkCallback} compares. */
export function addressOf({ protocol, hostname, port, pathname, searchParams }: URL): CallbackAddress {
  return { protocol, hostname, port, path: pathname, query: [...searchParams] };
}

function settle(values: ResponseParameters, state: string): Pick<ParsedCallback, 'issuer' | 'outcome'> {
  let issuer: string | null = null;
  try {
    issuer = values.take('iss');
    for (const name of SINGLE) values.take(name);
    const [code, error] = [values.take('code'), values.take('error')];
    if (code !== null && error !== null) throw malformed('The callback carries both a code and an error.');
    if (code !== null) return { issuer, outcome: { kind: 'code', code } };
    if (error === null) throw notOurs('The callback carries neither a code nor an error.');
    const said = { error, description: values.take('error_description'), status: null };
    return { issuer, outcome: { kind: 'error', answer: providerAnswer(said, [state]) } };
  } catch (error) {
    if (error instanceof AuthError) return { issuer, outcome: { kind: 'faulty', error } };
    throw error;
  }
}

function serialise(code: string, state: string, issuer: string | null): string {
  return new URLSearchParams({ code, state, ...(issuer === null ? {} : { iss: issuer }) }).toString();
}

// A code behind # was not sent in the response mode we asked for (RFC 9700 §4.1.3). What providers and
// routers leave there (#_=_, #/path) is no response.
function refuseFragmentResponse(hash: string): void {
  const values = new ResponseParameters(hash.slice(1).replace(/^[/!?]+/, ''));
  if (values.has(...SINGLE, ...FOREIGN)) {
    throw malformed('The callback carries its answer in the fragment, where it was not asked for.');
  }
}

/** Reads response parameters so strictly that no two readers of the same URL can disagree about them. */
class ResponseParameters {
  readonly #raw = new Map<string, string[]>();

  constructor(query: string) {
    for (const pair of query.replace(/^\?/, '').split('&')) {
      const at = pair.indexOf('=');
      const name = leniently(at < 0 ? pair : pair.slice(0, at));
      const known = [...SINGLE, ...FOREIGN].find(
        (single) => name === single || name.startsWith(`${single}[`),
      );
      if (!known) continue;
      const values = this.#raw.get(known) ?? [];
      // code[]= is an array to some servers, so it counts as a second value.
      if (name !== known) values.push('');
      values.push(at < 0 ? '' : pair.slice(at + 1));
      this.#raw.set(known, values);
    }
  }

  has(...names: readonly string[]): boolean {
    return names.some((name) => this.#raw.has(name));
  }

  /** The one value, decoded once; `null` if missing or empty, which RFC 6749 §3.1 takes for missing. */
  take(name: (typeof SINGLE)[number]): string | null {
    const [raw, ...others] = this.#raw.get(name) ?? [];
    if (others.length > 0) throw malformed(`The callback repeats the parameter ${name}.`);
    if (!raw) return null;
    try {
      return decodeURIComponent(raw.replaceAll('+', ' '));
    } catch {
      throw malformed(`The parameter ${name} of the callback is not percent-encoded UTF-8.`);
    }
  }
}

// A name nobody can decode is an unknown one, and those are ignored (RFC 6749 §4.1.2).
function leniently(name: string): string {
  try {
    return decodeURIComponent(name.replaceAll('+', ' '));
  } catch {
    return '';
  }
}

function malformed(detail: string): AuthError {
  return new AuthError('callback_malformed', { detail });
}

function notOurs(detail?: string): AuthError {
  return new AuthError('callback_not_ours', detail === undefined ? {} : { detail });
}
