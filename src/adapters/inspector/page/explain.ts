/** What happens in a state, for somebody who walks through it for the first time. */
export interface Step {
  readonly says: string;
  /** What leaves the application, and for whom; absent: nothing. */
  readonly sends?: string;
  /** What it waits for. */
  readonly waitsFor: string;
}

/** By machine and state. A state that is not here is explained by its parent. */
export const steps: Readonly<Record<string, Step>> = {
  'authorization idle': { says: 'Nothing is under way.', waitsFor: 'the program, which has begun nothing' },
  'authorization restoring': { says: 'The store is read.', waitsFor: 'the store' },
  'authorization restoring.flow': {
    says: 'A callback came in: its state is looked up among the sign-ins that have begun.',
    waitsFor: 'the store',
  },
  'authorization adopting': { says: 'Tokens from elsewhere are saved.', waitsFor: 'the store' },
  'authorization awaitingAuthorization': {
    says: 'Everything that a sign-in needs is held open now, and closed when this state is left.',
    waitsFor: 'the person at the provider’s page',
  },
  'authorization awaitingAuthorization.opening': {
    says: 'A listener or a popup is made ready before anybody is sent away, so that no callback is missed.',
    waitsFor: 'the user agent, which makes ready to receive',
  },
  'authorization awaitingAuthorization.preparing': {
    says: 'State and verifier are drawn at random. Their record is saved first: a callback can never be faster than it.',
    waitsFor: 'the store, which saves the pending flow',
  },
  'authorization awaitingAuthorization.prepared': {
    says: 'A popup opens only inside a click.',
    waitsFor: 'a click of the person in the application',
  },
  'authorization awaitingAuthorization.presented': {
    says: 'The browser is at the provider’s page. The person signs in there and consents.',
    sends:
      'the authorization request, through the browser: client_id, redirect_uri, scope, state, code_challenge',
    waitsFor: 'the person at the provider’s page',
  },
  'authorization awaitingAuthorization.presented.verifying': {
    says: 'The callback is checked before anything is sent: its state first, then the issuer, an error, the code.',
    waitsFor: 'the check of the callback',
  },
  'authorization abandoning': {
    says: 'The flow ends in the store too, so that a late callback learns why.',
    waitsFor: 'the store',
  },
  'authorization abandoned': { says: 'What was asked for comes next.', waitsFor: 'nothing' },
  'authorization exchanging': {
    says: 'The code is exchanged for tokens, exactly once, whoever else tries.',
    waitsFor: 'the exchange',
  },
  'authorization authorized': {
    says: 'Somebody is signed in.',
    waitsFor: 'the program, or the time at which the token is due',
  },
  'authorization authorized.renewing': {
    says: 'A new access token is fetched. Whoever asks meanwhile shares it.',
    waitsFor: 'the renewal',
  },
  'authorization authorized.stale': {
    says: 'A renewal failed for now. The session stays, and it is tried again.',
    waitsFor: 'the time of the next try',
  },
  'authorization authorized.unsaved': { says: 'New tokens could not be saved.', waitsFor: 'the store' },
  'authorization authorized.unsaved.backingOff': {
    says: 'The store is still down.',
    waitsFor: 'the time of the next try',
  },
  'authorization authorized.rereading': {
    says: 'Somebody else wrote the record: it is read again.',
    waitsFor: 'the store',
  },
  'authorization expired': {
    says: 'The session has ended, and only the person can begin another.',
    waitsFor: 'the program, which must have the person sign in again',
  },
  'authorization signingOut': {
    says: 'The tokens are forgotten here first, then in the store, then revoked. No network can stop it.',
    waitsFor: 'the sign-out',
  },
  'authorization error': {
    says: 'It failed, and the failure says what to do.',
    waitsFor: 'the program, which may try again',
  },
  'exchange claiming': {
    says: 'One atomic write says who redeems this code. A callback that arrives twice is redeemed once.',
    waitsFor: 'the store',
  },
  'exchange redeeming': {
    says: 'Code and verifier go to the token endpoint, directly: no browser is in between.',
    sends: 'the token request: grant_type, code, redirect_uri, code_verifier',
    waitsFor: 'the answer of the token endpoint',
  },
  'exchange committing': {
    says: 'The tokens are saved before anybody uses them.',
    waitsFor: 'the store',
  },
  'exchange following': {
    says: 'Somebody else redeems this code: what they get counts here too.',
    waitsFor: 'the receipt of the other process',
  },
  'exchange committed': { says: 'The tokens are safe.', waitsFor: 'nothing' },
  'exchange identifying': {
    says: 'The provider says whose tokens these are, for a certain account is expected.',
    sends: 'the account request, with the access token',
    waitsFor: 'the answer about the account',
  },
  'exchange publishing': { says: 'The session is written for everybody to use.', waitsFor: 'the store' },
  'exchange recordingFailure': { says: 'The reason is left for whoever follows.', waitsFor: 'the store' },
  'exchange discarding': {
    says: 'Tokens that nobody may use are revoked.',
    sends: 'the revocation request: token, token_type_hint',
    waitsFor: 'the answer of the revocation endpoint',
  },
  'exchange authorized': { says: 'There is a session.', waitsFor: 'nothing' },
  'exchange failed': { says: 'There is none.', waitsFor: 'nothing' },
  'renewal holding': {
    says: 'A lock keeps others from doing the same work. No safety rests on it.',
    waitsFor: 'the lock',
  },
  'renewal holding.rereading': {
    says: 'Whoever held the lock before may have renewed already.',
    waitsFor: 'the store',
  },
  'renewal holding.waitingOut': {
    says: 'Another process has announced that it spends this token.',
    waitsFor: 'the other process',
  },
  'renewal holding.journaling': {
    says: 'The record says that this process is about to spend the refresh token: after a crash others know.',
    waitsFor: 'the store',
  },
  'renewal holding.requesting': {
    says: 'The refresh token is spent. It works once; the answer holds the next one.',
    sends: 'the token request: grant_type, refresh_token',
    waitsFor: 'the answer of the token endpoint',
  },
  'renewal holding.saving': {
    says: 'The new tokens replace the spent one before anybody uses them.',
    waitsFor: 'the store',
  },
  'renewal holding.withdrawing': { says: 'Nothing was spent: the announcement goes.', waitsFor: 'the store' },
  'renewal holding.judgingRefusal': {
    says: 'The token was refused. If another one is in the store by now, that one counts.',
    waitsFor: 'the store',
  },
  'renewal renewed': { says: 'There is a working access token.', waitsFor: 'nothing' },
  'renewal unsaved': { says: 'New tokens are in memory only.', waitsFor: 'nothing' },
  'renewal postponed': { says: 'Nothing was spent; it is tried again.', waitsFor: 'nothing' },
  'renewal unknown': { says: 'The token may be spent.', waitsFor: 'nothing' },
  'renewal misconfigured': { says: 'The provider does not accept this client.', waitsFor: 'nothing' },
  'renewal ended': { says: 'The grant is dead.', waitsFor: 'nothing' },
  'renewal signedOut': { says: 'Somebody signed out meanwhile.', waitsFor: 'nothing' },
  'signOut forgetting': { says: 'From here on no token is handed out.', waitsFor: 'nothing' },
  'signOut burying': { says: 'The record becomes a tombstone, for all processes.', waitsFor: 'the store' },
  'signOut revoking': {
    says: 'The provider takes the tokens back, the refresh token first.',
    sends: 'the revocation request: token, token_type_hint',
    waitsFor: 'the answer of the revocation endpoint',
  },
  'signOut signedOut': { says: 'No token is left here.', waitsFor: 'nothing' },
};

