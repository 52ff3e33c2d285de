import type {
  AuthorizationEvent,
  AuthorizationInput,
  DeadlineEvent,
  PreparedAuthorization,
  UserAgentEvent,
  Verdict,
} from '../../../src/machines/authorization.contract.js';
import { authorizationMachine } from '../../../src/machines/authorization.machine.js';
import { exchangeMachine } from '../../../src/machines/exchange.machine.js';
import type {
  ClaimOutcome,
  CommitOutcome,
  ExchangeOutput,
  FollowOutcome,
} from '../../../src/machines/exchange.machine.js';
import { renewalMachine } from '../../../src/machines/renewal.machine.js';
import type {
  JournalOutcome,
  LockEvent,
  RefusalOutcome,
  RenewalOutput,
  RequestOutcome,
  RereadOutcome,
  SaveOutcome,
} from '../../../src/machines/renewal.machine.js';
import { signOutMachine } from '../../../src/machines/sign-out.machine.js';
import type { Burial } from '../../../src/machines/sign-out.machine.js';
import type {
  Account,
  Redacted,
  Revocation,
  SessionFacts,
  SignOutReport,
} from '../../../src/machines/vocabulary.js';
import { AuthError } from '../../../src/services/auth-error.js';
import { redact } from '../../../src/services/redacted.js';
import { CANARY, callback, factsOf, failureWith, grant, secret, SESSION } from './samples.js';

export const machines = { authorizationMachine, exchangeMachine, renewalMachine, signOutMachine };

const down = failureWith('store_unavailable');
const refused = failureWith('code_refused');
const fresh = factsOf('fresh');
const standings: SessionFacts[] = [
  fresh,
  factsOf('fresh', { renewable: false }),
  factsOf('due'),
  factsOf('unsaved'),
  factsOf('spent'),
];
const claim = { claimId: 'claim', session: SESSION, expectedAccount: null, secrets: secret() };
const journal = { renewalId: 'renewal', version: '2', secrets: secret() };
const account: Account = { id: '1', username: 'alice' };

/** What each service that answers once may answer, one of a kind. */
export const answers = {
  restoreSession: [null, ...standings] satisfies (SessionFacts | null)[],
  adoptTokens: standings,
  prepareAuthorization: [
    {
      flow: 'flow',
      url: redact(`https://x.example/?state=${CANARY}`),
      redirectUri: 'http://127.0.0.1:1/callback',
      expiresAt: 1_800_000_600_000,
    },
  ] satisfies PreparedAuthorization[],
  verifyCallback: [
    { outcome: 'accepted', flow: 'flow', session: SESSION, grant: grant() },
    { outcome: 'refused', failure: failureWith('access_denied') },
    { outcome: 'rejected', failure: failureWith('callback_unknown') },
    { outcome: 'exhausted', failure: failureWith('callback_limit') },
  ] satisfies Verdict[],
  abandonFlow: [undefined],
  saveUnsaved: [fresh, factsOf('due')] satisfies SessionFacts[],
  exchange: [
    { outcome: 'authorized', facts: fresh },
    { outcome: 'authorized', facts: factsOf('unsaved') },
    { outcome: 'failed', failure: refused },
    { outcome: 'failed', failure: failureWith('client_misconfigured') },
  ] satisfies ExchangeOutput[],
  renewal: [
    { outcome: 'renewed', facts: fresh },
    { outcome: 'renewed', facts: factsOf('due') },
    { outcome: 'unsaved', facts: factsOf('unsaved'), failure: down },
    { outcome: 'postponed', failure: failureWith('provider_busy', 1_800_000_060_000) },
    { outcome: 'unknown', failure: failureWith('outcome_unknown') },
    { outcome: 'misconfigured', failure: failureWith('client_misconfigured') },
    { outcome: 'ended', failure: failureWith('session_revoked') },
    { outcome: 'signedOut' },
  ] satisfies RenewalOutput[],
  signOut: [{ cleared: true, revocations: [] }] satisfies SignOutReport[],

  claimFlow: [{ outcome: 'won', claim }, { outcome: 'lost' }] satisfies ClaimOutcome[],
  redeemCode: [secret()] satisfies Redacted<unknown>[],
  commitReceipt: [
    { outcome: 'committed', expectedAccount: null },
    { outcome: 'committed', expectedAccount: '1' },
    { outcome: 'overtaken', failure: failureWith('exchange_interrupted') },
    { outcome: 'unsaved', facts: factsOf('unsaved') },
  ] satisfies CommitOutcome[],
  recordFailure: [undefined],
  followClaim: [
    { outcome: 'completed', expectedAccount: null },
    { outcome: 'completed', expectedAccount: '1' },
    { outcome: 'failed', failure: refused },
  ] satisfies FollowOutcome[],
  identifyAccount: [account],
  publishSession: [fresh],
  discardTokens: [undefined],

  rereadSession: [
    { outcome: 'renew', spendable: { version: '1', secrets: secret() } },
    { outcome: 'foreign', journal: secret() },
    { outcome: 'adopt', facts: fresh },
    { outcome: 'uncertain', failure: failureWith('outcome_unknown') },
    { outcome: 'ended', failure: failureWith('session_expired') },
    { outcome: 'signedOut' },
  ] satisfies RereadOutcome[],
  waitOutJournal: [undefined],
  writeJournal: [{ outcome: 'written', journal }, { outcome: 'conflict' }] satisfies JournalOutcome[],
  requestTokens: [
    { outcome: 'renewed', tokens: secret() },
    { outcome: 'postponed', failure: failureWith('provider_busy') },
    { outcome: 'tooLate' },
    { outcome: 'unknown', failure: failureWith('outcome_unknown') },
    { outcome: 'refused', failure: failureWith('session_revoked') },
    { outcome: 'misconfigured', failure: failureWith('client_misconfigured') },
  ] satisfies RequestOutcome[],
  saveTokens: [
    { outcome: 'saved', facts: fresh },
    { outcome: 'unsaved', facts: factsOf('unsaved'), failure: down },
    { outcome: 'signedOut' },
  ] satisfies SaveOutcome[],
  clearJournal: [undefined],
  judgeRefusal: [
    { outcome: 'adopt', facts: fresh },
    { outcome: 'ended', failure: failureWith('session_revoked') },
    { outcome: 'signedOut' },
  ] satisfies RefusalOutcome[],

  forgetSession: [null, secret()] satisfies (Redacted<unknown> | null)[],
  buryRecord: [
    { cleared: true, tokens: secret() },
    { cleared: false, tokens: null },
  ] satisfies Burial[],
  revokeTokens: [[{ token: 'refresh_token', revoked: true, failure: null }]] satisfies Revocation[][],
} as const;

