import { assign, setup } from 'xstate';
import { failureOf } from './failure.js';
import { promiseService } from './not-provided.js';
import { failed, failedByOutcome, knowOutcome, memberOf, outcomeIs } from './outcome.js';
import type { Account, Failure, Grant, Redacted, SessionFacts } from './vocabulary.js';

/** A claim that was won: what only its winner holds, the verifier among it. */
export interface Claim {
  readonly claimId: string;
  readonly session: string;
  readonly expectedAccount: string | null;
  readonly secrets: Redacted<unknown>;
}

export type ClaimOutcome =
  | { readonly outcome: 'won'; readonly claim: Claim }
  /** The same code was claimed before: its outcome will be ours. */
  | { readonly outcome: 'lost' };

export type CommitOutcome =
  /** The receipt holds the tokens. */
  | { readonly outcome: 'committed'; readonly expectedAccount: string | null }
  /** Somebody declared this claim interrupted or cancelled while the provider answered. */
  | { readonly outcome: 'overtaken'; readonly failure: Failure }
  /** The store is down: the tokens are only in memory. */
  | { readonly outcome: 'unsaved'; readonly facts: SessionFacts };

export type FollowOutcome =
  | { readonly outcome: 'completed'; readonly expectedAccount: string | null }
  | { readonly outcome: 'failed'; readonly failure: Failure };

export interface ExchangeInput {
  /** SHA-256 of the state: the key of the flow's record. */
  readonly flow: string;
  readonly grant: Grant;
}

export type ExchangeOutput =
  | { readonly outcome: 'authorized'; readonly facts: SessionFacts }
  | { readonly outcome: 'failed'; readonly failure: Failure };

export interface ExchangeContext extends ExchangeInput {
  claim: Claim | null;
  tokens: Redacted<unknown> | null;
  expectedAccount: string | null;
  account: Account | null;
  facts: SessionFacts | null;
  failure: Failure | null;
}

const service = <Output, Input extends object>(name: string) =>
  promiseService<Output, Input>('exchange', name);

/**
 * Turns a verified callback into a session, exactly once however often and wherever the callback arrives.
 * The receipt in the flow's record is the commit point: whoever sees tokens in it may finish the work.
 */
