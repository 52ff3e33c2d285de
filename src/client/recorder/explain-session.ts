import { logName, logScopes } from '../../services/records/log-records.js';
import type { LogEntry } from '../../services/records/log-records.js';
import type { LiveSession, SessionRecord } from '../../services/records/schema.js';
import { storedFailure } from '../../services/records/schema.js';
import type { ServicePorts } from '../../services/service-ports.js';
import { factsOf } from '../../services/session/facts.js';
import { flowFailure } from '../inspection/words.js';
import type { Explanation } from './explanation.js';
import type { PendingLog } from './hear.js';
import { explain, lookedUp, verdictOf } from './look-up.js';
import type { Verdict } from './look-up.js';
import { answerIn, answerOf, sentences, wordsOf } from './sentences.js';
import { momentOf } from './times.js';

/** @throws {@link AuthError} `cancelled` */
export function explainSession(
  ports: ServicePorts,
  log: PendingLog,
  name: string,
  signal: AbortSignal | undefined,
): Promise<Explanation> {
  return explain(ports, { log, kind: 'log', of: name }, (entries) => judge(ports, name, entries), signal);
}

async function judge(ports: ServicePorts, name: string, entries: readonly LogEntry[]): Promise<Verdict> {
  const stored = await lookedUp(ports.records.readSession(name));
  const own = judgeMemory(ports, name);
  if (own) return own;
  if ('code' in stored) return verdictOf('unknown', stored.code);
  const { record } = stored.found ?? {};
  switch (record?.status) {
    case undefined:
      return judgeNone(entries);
    case 'signedOut':
      return judgeTombstone(entries);
    case 'ended':
      return judgeEnded(record, entries);
    case 'live':
      return judgeLive(ports, name, record, entries);
  }
}

/** What this process alone knows. */
function judgeMemory({ vault }: ServicePorts, name: string): Verdict | null {
  if (vault.unburied.has(name)) {
    const cause =
      'It was signed out here while the store could not be told: other processes may still use it.';
    return { standing: 'signedOut', cause, next: 'Keep this process running until the store is back.' };
  }
  if (!vault.get(name)?.unsaved) return null;
  const cause = 'Its newest tokens are only in the memory of this process: they could not be saved yet.';
  return {
    standing: 'signedIn',
    cause,
    next: 'Bring the store back, and keep this process running until then.',
  };
}

const isGood = ({ what }: LogEntry) => what === 'signedIn' || what === 'adopted' || what === 'renewed';
const sinceGood = (entries: readonly LogEntry[]) => entries.slice(entries.findLastIndex(isGood) + 1);

/** A process that is killed writes nothing of it. */
function gapAfter(entries: readonly LogEntry[], what: string): string {
  const { at, last = at } = entries.at(-1) ?? {};
  return last === undefined
    ? `Nothing was recorded of ${what}.`
    : `Nothing was recorded after ${momentOf(last)}, so it is not known which process did it, and when.`;
}

const SIGN_IN = wordsOf('not_signed_in').advice;

function judgeNone(entries: readonly LogEntry[]): Verdict {
  const last = entries.at(-1);
  const failure = last?.what === 'failed' || last?.what === 'callbackRejected' ? last.failure : undefined;
  if (failure) return verdictOf('signedOut', failure.code, answerIn(failure));
  if (last?.what === 'begun') {
    const cause = `A sign-in was begun at ${momentOf(last.last ?? last.at)}, and no session has come of it yet.`;
    const next =
      'Complete it: client.explain(state) says how it stands. Make sure that begin() and complete() share one store.';
    return { standing: 'signedOut', cause, next };
  }
  const was = entries.some(isGood);
  const gone =
    was &&
    'There was a session, and its record is gone: removed, past its end, or lost with a store in memory.';
  return {
    standing: 'signedOut',
    cause: sentences(gone || 'Nobody has signed in.', was && gapAfter(entries, 'it')),
    next: SIGN_IN,
  };
}

