import { AuthError } from '../../services/auth-error.js';
import { fingerprintOf } from '../../services/fingerprint.js';
import { readFlow, wasBegun } from '../../services/records/flow-records.js';
import type { LogEntry } from '../../services/records/log-records.js';
import type { ServicePorts } from '../../services/service-ports.js';
import type { Explanation } from './explanation.js';
import type { PendingLog } from './hear.js';
import { explain, lookedUp, verdictOf } from './look-up.js';
import type { Verdict } from './look-up.js';
import { answerIn, sentences, wordsOf } from './sentences.js';
import { momentOf } from './times.js';

const MOST = 512;

/** @throws {@link AuthError} `invalid_option`, `cancelled` */
export async function explainFlow(
  ports: ServicePorts,
  log: PendingLog,
  state: unknown,
  signal: AbortSignal | undefined,
): Promise<Explanation> {
  // A callback URL holds a code, which has no business here. It is not quoted.
  if (typeof state !== 'string' || state === '' || state.length > MOST || /[\s/?#&=:]/.test(state)) {
    const detail =
      'explain() takes the state that begin() gave, and no URL; of a callback it is new URL(callback).searchParams.get("state").';
    throw new AuthError('invalid_option', { detail });
  }
  const of = await fingerprintOf(state, ports.cryptography);
  return explain(ports, { log, kind: 'flowLog', of }, (entries) => judge(ports, of, entries), signal);
}

async function judge(ports: ServicePorts, flow: string, entries: readonly LogEntry[]): Promise<Verdict> {
  const stored = await lookedUp(readFlow(ports.records, flow));
  if ('code' in stored) return verdictOf('unknown', stored.code);
  if (!stored.found) return judgeNone(ports, flow, entries);
  const { record } = stored.found;
  const turnedAway = entries.findLast(
    ({ what }) => what === 'callbackRejected' || what === 'failed',
  )?.failure;
  switch (record.status) {
    case 'pending': {
      if (ports.clock.now() >= record.expiresAt) return verdictOf('needsUser', 'callback_expired');
      const waits = `It waits for its callback, until ${momentOf(record.expiresAt)}.`;
      if (turnedAway) {
        const { meaning, advice } = wordsOf(turnedAway.code);
        return {
          standing: 'pending',
          cause: sentences(waits, `The last one was turned away: ${meaning}`),
          next: advice,
        };
      }
      const next =
        'Open its authorization URL, and give the callback to complete() of a client that shares this store.';
      return { standing: 'pending', cause: waits, next };
    }
    case 'claimed': {
      const cause =
        'Its callback has come. Its code is being exchanged, or the process that did so was killed.';
      return {
        standing: 'pending',
        cause,
        next: 'Bring the same callback again: it gives the outcome, within a minute.',
      };
    }
    case 'completed': {
      const cause = `It was completed at ${momentOf(record.completedAt)}. How its session stands now, session.explain() says.`;
      return { standing: 'signedIn', cause, next: null };
    }
    case 'failed': {
      const { code, provider } = record.failure;
      // Words of a record are believed by allow-list, as those of a log are.
      const error = /^[a-z_]{1,40}$/.exec(provider?.error ?? '')?.[0] ?? null;
      return verdictOf('needsUser', code, answerIn({ status: provider?.status ?? null, error }));
    }
  }
}

async function judgeNone(ports: ServicePorts, flow: string, entries: readonly LogEntry[]): Promise<Verdict> {
  const begun = await lookedUp(wasBegun(ports.records, flow));
  if ('code' in begun) return verdictOf('unknown', begun.code);
  const isKnown = begun.found || entries.length > 0;
  return isKnown ? verdictOf('needsUser', 'callback_expired') : verdictOf('unknown', 'callback_unknown');
}
