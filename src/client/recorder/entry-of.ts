import type { AuthorizationSnapshot } from '../../machines/authorization.machine.js';
import type { RenewalContext } from '../../machines/renewal.machine.js';
import type { Failure, SessionFacts, SignOutReport } from '../../machines/vocabulary.js';
import { reveal } from '../../services/redacted.js';
import { logName, logScopes } from '../../services/records/log-records.js';
import type { LogEntry } from '../../services/records/log-records.js';
import type { JournalSecrets } from '../../services/renewal/spendable.js';
import { flowFailure } from '../inspection/words.js';
import type { Heard } from './hear.js';

type Body = Pick<LogEntry, 'what'> & Partial<LogEntry>;

/** What is kept of a fact, by allow-list; `null`: nothing, for the process whose deed it is keeps it. */
export function entryOf({ at, fact, before, after }: Heard, by: string): LogEntry | null {
  const body = bodyOf(fact, before);
  if (!body) return null;
  const flow = before.context.flow ?? after.context.flow;
  const isOfFlow = flow !== null && !before.matches('authorized');
  return { at, by: logName(by), ...body, ...(isOfFlow && { flow }) };
}

function bodyOf(fact: Heard['fact'], before: AuthorizationSnapshot): Body | null {
  const renewal = renewalOf(before);
  // What another process renewed, or found refused, is not this one's to tell.
  const isOwn = renewal !== null && renewal.journal !== null;
  const earlier = renewal && earlierOf(renewal);
  switch (fact.type) {
    case 'authorization.ready':
      return { what: 'begun', expiresAt: fact.expiresAt };
    case 'callback.rejected':
      return { what: 'callbackRejected', ...failed(fact.failure) };
    case 'session.authorized':
      return { what: before.matches('adopting') ? 'adopted' : 'signedIn', ...known(fact.facts) };
    case 'session.renewed':
      return isOwn ? { what: 'renewed', ...known(fact.facts), ...earlier } : null;
    case 'session.postponed':
      return { what: 'postponed', ...failed(fact.failure), ...earlier };
    case 'session.unsaved':
      return { what: 'unsaved', ...failed(fact.failure) };
    case 'session.expired':
      return { what: 'expired', ...failed(fact.failure), ...(isOwn ? earlier : { found: true }) };
    case 'session.signedOut':
      return fact.report ? { what: 'signedOut', ...done(fact.report) } : { what: 'signedOut', found: true };
    case 'authorization.failed':
      return { what: 'failed', ...failed(fact.failure) };
    default:
      // A new fact must have its case; but an application's own machine may emit what it likes.
      fact satisfies never;
      return null;
  }
}

function failed(of: Failure): Partial<LogEntry> {
  const failure = flowFailure(of);
  return failure ? { failure } : {};
}

function known({ expiresAt, renewable, missingScopes }: SessionFacts): Partial<LogEntry> {
  return {
    expiresAt,
    renewable,
    ...(missingScopes.length > 0 && { missingScopes: logScopes(missingScopes) }),
  };
}

function done({ cleared, revocations }: SignOutReport): Partial<LogEntry> {
  const told = revocations.map(({ token, revoked, failure }) => {
    return { token, revoked, code: failure ? (flowFailure(failure)?.code ?? null) : null };
  });
  return { cleared, revocations: told };
}

function renewalOf({ children }: AuthorizationSnapshot): RenewalContext | null {
  const snapshot = children['renewal']?.getSnapshot();
  return snapshot && 'context' in snapshot ? (snapshot.context as RenewalContext) : null;
}

/** Of an announcement that this renewal stands on: who had made it, and when. */
function earlierOf({ journal }: RenewalContext): Partial<LogEntry> | null {
  if (!journal) return null;
  const before = (reveal(journal.secrets) as JournalSecrets).live.journal;
  return (
    before && { earlier: { at: before.startedAt, by: before.by === undefined ? null : logName(before.by) } }
  );
}