function judgeTombstone(entries: readonly LogEntry[]): Verdict {
  const since = sinceGood(entries);
  const deed = since.findLast(({ what, found }) => what === 'signedOut' && !found);
  if (!deed)
    return {
      standing: 'signedOut',
      cause: sentences('It was signed out.', gapAfter(entries, 'it')),
      next: SIGN_IN,
    };
  const isAlive = deed.revocations?.some(({ revoked }) => !revoked);
  const alive =
    isAlive && 'The provider could not be told of all its tokens, which live on until they run out.';
  return {
    standing: 'signedOut',
    cause: sentences(`It was signed out by ${deed.by} at ${momentOf(deed.at)}.`, alive || null),
    next: SIGN_IN,
  };
}

function judgeEnded(
  record: Extract<SessionRecord, { status: 'ended' }>,
  entries: readonly LogEntry[],
): Verdict {
  const failure = flowFailure(storedFailure(record.failure))!;
  const deed = sinceGood(entries).findLast(({ what, found }) => what === 'expired' && !found);
  const answer = answerOf(failure);
  const refused =
    deed &&
    `A renewal by ${deed.by} was refused at ${momentOf(deed.at)}${answer ? `: ${answer}` : ''}. The store held the same token, so nobody had renewed meanwhile.`;
  return verdictOf(
    'needsUser',
    failure.code,
    refused ?? sentences(answerIn(failure), gapAfter(entries, 'its end')),
  );
}

function judgeLive(
  ports: ServicePorts,
  name: string,
  live: LiveSession,
  entries: readonly LogEntry[],
): Verdict {
  const now = ports.clock.now();
  const { expiresAt, renewable, standing, missingScopes, obtainedAt } = factsOf(name, live, '', now);
  if (standing === 'spent') return verdictOf('needsUser', 'session_expired');
  const isTold = entries.some((entry) => isGood(entry) && entry.at >= obtainedAt);
  const gap = isTold ? null : `Its tokens came at ${momentOf(obtainedAt)}, and nothing recorded says how.`;
  const hasRunOut = expiresAt !== null && now >= expiresAt;
  const { journal } = live;
  if (journal) {
    const by = journal.by === undefined ? 'a process' : logName(journal.by);
    const sent = `A renewal was announced by ${by} at ${momentOf(journal.startedAt)}, and no answer is saved: it runs, or its process was killed.`;
    const next =
      'Go on using the session: once it cannot be running any more, the next use that needs to sends the token again.';
    return { standing: 'signedIn', cause: sentences(sent, gap), next };
  }
  const trouble = sinceGood(entries).findLast(
    // What failed with a flow was a sign-in, beside which the session lives on.
    ({ what, flow, at, last = at }) =>
      (what === 'postponed' || (what === 'failed' && flow === undefined)) && last >= obtainedAt,
  );
  if (trouble?.failure) {
    const { failure } = trouble;
    const isRenewal = trouble.what === 'postponed' || failure.phase === 'renewal';
    const verdict = verdictOf('signedIn', failure.code, answerIn(failure));
    const works = hasRunOut ? 'The access token has run out.' : 'The access token still works.';
    return {
      ...verdict,
      cause: sentences(isRenewal && 'It could not be renewed.', verdict.cause, works, gap),
    };
  }
  const works =
    expiresAt === null
      ? 'The provider did not say how long the access token works.'
      : hasRunOut
        ? `The access token has run out at ${momentOf(expiresAt)}; the next use renews it.`
        : `The access token works until ${momentOf(expiresAt)}.`;
  const missing = missingScopes.length > 0 && `Not granted: ${logScopes(missingScopes).join(', ')}.`;
  return {
    standing: 'signedIn',
    cause: sentences('It is signed in.', works, !renewable && 'There is no refresh token.', missing, gap),
    next: null,
  };
}
