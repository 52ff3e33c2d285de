import type { ErrorCode, Failure, Phase } from '../../machines/vocabulary.js';

/** What a person is told, who can change nothing about a program: no code's own words, which are for developers. */
export interface Words {
  readonly status: number;
  readonly title: string;
  readonly text: string;
  /** Whether signing in once more is a way out. */
  readonly again: boolean;
}

const words = {
  refused: {
    status: 403,
    title: 'You did not give access',
    text: 'Nothing was stored. You can sign in whenever you like.',
    again: true,
  },
  late: {
    status: 410,
    title: 'That took too long',
    text: 'This sign-in has expired. Starting again takes a moment.',
    again: true,
  },
  used: {
    status: 409,
    title: 'This sign-in is over',
    text: 'It was completed before. If you are not signed in now, start again.',
    again: true,
  },
  elsewhere: {
    status: 403,
    title: 'This sign-in began elsewhere',
    text: 'It was started in another browser or by another user, it took too long, or this browser keeps no cookies. Start again here.',
    again: true,
  },
  account: {
    status: 403,
    title: 'That was another account',
    text: 'Its access was given back. Switch accounts at the provider, then start again.',
    again: true,
  },
  nobody: {
    status: 401,
    title: 'Nobody is signed in',
    text: 'Sign in to this site first.',
    again: false,
  },
  invalid: {
    status: 400,
    title: 'This sign-in cannot be completed',
    text: 'Its address is incomplete, or was changed on the way. Start again.',
    again: true,
  },
  unavailable: {
    status: 503,
    title: 'Not available right now',
    text: 'Nothing is lost. Try again in a moment.',
    again: true,
  },
  notSignedOut: {
    status: 503,
    title: 'The sign-out is not complete',
    text: 'It could not be recorded for now. Please try again in a moment.',
    again: false,
  },
  unanswered: {
    status: 502,
    title: 'The sign-in did not work',
    text: 'The provider gave no usable answer. Start again.',
    again: true,
  },
  misconfigured: {
    status: 500,
    title: 'Something is not set up right',
    text: 'You cannot change that. Please tell the people who run this site.',
    again: false,
  },
  failed: {
    status: 500,
    title: 'That did not work',
    text: 'Start again. If it fails again, please tell the people who run this site.',
    again: true,
  },
} as const satisfies Readonly<Record<string, Words>>;

const ofCode: Partial<Record<ErrorCode, Words>> = {
  access_denied: words.refused,
  callback_expired: words.late,
  code_refused: words.late,
  callback_already_used: words.used,
  callback_other_user_agent: words.elsewhere,
  account_mismatch: words.account,
  not_signed_in: words.used,
  provider_unreachable: words.unavailable,
  provider_busy: words.unavailable,
  store_unavailable: words.unavailable,
  cancelled: words.unavailable,
  client_closed: words.unavailable,
  authorization_refused: words.unanswered,
  exchange_interrupted: words.unanswered,
  outcome_unknown: words.unanswered,
  response_invalid: words.unanswered,
  client_misconfigured: words.misconfigured,
};

const ofPhase: Partial<Record<Phase, Words>> = {
  configuration: words.misconfigured,
  callback: words.invalid,
  // A store that answers, with records nobody can use.
  store: words.misconfigured,
};

export function wordsOf({ code, phase }: Failure): Words {
  if (phase === 'signOut') return words.notSignedOut;
  if (phase === 'authorization' && code === 'not_signed_in') return words.nobody;
  return ofCode[code] ?? ofPhase[phase] ?? words.failed;
}
