import { assign, emit, setup } from 'xstate';
import type { ActorRefFrom, SnapshotFrom } from 'xstate';
import type {
  AuthorizationContext,
  AuthorizationEvent,
  AuthorizationInput,
  DeadlineEvent,
  DeadlineInput,
  PrepareInput,
  PreparedAuthorization,
  UserAgentEvent,
  Verdict,
  VerifyInput,
} from './authorization.contract.js';
import { exchangeMachine } from './exchange.machine.js';
import { failureOf } from './failure.js';
import { heldService, promiseService } from './not-provided.js';
import { failed, failedByOutcome, knowOutcome, memberOf, outcomeIs } from './outcome.js';
import { renewalMachine } from './renewal.machine.js';
import { signOutMachine } from './sign-out.machine.js';
import type {
  AuthorizationFact,
  AuthorizationRequest,
  Failure,
  ReceivedCallback,
  Redacted,
  SessionFacts,
} from './vocabulary.js';

// As many as may be rejected: whoever floods the listener ends the sign-in before a true callback is dropped.
const CALLBACK_QUEUE_LIMIT = 200;
const FRUITLESS_RENEWALS_LIMIT = 3;

const service = <Output, Input extends object>(name: string) =>
  promiseService<Output, Input>('authorization', name);
const resource = <Event extends { type: string }, Input extends object>(name: string) =>
  heldService<Event, Input>('authorization', name);

interface By<Event> {
  readonly event: Event;
}

const noFlow = {
  flow: null,
  url: null,
  redirectUri: null,
  deadline: null,
  callbacks: [],
  rejected: 0,
  grant: null,
} satisfies Partial<AuthorizationContext>;

const plainRequest: AuthorizationRequest = {
  scopes: null,
  redirectUri: null,
  parameters: {},
  boundTo: null,
  expectedAccount: null,
  sessionEndsAt: null,
  userAgent: 'interactive',
  presentation: 'atOnce',
};

// The few sentences that recur in the chart, each said once.
const begin = {
  target: '#authorization.awaitingAuthorization',
  actions: {
    type: 'request',
    params: ({ event }: By<{ request?: Partial<AuthorizationRequest> }>) => event.request,
  },
} as const;
const recall = {
  target: '#authorization.restoring.flow',
  actions: { type: 'enqueue', params: ({ event }: By<{ callback: ReceivedCallback }>) => event.callback },
} as const;
const adopt = {
  target: '#authorization.adopting',
  actions: { type: 'takeTokens', params: ({ event }: By<{ tokens: Redacted<unknown> }>) => event.tokens },
} as const;
const intendRevocation = {
  type: 'intendRevocation',
  params: ({ event }: By<{ revoke?: boolean }>) => event.revoke,
} as const;
const signOut = { target: '#authorization.signingOut', actions: intendRevocation } as const;
const rerequest = { ...begin.actions, type: 'rerequest' } as const;
const leaveTo = (next: AuthorizationContext['afterwards']) => ({ type: 'leaveFlow', params: next }) as const;
const failedByDeadline = {
  type: 'fail',
  params: ({ event }: By<{ failure: Failure }>) => event.failure,
} as const;
const knowOutput = {
  type: 'know',
  params: ({ event }: By<{ output: SessionFacts | null }>) => event.output,
} as const;

/**
 * A sign-in from `idle` through `awaitingAuthorization` and `exchanging` to `authorized`, `expired` or `error`.
 *
 * Start one actor per session. Everything it needs of the world is a service: take them all from `client.machine`,
 * or bring your own with `authorizationMachine.provide({ actors: { … } })`.
 */