/** A step, and the state whose it is: that asked for, or one around it. */
export function stepOf(machine: string, state: string): (Step & { readonly of: string }) | null {
  const keys = state.split('.');
  for (let depth = keys.length; depth > 0; depth--) {
    const of = keys.slice(0, depth).join('.');
    const name = `${machine} ${of}`;
    if (Object.hasOwn(steps, name)) return { ...steps[name]!, of };
  }
  return null;
}

/** What a service does, for its "done" and its "failed". */
export const services: Readonly<Record<string, string>> = {
  restoreSession: 'reading the session record',
  rereadSession: 'reading the session record again',
  recallFlow: 'looking up the flow of the callback',
  adoptTokens: 'saving tokens from elsewhere',
  deadline: 'the deadline of the sign-in',
  userAgent: 'the user agent',
  presentation: 'showing the provider’s page',
  prepareAuthorization: 'making state, verifier and URL, and saving their record',
  verifyCallback: 'checking the callback',
  abandonFlow: 'ending the flow in the store',
  watch: 'watching the session record',
  freshness: 'the time for which the token works',
  backoff: 'the pause before the next try',
  saveUnsaved: 'saving tokens that were in memory only',
  exchange: 'the exchange of the code',
  renewal: 'the renewal',
  signOut: 'the sign-out',
  claimFlow: 'claiming the flow',
  redeemCode: 'redeeming the code at the token endpoint',
  commitReceipt: 'saving the tokens in the receipt',
  followClaim: 'following the receipt of another process',
  identifyAccount: 'asking whose tokens these are',
  publishSession: 'writing the session record',
  recordFailure: 'leaving the failure in the receipt',
  discardTokens: 'revoking tokens that nobody may use',
  holdLock: 'the lock',
  waitOutJournal: 'waiting for another process',
  writeJournal: 'announcing the renewal in the record',
  requestTokens: 'sending the refresh token',
  saveTokens: 'saving the new tokens',
  clearJournal: 'taking the announcement back',
  judgeRefusal: 'judging the refusal',
  forgetSession: 'forgetting the tokens in memory',
  buryRecord: 'writing the tombstone',
  revokeTokens: 'revoking the tokens',
};

const EVENTS: Readonly<Record<string, string>> = {
  'authorization.begin': 'the application begins a sign-in',
  'authorization.open': 'the person clicks',
  'authorization.cancel': 'the sign-in is cancelled',
  'callback.received': 'the browser comes back with a callback',
  'session.restore': 'the application asks for its session',
  'session.adopt': 'the application brings tokens',
  'session.renew': 'the application asks for a new access token',
  'session.signOut': 'the application signs out',
  'session.changed': 'somebody else wrote the session record',
  'flow.retry': 'it is tried again',
  'flow.reset': 'it starts anew',
  'userAgent.listening': 'the user agent is ready to receive, and its redirect URI is known',
  'deadline.armed': 'a deadline is set',
  'deadline.passed': 'a deadline has passed',
  'lock.acquired': 'the lock is ours',
  'lock.lost': 'the lock is lost',
};

/** A sentence without its capital and full stop. */
export function eventSentence(event: string): string {
  const [, kind, service] = /^(done|failed)\((.+)\)$/.exec(event) ?? [];
  if (service !== undefined) {
    const what = Object.hasOwn(services, service) ? services[service]! : service;
    return `${what} ${kind === 'done' ? 'is done' : 'has failed'}`;
  }
  return Object.hasOwn(EVENTS, event) ? EVENTS[event]! : event;
}