export const exchangeMachine = setup({
  types: {
    input: {} as ExchangeInput,
    context: {} as ExchangeContext,
    output: {} as ExchangeOutput,
  },
  actors: {
    claimFlow: service<ClaimOutcome, { flow: string; grant: Grant }>('claimFlow'),
    redeemCode: service<Redacted<unknown>, { flow: string; grant: Grant; claim: Claim }>('redeemCode'),
    commitReceipt: service<CommitOutcome, { flow: string; claim: Claim; tokens: Redacted<unknown> }>(
      'commitReceipt',
    ),
    recordFailure: service<void, { flow: string; claim: Claim; failure: Failure }>('recordFailure'),
    followClaim: service<FollowOutcome, { flow: string; grant: Grant }>('followClaim'),
    identifyAccount: service<Account, { flow: string; expectedAccount: string }>('identifyAccount'),
    /** `claim`: ours, if this actor won it; `null` if it found the receipt of another. */
    publishSession: service<SessionFacts, { flow: string; account: Account | null; claim: Claim | null }>(
      'publishSession',
    ),
    discardTokens: service<void, { flow: string; tokens: Redacted<unknown> | null; failure: Failure }>(
      'discardTokens',
    ),
  },
  guards: {
    expectsAccount: (_, outcome: { readonly expectedAccount: string | null }) =>
      outcome.expectedAccount !== null,
  },
  actions: {
    fail: assign((_, failure: Failure | null) => ({ failure })),
    know: assign((_, facts: SessionFacts | null) => ({ facts })),
  },
}).createMachine({
  id: 'exchange',
  context: ({ input }) => ({
    ...input,
    claim: null,
    tokens: null,
    expectedAccount: null,
    account: null,
    facts: null,
    failure: null,
  }),
  initial: 'claiming',
  states: {
    claiming: {
      description: 'Takes the flow for itself in one atomic step; the verifier leaves the record with it.',
      meta: { rfc: 'RFC 6749 §4.1.2, §10.5' },
      invoke: {
        id: 'claimFlow',
        src: 'claimFlow',
        input: ({ context }) => ({ flow: context.flow, grant: context.grant }),
        onDone: [
          {
            guard: outcomeIs('won'),
            target: 'redeeming',
            actions: assign(({ event }) => ({ claim: memberOf(event.output, 'claim') })),
          },
          { target: 'following' },
        ],
        onError: {
          target: 'failed',
          actions: failed('exchange'),
        },
      },
    },
    redeeming: {
      description:
        'Sends code and verifier to the token endpoint, once; a request that was sent is never aborted.',
      meta: { rfc: 'RFC 6749 §4.1.3, RFC 7636 §4.5' },
      invoke: {
        id: 'redeemCode',
        src: 'redeemCode',
        input: ({ context }) => ({ flow: context.flow, grant: context.grant, claim: context.claim! }),
        onDone: { target: 'committing', actions: assign(({ event }) => ({ tokens: event.output })) },
        onError: {
          target: 'recordingFailure',
          actions: failed('exchange'),
        },
      },
    },
    committing: {
      description: 'Puts the tokens into the receipt: from here on no crash can lose them.',
      invoke: {
        id: 'commitReceipt',
        src: 'commitReceipt',
        input: ({ context }) => ({ flow: context.flow, claim: context.claim!, tokens: context.tokens! }),
        onDone: [
          {
            guard: outcomeIs('unsaved'),
            target: 'authorized',
            actions: knowOutcome,
          },
          {
            guard: outcomeIs('overtaken'),
            target: 'discarding',
            actions: failedByOutcome,
          },
          {
            target: 'committed',
            actions: assign(({ event }) => ({ expectedAccount: memberOf(event.output, 'expectedAccount') })),
          },
        ],
        onError: {
          target: 'discarding',
          actions: failed('exchange'),
        },
      },
    },
    following: {
      description: 'Another call, tab or process redeems this very code: waits for its receipt.',
      invoke: {
        id: 'followClaim',
        src: 'followClaim',
        input: ({ context }) => ({ flow: context.flow, grant: context.grant }),
        onDone: [
          {
            guard: outcomeIs('failed'),
            target: 'failed',
            actions: failedByOutcome,
          },
          {
            target: 'committed',
            actions: assign(({ event }) => ({ expectedAccount: memberOf(event.output, 'expectedAccount') })),
          },
        ],
        onError: {
          target: 'failed',
          actions: failed('exchange'),
        },
      },
    },
    committed: {
      description: 'The receipt holds tokens; whether an account is expected decides what comes first.',
      always: [
        {
          guard: { type: 'expectsAccount', params: ({ context }) => context },
          target: 'identifying',
        },
        { target: 'publishing' },
      ],
    },
    identifying: {
      description: 'Asks the provider whose tokens these are, before anybody can use them.',
      meta: { rfc: 'RFC 9700 §4.5' },
      invoke: {
        id: 'identifyAccount',
        src: 'identifyAccount',
        input: ({ context }) => ({ flow: context.flow, expectedAccount: context.expectedAccount! }),
        onDone: { target: 'publishing', actions: assign(({ event }) => ({ account: event.output })) },
        onError: {
          target: 'discarding',
          actions: failed('exchange'),
        },
      },
    },
    publishing: {
      description:
        'Copies the tokens to the session record and scrubs the receipt; repeating it changes nothing.',
      invoke: {
        id: 'publishSession',
        src: 'publishSession',
        input: ({ context }) => ({ flow: context.flow, account: context.account, claim: context.claim }),
        onDone: { target: 'authorized', actions: assign(({ event }) => ({ facts: event.output })) },
        onError: {
          target: 'failed',
          actions: failed('exchange'),
        },
      },
    },
    recordingFailure: {
      description: 'Leaves the failure in the receipt, so that everybody who follows gets the same answer.',
      invoke: {
        id: 'recordFailure',
        src: 'recordFailure',
        input: ({ context }) => ({ flow: context.flow, claim: context.claim!, failure: context.failure! }),
        onDone: { target: 'failed' },
        onError: { target: 'failed' },
      },
    },
    discarding: {
      description: 'Revokes tokens that nobody may use and leaves the reason in the receipt.',
      meta: { rfc: 'RFC 7009 §2' },
      invoke: {
        id: 'discardTokens',
        src: 'discardTokens',
        input: ({ context }) => ({ flow: context.flow, tokens: context.tokens, failure: context.failure! }),
        onDone: { target: 'failed' },
        onError: { target: 'failed' },
      },
    },
    authorized: { description: 'There is a session.', type: 'final' },
    failed: { description: 'There is none; the failure says why.', type: 'final' },
  },
  output: ({ context }): ExchangeOutput =>
    context.facts
      ? { outcome: 'authorized', facts: context.facts }
      : { outcome: 'failed', failure: context.failure ?? failureOf(null, 'exchange') },
});
