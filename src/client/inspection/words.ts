import type { AuthorizationEvent } from '../../machines/authorization.contract.js';
import type { LockEvent } from '../../machines/renewal.machine.js';
import type { Failure, SessionFacts, Standing } from '../../machines/vocabulary.js';
import { oauthError } from '../../services/inspection/oauth-errors.js';
import { phases } from '../../services/phases.js';
import { isErrorCode } from '../../services/auth-error.js';
import { SERVICES } from './charted.js';
import type { FlowFacts, FlowFailure } from './flow-event.js';

/** Every event of the charts. What is not listed is not told: a machine of the application's own may name events as it likes. */
const EVENTS: Readonly<Record<(AuthorizationEvent | LockEvent)['type'], true>> = {
  'authorization.begin': true,
  'authorization.open': true,
  'authorization.cancel': true,
  'callback.received': true,
  'session.restore': true,
  'session.adopt': true,
  'session.renew': true,
  'session.signOut': true,
  'session.changed': true,
  'flow.retry': true,
  'flow.reset': true,
  'userAgent.listening': true,
  'deadline.armed': true,
  'deadline.passed': true,
  'lock.acquired': true,
  'lock.lost': true,
};

/** Those that carry nothing: an inspector may send them. */
const WITHOUT_PAYLOAD: ReadonlySet<string> = new Set([
  'authorization.begin',
  'authorization.open',
  'authorization.cancel',
  'session.restore',
  'session.renew',
  'session.signOut',
  'flow.retry',
  'flow.reset',
] satisfies AuthorizationEvent['type'][]);

export const mayBeSent = (type: string) => WITHOUT_PAYLOAD.has(type);

const names = new Map<string, string>();

/** `xstate.done.actor.claimFlow` → `done(claimFlow)`. */
export function eventName(type: string): string {
  let name = names.get(type);
  if (name === undefined) {
    name = nameOf(type);
    // The chart's own are few; of others nobody knows how many there are.
    if (name !== 'other') names.set(type, name);
  }
  return name;
}

function nameOf(type: string): string {
  const [, kind, service = ''] = /^xstate[.](done|error)[.]actor[.](\w+)$/.exec(type) ?? [];
  if (SERVICES.has(service)) return `${kind === 'done' ? 'done' : 'failed'}(${service})`;
  return Object.hasOwn(EVENTS, type) ? type : 'other';
}

const STANDINGS: Readonly<Record<Standing, true>> = { fresh: true, due: true, unsaved: true, spent: true };

const number = (value: unknown) => (typeof value === 'number' ? value : null);

/** By the closed lists: services of an application's own may put anything there. */
export function flowFailure(failure: Failure | null | undefined): FlowFailure | null {
  if (!failure) return null;
  const { code, phase, retryable, retryAt, provider } = failure;
  return {
    code: isErrorCode(code) ? code : 'unexpected',
    phase: phases.includes(phase) ? phase : 'session',
    retryable: retryable === true,
    retryAt: number(retryAt),
    status: number(provider?.status),
    error: oauthError(provider?.error),
  };
}

/** `null` also where an application's own service gave something else. */
export function flowFacts(facts: SessionFacts | null | undefined): FlowFacts | null {
  if (!facts || !Object.hasOwn(STANDINGS, facts.standing)) return null;
  const { standing, scopes, missingScopes, obtainedAt, expiresAt, dueAt, renewable } = facts;
  return {
    standing,
    grantedScopes: Array.isArray(scopes) ? scopes.length : 0,
    missingScopes: Array.isArray(missingScopes) ? missingScopes.map(String) : [],
    obtainedAt: number(obtainedAt) ?? 0,
    expiresAt: number(expiresAt),
    dueAt: number(dueAt),
    renewable: renewable === true,
  };
}