export const authorizationMachine = setup({
  types: {
    input: {} as AuthorizationInput,
    context: {} as AuthorizationContext,
    events: {} as AuthorizationEvent,
    emitted: {} as AuthorizationFact,
    tags: {} as 'busy' | 'awaitingUser' | 'signedIn' | 'needsUser' | 'retryable' | 'atRest',
  },
  actors: {
    restoreSession: service<SessionFacts | null, { session: string }>('restoreSession'),
    adoptTokens: service<SessionFacts, { session: string; tokens: Redacted<unknown> }>('adoptTokens'),
    holdUserAgent: resource<UserAgentEvent, { request: AuthorizationRequest }>('holdUserAgent'),
    holdDeadline: resource<DeadlineEvent, DeadlineInput>('holdDeadline'),
    prepareAuthorization: service<PreparedAuthorization, PrepareInput>('prepareAuthorization'),
    presentAuthorization: resource<UserAgentEvent, { request: AuthorizationRequest; url: Redacted<string> }>(
      'presentAuthorization',
    ),
    verifyCallback: service<Verdict, VerifyInput>('verifyCallback'),
    abandonFlow: service<void, { flow: string | null; failure: Failure | null }>('abandonFlow'),
    watchSession: resource<{ type: 'session.changed' }, { session: string }>('watchSession'),
    saveUnsaved: service<SessionFacts, { session: string }>('saveUnsaved'),
    exchange: exchangeMachine,
    renewal: renewalMachine,
    signOut: signOutMachine,
  },
  guards: {
    opensOnClick: ({ context }) => context.request?.presentation === 'onOpen',
    hasCallback: ({ context }) => context.callbacks.length > 0,
    hasRoomForCallback: ({ context }) => context.callbacks.length < CALLBACK_QUEUE_LIMIT,
    hasRequest: ({ context }) => context.request !== null,
    isRetryable: ({ context }) => context.failure?.retryable === true,
    isSession: (_, facts: SessionFacts | null) => facts !== null,
    afterwardsIs: ({ context }, next: AuthorizationContext['afterwards']) => context.afterwards === next,
    isSpent: ({ context }) => context.facts?.standing === 'spent',
    isUnsaved: ({ context }) => context.facts?.standing === 'unsaved',
    isDue: ({ context }) => context.facts?.standing === 'due',
    isRenewable: ({ context }) => context.facts?.renewable === true,
    renewsAhead: ({ context }) =>
      context.keepWarm && context.failure === null && context.fruitless < FRUITLESS_RENEWALS_LIMIT,
    isSignedOut: (_, failure: Failure) => failure.code === 'not_signed_in',
    isStaying: ({ context }) => context.afterwards !== 'signOut',
  },
  actions: {
    request: assign((_, request: Partial<AuthorizationRequest> | undefined) => ({
      ...noFlow,
      request: { ...plainRequest, ...request },
    })),
    // A flow that another actor began has no request here.
    rerequest: assign(({ context }, request: Partial<AuthorizationRequest> | undefined) => ({
      request: { ...plainRequest, ...context.request, ...request },
    })),
    openAtOnce: assign(({ context }) => ({
      request: context.request && { ...context.request, presentation: 'atOnce' as const },
    })),
    forgetRequest: assign({ request: null }),
    forgetFailure: assign({ failure: null }),
    takeTokens: assign((_, adopted: Redacted<unknown>) => ({ adopted })),
    forgetTokens: assign({ adopted: null }),
    intendRevocation: assign((_, revoke: boolean | undefined) => ({ revoking: revoke ?? true })),
    leaveFlow: assign((_, afterwards: AuthorizationContext['afterwards']) => ({ afterwards })),
    forgetFlow: assign(noFlow),
    enqueue: assign(({ context }, callback: ReceivedCallback) => ({
      callbacks: [...context.callbacks, callback],
    })),
    dequeue: assign(({ context }) => ({
      callbacks: context.callbacks.slice(1),
      rejected: context.rejected + 1,
    })),
    accept: assign((_, verdict: Verdict) =>
      verdict.outcome === 'accepted'
        ? {
            flow: verdict.flow,
            session: verdict.session,
            grant: verdict.grant,
            callbacks: [],
            url: null,
            failure: null,
          }
        : {},
    ),
    know: assign((_, facts: SessionFacts | null) => ({
      facts,
      failure: facts?.failure ?? null,
      attempts: 0,
    })),
    weighRenewal: assign(({ context }) => ({
      fruitless: context.facts?.standing === 'due' ? context.fruitless + 1 : 0,
    })),
    countAttempt: assign(({ context }) => ({ attempts: context.attempts + 1 })),
    fail: assign((_, failure: Failure | null) => ({ failure })),
    forgetSession: assign({
      ...noFlow,
      facts: null,
      failure: null,
      request: null,
      adopted: null,
      attempts: 0,
    }),
    tell: emit((_, fact: AuthorizationFact) => fact),
  },
}).createMachine({
  id: 'authorization',
  context: ({ input }) => ({
    ...noFlow,
    session: input.session,
    keepWarm: input.keepWarm === true,
    request: null,
    afterwards: 'restore',
    adopted: null,
    facts: null,
    failure: null,
    attempts: 0,
    fruitless: 0,
    revoking: true,
  }),
  initial: 'idle',
  states: {
    idle: {
      description: 'Nobody is signed in, or nobody has looked yet.',
      tags: ['atRest'],
      on: {
        'authorization.begin': begin,
        'callback.received': recall,
        'session.restore': { target: 'restoring' },
        'session.adopt': adopt,
        'session.signOut': signOut,
      },
    },

    restoring: {
      description: 'Reads what is stored: the session, or the pending flow that a callback names.',
      tags: ['busy'],
      entry: 'forgetRequest',
      initial: 'session',
      on: {
        'authorization.cancel': { target: 'idle', actions: 'forgetSession' },
        'authorization.begin': begin,
        'session.signOut': signOut,
      },
      states: {
        session: {
          description: 'Reads the session record.',
          // It may have been written since it was read.
          on: { 'session.restore': { target: 'session', reenter: true } },
          invoke: {
            id: 'restoreSession',
            src: 'restoreSession',
            input: ({ context }) => ({ session: context.session }),
            onDone: [
              {
                guard: { type: 'isSession', params: ({ event }) => event.output },
                target: '#authorization.authorized',
                actions: knowOutput,
              },
              { target: '#authorization.idle', actions: 'forgetSession' },
            ],
            onError: {
              target: '#authorization.error',
              actions: failed('session'),
            },
          },
        },
        flow: {
          description: 'A callback of a flow that another actor began: its record says what it belongs to.',
          invoke: {
            id: 'recallFlow',
            src: 'verifyCallback',
            input: ({ context }) => ({ callback: context.callbacks[0]!, flow: null, rejected: 0 }),
            onDone: [
              {
                guard: outcomeIs('accepted'),
                target: '#authorization.exchanging',
                actions: { type: 'accept', params: ({ event }) => event.output },
              },
              {
                target: '#authorization.error',
                actions: ['forgetFlow', failedByOutcome],
              },
            ],
            onError: {
              target: '#authorization.error',
              actions: ['forgetFlow', failed('callback')],
            },
          },
        },
      },
    },

    adopting: {
      description: 'Saves tokens that another library or database held.',
      tags: ['busy'],
      entry: 'forgetRequest',
      exit: 'forgetTokens',
      on: {
        'authorization.cancel': { target: 'restoring' },
        'session.signOut': signOut,
      },
      invoke: {
        id: 'adoptTokens',
        src: 'adoptTokens',
        input: ({ context }) => ({ session: context.session, tokens: context.adopted! }),
        onDone: {
          target: 'authorized',
          actions: [
            knowOutput,
            { type: 'tell', params: ({ event }) => ({ type: 'session.authorized', facts: event.output }) },
          ],
        },
        onError: {
          target: 'error',
          actions: failed('session'),
        },
      },
    },

    awaitingAuthorization: {
      description: 'Waits for a human at the provider; user agent and deadline live exactly as long.',
      meta: { rfc: 'RFC 6749 §4.1.1' },
      entry: 'forgetFailure',
      initial: 'opening',
      invoke: [
        {
          id: 'deadline',
          src: 'holdDeadline',
          input: ({ context }) => ({ at: context.deadline, purpose: 'authorization', attempt: 0 }),
          onDone: {},
          onError: {
            target: 'abandoning',
            actions: [failed('authorization'), leaveTo('fail')],
          },
        },
        {
          id: 'userAgent',
          src: 'holdUserAgent',
          input: ({ context }) => ({ request: context.request! }),
          // A user agent that is through may be followed by a pasted callback: the deadline ends the wait.
          onDone: {},
          onError: {
            target: 'abandoning',
            actions: [failed('authorization'), leaveTo('fail')],
          },
        },
      ],
      on: {
        'deadline.armed': { actions: assign(({ event }) => ({ deadline: event.at })) },
        'deadline.passed': {
          target: 'abandoning',
          actions: [failedByDeadline, leaveTo('fail')],
        },
        'callback.received': {
          guard: 'hasRoomForCallback',
          actions: { type: 'enqueue', params: ({ event }) => event.callback },
        },
        'authorization.cancel': { target: 'abandoning', actions: leaveTo('restore') },
        'authorization.begin': {
          target: 'abandoning',
          actions: [rerequest, leaveTo('begin')],
        },
        'session.signOut': { target: 'abandoning', actions: [leaveTo('signOut'), intendRevocation] },
      },
      states: {
        opening: {
          description: 'The user agent makes ready to receive, and names the redirect URI.',
          meta: { rfc: 'RFC 8252 §7.3' },
          tags: ['busy'],
          on: {
            // A click that comes before the URL is ready is not lost.
            'authorization.open': { actions: 'openAtOnce' },
            'userAgent.listening': {
              target: 'preparing',
              actions: assign(({ event }) => ({ redirectUri: event.redirectUri })),
            },
          },
        },
        preparing: {
          description:
            'Makes state, verifier and URL; the pending record is saved before the URL is revealed.',
          meta: { rfc: 'RFC 7636 §4.1–4.3' },
          tags: ['busy'],
          on: { 'authorization.open': { actions: 'openAtOnce' } },
          invoke: {
            id: 'prepareAuthorization',
            src: 'prepareAuthorization',
            input: ({ context }) => ({
              session: context.session,
              request: context.request!,
              redirectUri: context.redirectUri!,
              expiresAt: context.deadline,
            }),
            onDone: [
              {
                guard: 'opensOnClick',
                target: 'prepared',
                actions: assign(({ event }) => ({ flow: event.output.flow, url: event.output.url })),
              },
              {
                target: 'presented',
                actions: assign(({ event }) => ({ flow: event.output.flow, url: event.output.url })),
              },
            ],
            onError: {
              target: '#authorization.error',
              actions: ['forgetFlow', failed('authorization')],
            },
          },
        },
        prepared: {
          description: 'The URL is ready; a popup may only open inside the click that is awaited.',
          tags: ['awaitingUser'],
          on: { 'authorization.open': { target: 'presented' } },
        },
        presented: {
          description: 'The page is with the human.',
          initial: 'waiting',
          entry: {
            type: 'tell',
            params: ({ context }) => ({
              type: 'authorization.ready',
              redirectUri: context.redirectUri ?? '',
              expiresAt: context.deadline ?? 0,
            }),
          },
          invoke: {
            id: 'presentation',
            src: 'presentAuthorization',
            input: ({ context }) => ({ request: context.request!, url: context.url! }),
            onDone: {},
            onError: {
              target: '#authorization.abandoning',
              actions: [failed('authorization'), leaveTo('fail')],
            },
          },
          states: {
            waiting: {
              description: 'Nobody has come back yet.',
              tags: ['awaitingUser'],
              always: { guard: 'hasCallback', target: 'verifying' },
            },
            verifying: {
              description: 'Checks state, issuer, error and code, in this order; others queue behind.',
              meta: { rfc: 'RFC 6749 §10.12, RFC 9207 §2.4, RFC 9700 §4.7' },
              tags: ['busy'],
              invoke: {
                id: 'verifyCallback',
                src: 'verifyCallback',
                input: ({ context }) => ({
                  callback: context.callbacks[0]!,
                  flow: context.flow,
                  rejected: context.rejected,
                }),
                onDone: [
                  {
                    guard: outcomeIs('accepted'),
                    target: '#authorization.exchanging',
                    actions: { type: 'accept', params: ({ event }) => event.output },
                  },
                  {
                    // A false callback must not end a true sign-in: anybody can send one.
                    guard: outcomeIs('rejected'),
                    target: 'waiting',
                    actions: [
                      'dequeue',
                      {
                        type: 'tell',
                        params: ({ event }) => ({
                          type: 'callback.rejected',
                          failure: memberOf(event.output, 'failure')!,
                        }),
                      },
                    ],
                  },
                  {
                    target: '#authorization.abandoning',
                    actions: [failedByOutcome, leaveTo('fail')],
                  },
                ],
                onError: {
                  target: '#authorization.abandoning',
                  actions: [failed('callback'), leaveTo('fail')],
                },
              },
            },
          },
        },
      },
    },

    abandoning: {
      description: 'Gives the flow up: the verifier leaves its record, and a late callback finds out why.',
      tags: ['busy'],
      on: {
        'session.signOut': { actions: [leaveTo('signOut'), intendRevocation] },
        'authorization.open': {
          guard: { type: 'afterwardsIs', params: 'begin' },
          actions: 'openAtOnce',
        },
        // A sign-out that was asked for is not taken back.
        'authorization.cancel': { guard: 'isStaying', actions: leaveTo('restore') },
        'authorization.begin': { guard: 'isStaying', actions: [rerequest, leaveTo('begin')] },
      },
      invoke: {
        id: 'abandonFlow',
        src: 'abandonFlow',
        input: ({ context }) => ({ flow: context.flow, failure: context.failure }),
        onDone: { target: 'abandoned' },
        // The record outlives its deadline without use: nothing can be done with it any more.
        onError: { target: 'abandoned' },
      },
    },

    abandoned: {
      description: 'The flow is over; what was asked for meanwhile comes next.',
      tags: ['busy'],
      entry: 'forgetFlow',
      always: [
        { guard: { type: 'afterwardsIs', params: 'fail' }, target: 'error' },
        { guard: { type: 'afterwardsIs', params: 'begin' }, target: 'awaitingAuthorization' },
        { guard: { type: 'afterwardsIs', params: 'signOut' }, target: 'signingOut' },
        { target: 'restoring' },
      ],
    },

    exchanging: {
      description: 'Turns the one-time code into tokens, exactly once.',
      meta: { rfc: 'RFC 6749 §4.1.3' },
      tags: ['busy'],
      on: {
        'authorization.cancel': { target: 'abandoning', actions: leaveTo('restore') },
        'authorization.begin': {
          target: 'abandoning',
          actions: [rerequest, leaveTo('begin')],
        },
        'session.signOut': { target: 'abandoning', actions: [leaveTo('signOut'), intendRevocation] },
      },
      invoke: {
        id: 'exchange',
        src: 'exchange',
        input: ({ context }) => ({ flow: context.flow!, grant: context.grant! }),
        onDone: [
          {
            guard: outcomeIs('authorized'),
            target: 'authorized',
            actions: [
              'forgetFlow',
              knowOutcome,
              {
                type: 'tell',
                params: ({ event }) => ({
                  type: 'session.authorized',
                  facts: memberOf(event.output, 'facts')!,
                }),
              },
            ],
          },
          {
            target: 'error',
            actions: ['forgetFlow', failedByOutcome],
          },
        ],
        onError: {
          target: 'error',
          actions: ['forgetFlow', failed('exchange')],
        },
      },
    },

    authorized: {
      description: 'There is a session that needs no human.',
      tags: ['signedIn'],
      entry: 'forgetRequest',
      initial: 'assessing',
      invoke: {
        id: 'watch',
        src: 'watchSession',
        input: ({ context }) => ({ session: context.session }),
        onDone: {},
        // Without a watch, changes show at the next use, which re-reads the record.
        onError: {},
      },
      on: {
        'authorization.begin': begin,
        'session.adopt': adopt,
        'session.signOut': signOut,
      },
      states: {
        assessing: {
          description: 'The session was just read, gained or renewed: how does it stand?',
          always: [
            { guard: 'isSpent', target: '#authorization.expired' },
            { guard: 'isUnsaved', target: 'unsaved' },
            { guard: 'isDue', target: 'due' },
            { target: 'fresh' },
          ],
        },
        fresh: {
          description: 'The access token works; nothing is to do.',
          tags: ['atRest'],
          invoke: {
            id: 'freshness',
            src: 'holdDeadline',
            input: ({ context }) => ({ at: context.facts?.dueAt ?? null, purpose: 'due', attempt: 0 }),
            onDone: {},
            // Nothing tells when it ends: the next use asks.
            onError: { target: 'due', actions: failed('session') },
          },
          on: {
            'deadline.passed': [
              { guard: 'isRenewable', target: 'due' },
              {
                target: '#authorization.expired',
                actions: failedByDeadline,
              },
            ],
            'session.renew': { guard: 'isRenewable', target: 'renewing' },
            'session.changed': { target: 'rereading' },
            'session.restore': { target: 'rereading' },
          },
        },
        due: {
          description: 'Renewal is due, or the access token has run out: the next use renews.',
          tags: ['atRest'],
          always: { guard: 'renewsAhead', target: 'renewing' },
          on: {
            'session.renew': { target: 'renewing' },
            'session.changed': { target: 'rereading' },
            'session.restore': { target: 'rereading' },
          },
        },
        renewing: {
          description: 'Gets a new access token; whoever asks meanwhile shares the result.',
          meta: { rfc: 'RFC 6749 §6' },
          tags: ['busy'],
          invoke: {
            id: 'renewal',
            src: 'renewal',
            input: ({ context }) => ({
              session: context.session,
              obtainedAt: context.facts?.obtainedAt ?? null,
            }),
            onDone: [
              {
                guard: outcomeIs('renewed'),
                target: 'assessing',
                actions: [
                  knowOutcome,
                  'weighRenewal',
                  {
                    type: 'tell',
                    params: ({ event }) => ({
                      type: 'session.renewed',
                      facts: memberOf(event.output, 'facts')!,
                    }),
                  },
                ],
              },
              {
                guard: outcomeIs('unsaved'),
                target: 'unsaved',
                actions: [knowOutcome, failedByOutcome],
              },
              {
                guard: outcomeIs('postponed'),
                target: 'stale.postponed',
                actions: [failedByOutcome, 'countAttempt'],
              },
              {
                guard: outcomeIs('unknown'),
                target: 'stale.uncertain',
                actions: [failedByOutcome, 'countAttempt'],
              },
              {
                guard: outcomeIs('ended'),
                target: '#authorization.expired',
                actions: failedByOutcome,
              },
              {
                guard: outcomeIs('misconfigured'),
                target: '#authorization.error',
                actions: failedByOutcome,
              },
              {
                target: '#authorization.idle',
                actions: [
                  'forgetSession',
                  { type: 'tell', params: { type: 'session.signedOut', report: null } },
                ],
              },
            ],
            onError: {
              target: 'stale.uncertain',
              actions: [failed('renewal'), 'countAttempt'],
            },
          },
        },
        stale: {
          description: 'Renewal failed for now: backs off and tries again; the session stays.',
          initial: 'postponed',
          entry: {
            type: 'tell',
            params: ({ context }) => ({ type: 'session.postponed', failure: context.failure! }),
          },
          invoke: {
            id: 'backoff',
            src: 'holdDeadline',
            input: ({ context }) => ({
              at: context.failure?.retryAt ?? null,
              purpose: 'retry',
              attempt: context.attempts,
            }),
            onDone: {},
            onError: { target: 'due', actions: failed('renewal') },
          },
          on: {
            'deadline.armed': { actions: assign(({ event }) => ({ deadline: event.at })) },
            'deadline.passed': { target: 'renewing' },
            'session.changed': { target: 'rereading' },
            'session.restore': { target: 'rereading' },
          },
          states: {
            postponed: {
              description: 'The last attempt has spent nothing: trying again is safe at any time.',
              tags: ['retryable'],
              on: { 'flow.retry': { target: '#authorization.authorized.renewing' } },
            },
            uncertain: {
              description:
                'The refresh token may be spent: waits until the access token has nothing left to give.',
              // The API may have refused the access token before its time: the service looks, and waits on if not.
              on: { 'session.renew': { target: '#authorization.authorized.renewing' } },
            },
          },
        },
        unsaved: {
          description:
            'New tokens are in memory and the store is down: this process uses them and keeps saving.',
          initial: 'saving',
          entry: {
            type: 'tell',
            params: ({ context }) => ({
              type: 'session.unsaved',
              failure: context.failure ?? failureOf(null, 'store'),
            }),
          },
          states: {
            saving: {
              description: 'Tries to save them.',
              tags: ['busy'],
              invoke: {
                id: 'saveUnsaved',
                src: 'saveUnsaved',
                input: ({ context }) => ({ session: context.session }),
                onDone: {
                  target: '#authorization.authorized.assessing',
                  actions: knowOutput,
                },
                onError: [
                  {
                    guard: { type: 'isSignedOut', params: ({ event }) => failureOf(event.error, 'store') },
                    target: '#authorization.idle',
                    actions: [
                      'forgetSession',
                      { type: 'tell', params: { type: 'session.signedOut', report: null } },
                    ],
                  },
                  {
                    target: 'backingOff',
                    actions: [failed('store'), 'countAttempt'],
                  },
                ],
              },
            },
            backingOff: {
              description: 'The store is still down: waits before the next try.',
              invoke: {
                id: 'backoff',
                src: 'holdDeadline',
                input: ({ context }) => ({ at: null, purpose: 'retry', attempt: context.attempts }),
                onDone: {},
                // Trying at once would go on without a pause: somebody must ask.
                onError: { actions: failed('store') },
              },
              on: {
                'deadline.passed': { target: 'saving' },
                'flow.retry': { target: 'saving' },
                // Somebody may have signed in anew, or out: there may be nothing left to save.
                'session.changed': { target: 'saving' },
                'session.restore': { target: 'saving' },
              },
            },
          },
        },
        rereading: {
          description: 'Another tab or process wrote the record: looks at it.',
          tags: ['busy'],
          invoke: {
            id: 'rereadSession',
            src: 'restoreSession',
            input: ({ context }) => ({ session: context.session }),
            onDone: [
              {
                guard: { type: 'isSession', params: ({ event }) => event.output },
                target: 'assessing',
                actions: knowOutput,
              },
              {
                target: '#authorization.idle',
                actions: [
                  'forgetSession',
                  { type: 'tell', params: { type: 'session.signedOut', report: null } },
                ],
              },
            ],
            onError: {
              target: '#authorization.error',
              actions: failed('session'),
            },
          },
        },
      },
    },

    expired: {
      description:
        'Only a human can bring the session back: no refresh token, refused, revoked, or renewal lost.',
      tags: ['needsUser', 'atRest'],
      entry: {
        type: 'tell',
        params: ({ context }) => ({
          type: 'session.expired',
          failure: context.failure ?? failureOf(null, 'session'),
        }),
      },
      invoke: {
        id: 'watch',
        src: 'watchSession',
        input: ({ context }) => ({ session: context.session }),
        onDone: {},
        onError: {},
      },
      on: {
        'authorization.begin': begin,
        'callback.received': recall,
        'session.restore': { target: 'restoring' },
        'session.changed': { target: 'restoring' },
        'session.adopt': adopt,
        'session.signOut': signOut,
        'flow.reset': { target: 'restoring' },
      },
    },

    signingOut: {
      description: 'Ends the session: here at once, then in the store, then at the provider.',
      meta: { rfc: 'RFC 7009' },
      tags: ['busy'],
      entry: ['forgetFlow', 'forgetRequest'],
      invoke: {
        id: 'signOut',
        src: 'signOut',
        input: ({ context }) => ({ session: context.session, revoke: context.revoking }),
        onDone: {
          target: 'idle',
          actions: [
            'forgetSession',
            { type: 'tell', params: ({ event }) => ({ type: 'session.signedOut', report: event.output }) },
          ],
        },
        onError: {
          target: 'error',
          actions: failed('signOut'),
        },
      },
    },

    error: {
      description: 'Something failed; the failure says what, and what to do.',
      tags: ['atRest'],
      initial: 'assessing',
      entry: {
        type: 'tell',
        params: ({ context }) => ({
          type: 'authorization.failed',
          failure: context.failure ?? failureOf(null, 'session'),
        }),
      },
      on: {
        'authorization.begin': begin,
        'callback.received': recall,
        'session.restore': { target: 'restoring' },
        'session.adopt': adopt,
        'session.signOut': signOut,
        'authorization.cancel': { target: 'restoring' },
        'flow.reset': { target: 'restoring' },
      },
      states: {
        assessing: {
          description: 'Can the same thing succeed if it is tried again?',
          always: [{ guard: 'isRetryable', target: 'retryable' }, { target: 'permanent' }],
        },
        retryable: {
          description: 'Trying again, unchanged, can succeed.',
          tags: ['retryable'],
          on: {
            'flow.retry': [
              { guard: 'hasRequest', target: '#authorization.awaitingAuthorization', actions: 'forgetFlow' },
              { target: '#authorization.restoring' },
            ],
          },
        },
        permanent: {
          description: 'Something must change first: the configuration, the store, or the user agent.',
        },
      },
    },
  },
});

export type AuthorizationMachine = typeof authorizationMachine;
export type AuthorizationActor = ActorRefFrom<AuthorizationMachine>;
export type AuthorizationSnapshot = SnapshotFrom<AuthorizationMachine>;