/** What each resource may tell while it is held. */
export const tellings = {
  holdUserAgent: [
    { type: 'userAgent.listening', redirectUri: 'http://127.0.0.1:1/callback' },
    { type: 'callback.received', callback: callback() },
  ] satisfies UserAgentEvent[],
  presentAuthorization: [] satisfies UserAgentEvent[],
  holdDeadline: [
    { type: 'deadline.armed', at: 1_800_000_600_000 },
    { type: 'deadline.passed', failure: failureWith('authorization_timeout') },
  ] satisfies DeadlineEvent[],
  watchSession: [{ type: 'session.changed' }],
  holdLock: [{ type: 'lock.acquired' }, { type: 'lock.lost' }] satisfies LockEvent[],
} as const;

/** What any service may fail with: for now, for good, in a way of its own, and not with an error of ours. */
export const faults: readonly Error[] = [
  new AuthError('store_unavailable'),
  new AuthError('record_unreadable'),
  new AuthError('not_signed_in'),
  new Error(`GET https://x.example/?code=${CANARY}`),
];

/** What anybody may send. */
export const publicEvents = [
  { type: 'authorization.begin', request: { presentation: 'atOnce' } },
  { type: 'authorization.begin', request: { presentation: 'onOpen' } },
  { type: 'authorization.begin' },
  { type: 'authorization.open' },
  { type: 'authorization.cancel' },
  { type: 'callback.received', callback: callback() },
  { type: 'session.restore' },
  { type: 'session.adopt', tokens: secret() },
  { type: 'session.renew' },
  { type: 'session.signOut' },
  { type: 'session.changed' },
  { type: 'flow.retry' },
  { type: 'flow.reset' },
] as const satisfies AuthorizationEvent[];

export const inputs = {
  authorization: [
    { session: SESSION, keepWarm: false },
    { session: SESSION, keepWarm: true },
  ] satisfies AuthorizationInput[],
  exchange: [{ flow: 'flow', grant: grant() }],
  renewal: [{ session: SESSION, obtainedAt: 1 }],
  signOut: [
    { session: SESSION, revoke: true },
    { session: SESSION, revoke: false },
  ],
};
