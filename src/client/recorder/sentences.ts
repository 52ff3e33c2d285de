import type { ErrorCode } from '../../machines/vocabulary.js';
import { isErrorCode } from '../../services/auth-error.js';
import { catalogue } from '../../services/error-catalogue.js';
import type { LogEntry } from '../../services/records/log-records.js';
import type { FlowFailure } from '../inspection/flow-event.js';
import type { ExplainedEvent } from './explanation.js';
import { dayOf, momentOf, timeOf } from './times.js';

type LoggedFailure = NonNullable<LogEntry['failure']>;

export const codeOf = (code: string): ErrorCode => (isErrorCode(code) ? code : 'unexpected');

/** The words of the catalogue: no others are believed of a record. */
export const wordsOf = (code: string) => catalogue[codeOf(code)];

export const sentences = (...said: readonly (string | null | false)[]) => said.filter(Boolean).join(' ');

/** `400 invalid_request`; `null`: the provider said nothing. */
export function answerOf(failure: Pick<LoggedFailure, 'status' | 'error'> | undefined): string | null {
  return (
    [failure?.status, failure?.error].filter((part) => part !== null && part !== undefined).join(' ') || null
  );
}

export function answerIn(failure: Pick<LoggedFailure, 'status' | 'error'>): string | null {
  const answer = answerOf(failure);
  return answer && `The provider answered ${answer}.`;
}

/** `provider_busy (429 slow_down)`; `access_denied`, where the provider uses the same word. */
function faultOf(failure: LoggedFailure | undefined): string {
  const code = codeOf(failure?.code ?? '');
  const answer = answerOf(failure);
  return answer === null || answer === code ? code : `${code} (${answer})`;
}

export function eventOf(entry: LogEntry): ExplainedEvent {
  const { at, last = at, times = 1, by, what, found = false, flow = null } = entry;
  const { renewable = null, expiresAt = null, missingScopes = [], cleared = null, earlier = null } = entry;
  const revocations = (entry.revocations ?? []).map(({ token, revoked, code }) => {
    return { token, revoked, code: code === null ? null : codeOf(code) };
  });
  const failure = entry.failure ? failureOf(entry.failure) : null;
  const says = saysOf(entry);
  const facts = { expiresAt, renewable, missingScopes, cleared, revocations, earlier };
  return { at, last, times, by, what, found, says, failure, flow, ...facts };
}

function failureOf(logged: LoggedFailure): FlowFailure {
  const code = codeOf(logged.code);
  const { phase, retryable, retryAt, status, error } = logged;
  return { code, phase, retryable, retryAt, status, error };
}

function saysOf(entry: LogEntry): string {
  const { at, last = at, times = 1, failure } = entry;
  const fault = faultOf(failure);
  const again = times > 1 && `So ${times} times until ${near(last, at)}.`;
  switch (entry.what) {
    case 'begun':
      return sentences('A sign-in was begun.', again, validUntil('Its callback is awaited', entry));
    case 'callbackRejected':
      return sentences(`A callback was turned away: ${fault}.`, again);
    case 'signedIn':
      return sentences('Signed in.', ...grantOf(entry));
    case 'adopted':
      return sentences('Took over tokens.', ...grantOf(entry));
    case 'renewed':
      return sentences('Renewed.', earlierOf(entry), ...grantOf(entry));
    case 'postponed':
      return sentences(`Renewal did not succeed: ${fault}.`, again, retryOf(entry), earlierOf(entry));
    case 'unsaved':
      return sentences(`New tokens could not be saved: ${fault}.`, again);
    case 'expired':
      return endOf(entry, fault);
    case 'signedOut':
      return entry.found ? 'Found the session signed out.' : sentences('Signed out.', ...reportOf(entry));
    case 'failed':
      return sentences(`Failed: ${fault}.`, again, retryOf(entry));
  }
}

/** As other members of a timeline: with its day only where that is another. */
const near = (at: number, seenFrom: number) => (dayOf(at) === dayOf(seenFrom) ? timeOf(at) : momentOf(at));

function validUntil(what: string, { at, last = at, expiresAt }: LogEntry): string | false {
  return typeof expiresAt === 'number' && `${what} until ${near(expiresAt, last)}.`;
}

function grantOf(entry: LogEntry): (string | false)[] {
  const { renewable, missingScopes = [] } = entry;
  return [
    validUntil('The access token works', entry),
    renewable === false && 'There is no refresh token.',
    missingScopes.length > 0 && `Not granted: ${missingScopes.join(', ')}.`,
  ];
}

function retryOf({ at, last = at, failure }: LogEntry): string | false {
  const { retryAt = null } = failure ?? {};
  return retryAt !== null && `Not again before ${near(retryAt, last)}.`;
}

function earlierOf({ at, earlier }: LogEntry): string | false {
  const by = earlier?.by ?? 'another process';
  return (
    earlier !== undefined &&
    `The same token had been sent by ${by} at ${near(earlier.at, at)}, and no answer was saved.`
  );
}

function endOf(entry: LogEntry, fault: string): string {
  if (entry.failure?.code === 'session_expired') return wordsOf('session_expired').meaning;
  if (entry.found) return `Found the session ended: ${fault}.`;
  const answer = answerOf(entry.failure) ?? 'no reason given';
  return sentences(
    `Renewal refused: ${answer}. The store held the same token.`,
    earlierOf(entry),
    `Ended: ${codeOf(entry.failure?.code ?? '')}.`,
  );
}

function reportOf({ cleared, revocations = [] }: LogEntry): (string | false)[] {
  const alive = revocations.filter(({ revoked }) => !revoked);
  return [
    cleared === false && 'The store could not be told.',
    alive.length > 0 &&
      `Not revoked: ${alive.map(({ token, code }) => `${token} (${code ?? 'unexpected'})`).join(', ')}.`,
    alive.length === 0 && revocations.length > 0 && 'Its tokens were revoked.',
  ];
}
