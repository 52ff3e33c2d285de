/** What happens in a state, in the few words that fit a line. States without words pass unmentioned. */
export const words: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  restoring: {
    session: 'what does the file hold?',
    flow: 'whose callback is this?',
  },
  awaitingAuthorization: {
    opening: 'a listener on the redirect URI opens',
    preparing: 'state, verifier and challenge; saved, then shown',
    waiting: 'the page is with the person',
    verifying: 'state, issuer, error, code: in this order',
  },
  abandoning: { '': 'the verifier is erased' },
  exchanging: {
    claiming: 'this callback is ours; no other will be',
    redeeming: 'code and verifier are sent, once',
    committing: 'tokens enter the receipt',
    publishing: 'the session is saved',
    following: 'another process sends this code',
    discarding: 'the tokens are revoked',
  },
  'authorized.renewing': {
    queueing: 'one renewal at a time',
    rereading: 'has somebody renewed already?',
    waitingOut: 'another process is spending the token',
    journaling: 'about to spend it: written down first',
    requesting: 'the refresh token is sent',
    saving: 'the new one replaces the spent one',
    judgingRefusal: 'refused: who was faster?',
  },
  authorized: {
    fresh: 'the access token works',
    due: 'the next use renews',
    postponed: 'the network must come back',
    uncertain: 'nobody knows whether the token is spent',
    saving: 'the store must come back',
  },
  signingOut: {
    forgetting: 'gone from memory',
    burying: 'gone from the file',
    revoking: 'the provider is told',
  },
  expired: { '': 'a human must sign in' },
  error: { retryable: 'trying again can succeed', permanent: 'something must change first' },
  idle: { '': 'nobody is signed in' },
};
