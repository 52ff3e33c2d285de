import type { ErrorCode, Phase, ProviderAnswer } from '../../machines/vocabulary.js';
import { AuthError, type ErrorDetails } from '../auth-error.js';
import { providerAnswer } from '../clean-text.js';
import type { Provider } from '../provider/provider.js';
import type { TransportFault, TransportFaultKind } from '../transport-fault.js';
import type { Answer } from './protocol-request.js';
import { retryAtOf } from './retry-at.js';
import { ERROR_JSON, jsonOf, type ResponseFault } from './token-response.js';

/**
 * What is known of a request that failed. `notSent`: the server saw nothing of it. `turnedAway`: the server did not act on it, asking
 * again later may succeed. `unknown`: it may have taken effect. `refused`: code or refresh token are dead. `misconfigured`: the client
 * is at fault, the grant is not.
 */
export type Certainty = 'notSent' | 'turnedAway' | 'unknown' | 'refused' | 'misconfigured';

/** What every failed request to token and revocation endpoint throws. */
export class TokenRequestError extends AuthError {
  readonly certainty: Certainty;

  constructor(code: ErrorCode, certainty: Certainty, details: ErrorDetails) {
    super(code, details);
    this.certainty = certainty;
  }
}

export type Purpose = 'code' | 'refresh' | 'revocation';

export interface Situation {
  readonly purpose: Purpose;
  readonly provider: Provider;
  /** Whether a client secret was sent. */
  readonly confidential: boolean;
  /** What was sent and must not come back in the server's words. */
  readonly secrets: readonly string[];
  /** Unix milliseconds. */
  readonly now: number;
}

export const phaseOf: Readonly<Record<Purpose, Phase>> = {
  code: 'exchange',
  refresh: 'renewal',
  revocation: 'signOut',
};

const words: Readonly<Record<TransportFaultKind, string>> = {
  dns: "The provider's host name could not be resolved.",
  refused: 'The provider refused the connection.',
  tls: 'No secure connection to the provider could be made, or its certificate is not valid.',
  proxy: 'The proxy could not reach the provider.',
  relay:
    'What answers at the path of relayTransport() is no relay() of authchart, or refuses this page; its answer says why.',
  timeout: 'The provider did not answer in time.',
  reset: 'The connection to the provider broke.',
  aborted: 'The request was aborted.',
  too_large: 'The answer of the provider is too large.',
  unknown: 'No answer of the provider came.',
};

export function classifyFault(fault: TransportFault, { purpose }: Situation): TokenRequestError {
  const details = { phase: phaseOf[purpose], detail: words[fault.kind] };
  if (!fault.sent) return new TokenRequestError('provider_unreachable', 'notSent', details);
  const code = fault.kind === 'too_large' ? 'response_invalid' : 'outcome_unknown';
  return new TokenRequestError(code, 'unknown', details);
}

/** Of an answer that grants nothing. `fault`: why a 200 is unusable. */
export function classifyAnswer(
  answer: Answer,
  situation: Situation,
  fault?: ResponseFault,
): TokenRequestError {
  const { purpose, provider } = situation;
  const { status } = answer;
  const said = wordsOf(answer, situation.secrets);
  const details = { phase: phaseOf[purpose], provider: said };
  if (answer.redirect) {
    const detail = 'The endpoint answers with a redirect, which is not followed.';
    return new TokenRequestError('response_invalid', 'unknown', { ...details, detail });
  }
  // A 503 that neither says when to come back nor speaks JSON is some edge's: what is behind it may have acted.
  const ofTheServer =
    answer.headers.has('retry-after') || ERROR_JSON.test(answer.headers.get('content-type') ?? '');
  if (status === 429 || (status === 503 && (ofTheServer || purpose !== 'refresh'))) {
    const retryAt = retryAtOf(answer.headers, situation.now);
    return new TokenRequestError('provider_busy', 'turnedAway', { ...details, retryAt });
  }
  if (status >= 500) {
    const detail = `The provider failed with status ${status}.`;
    return new TokenRequestError('outcome_unknown', 'unknown', { ...details, detail });
  }
  if (status >= 400 || (status === 200 && said.error !== null && !fault)) {
    return classifyRefusal(said, provider, situation, details);
  }
  const detail = fault?.message ?? `The provider answers with status ${status}, not 200.`;
  return new TokenRequestError('response_invalid', 'unknown', { ...details, detail });
}

function classifyRefusal(
  said: ProviderAnswer,
  provider: Provider,
  { purpose, confidential }: Pick<Situation, 'purpose' | 'confidential'>,
  details: ErrorDetails,
): TokenRequestError {
  const sent = confidential
    ? 'The provider does not accept this client; a secret was sent, so the app must be a confidential one with this secret.'
    : 'The provider does not accept this client; no secret was sent, so the app must be a public one.';
  if (provider.misconfigured(said)) {
    return new TokenRequestError('client_misconfigured', 'misconfigured', { ...details, detail: sent });
  }
  if (provider.deadGrant(said)) return new TokenRequestError(refusals[purpose], 'refused', details);
  // RFC 6749 §5.2 keeps 401 for clients that failed to authenticate.
  if (said.status === 401) return new TokenRequestError('client_misconfigured', 'misconfigured', details);
  if (said.error === null) {
    // A proxy, a firewall or another service than the token endpoint: it did not act on the grant.
    const detail = `The endpoint answers with status ${said.status} and no OAuth error.`;
    return new TokenRequestError('response_invalid', 'turnedAway', { ...details, detail });
  }
  if (purpose === 'code') return new TokenRequestError('code_refused', 'refused', details);
  if (purpose === 'revocation') {
    const detail = 'The provider refused to revoke the token.';
    return new TokenRequestError('response_invalid', 'refused', { ...details, detail });
  }
  // A session ends only if its grant is known to be dead.
  return new TokenRequestError('client_misconfigured', 'misconfigured', details);
}

const refusals: Readonly<Record<Purpose, ErrorCode>> = {
  code: 'code_refused',
  refresh: 'session_revoked',
  revocation: 'session_revoked',
};

/** X's edge also answers with problem+json, so `detail` and `title` count as descriptions. */
function wordsOf(answer: Answer, secrets: readonly string[]): ProviderAnswer {
  const status = answer.status || null;
  try {
    const json = jsonOf(answer, ERROR_JSON);
    const description = json['error_description'] ?? json['detail'] ?? json['title'];
    return providerAnswer({ error: json['error'], description, status }, secrets);
  } catch {
    return { error: null, description: null, status };
  }
}
