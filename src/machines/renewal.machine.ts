import { assign, setup } from 'xstate';
import { heldService, promiseService } from './not-provided.js';
import { failed, failedByOutcome, knowOutcome, memberOf, outcomeIs } from './outcome.js';
import type { Failure, Redacted, SessionFacts } from './vocabulary.js';

/** The refresh token to spend and the version of the record that holds it. */
export interface Spendable {
  readonly version: string;
  readonly secrets: Redacted<unknown>;
}

/** A journal entry of ours: "this process is about to spend this token". */
export interface Journal {
  readonly renewalId: string;
  readonly version: string;
  readonly secrets: Redacted<unknown>;
}

export type RereadOutcome =
  /** Somebody renewed already: take theirs. */
  | { readonly outcome: 'adopt'; readonly facts: SessionFacts }
  /** Another process has journaled this very token. */
  | { readonly outcome: 'foreign'; readonly journal: Redacted<unknown> }
  | { readonly outcome: 'renew'; readonly spendable: Spendable }
  /** An earlier request may have spent the token, and the access token still works: not yet. */
  | { readonly outcome: 'uncertain'; readonly failure: Failure }
  /** There is no refresh token, or the session ended elsewhere. */
  | { readonly outcome: 'ended'; readonly failure: Failure }
  | { readonly outcome: 'signedOut' };

export type JournalOutcome =
  { readonly outcome: 'written'; readonly journal: Journal } | { readonly outcome: 'conflict' };

/** What is known after a token request; see `services/token-endpoint/classify.ts` for the rules. */
export type RequestOutcome =
  | { readonly outcome: 'renewed'; readonly tokens: Redacted<unknown> }
  /** Not sent, or turned away: the token is certainly unspent. */
  | { readonly outcome: 'postponed'; readonly failure: Failure }
  /** Not sent, for this process was held up since its announcement: somebody else may have sent it. */
  | { readonly outcome: 'tooLate' }
  /** Sent, and nobody knows. `failure.retryAt` is when the access token has become unusable. */
  | { readonly outcome: 'unknown'; readonly failure: Failure }
  | { readonly outcome: 'refused'; readonly failure: Failure }
  | { readonly outcome: 'misconfigured'; readonly failure: Failure };

export type SaveOutcome =
  | { readonly outcome: 'saved'; readonly facts: SessionFacts }
  | { readonly outcome: 'unsaved'; readonly facts: SessionFacts; readonly failure: Failure }
  /** A tombstone stood there: our new tokens were revoked. */
  | { readonly outcome: 'signedOut' };

/** What a refusal means, after another look at the store. */
export type RefusalOutcome =
  | { readonly outcome: 'adopt'; readonly facts: SessionFacts }
  | { readonly outcome: 'ended'; readonly failure: Failure }
  | { readonly outcome: 'signedOut' };

export type LockEvent = { readonly type: 'lock.acquired' } | { readonly type: 'lock.lost' };

export interface RenewalInput {
  readonly session: string;
  /** When the tokens were obtained that are to be renewed, as far as is known: others are newer, and do as well. */
  readonly obtainedAt: number | null;
}

export type RenewalOutput =
  | { readonly outcome: 'renewed'; readonly facts: SessionFacts }
  | { readonly outcome: 'unsaved'; readonly facts: SessionFacts; readonly failure: Failure }
  | { readonly outcome: 'postponed'; readonly failure: Failure }
  | { readonly outcome: 'unknown'; readonly failure: Failure }
  | { readonly outcome: 'misconfigured'; readonly failure: Failure }
  | { readonly outcome: 'ended'; readonly failure: Failure }
  | { readonly outcome: 'signedOut' };

export interface RenewalContext extends RenewalInput {
  spendable: Spendable | null;
  foreign: Redacted<unknown> | null;
  journal: Journal | null;
  tokens: Redacted<unknown> | null;
  facts: SessionFacts | null;
  failure: Failure | null;
}

const service = <Output, Input extends object>(name: string) =>
  promiseService<Output, Input>('renewal', name);

/**
 * Spends one refresh token once, however many callers, processes and machines want to:
 * lock, re-read, wait out a foreign journal, journal, request, compare-and-set.
 */
export const renewalMachine = setup({
  types: {
    input: {} as RenewalInput,
    context: {} as RenewalContext,
    events: {} as LockEvent,
    output: {} as RenewalOutput,
  },
  actors: {
    holdLock: heldService<LockEvent, { session: string }>('renewal', 'holdLock'),
    rereadSession: service<RereadOutcome, { session: string; obtainedAt: number | null }>('rereadSession'),
    waitOutJournal: service<void, { session: string; journal: Redacted<unknown> }>('waitOutJournal'),
    writeJournal: service<JournalOutcome, { session: string; spendable: Spendable }>('writeJournal'),
    requestTokens: service<RequestOutcome, { session: string; journal: Journal }>('requestTokens'),
    saveTokens: service<SaveOutcome, { session: string; journal: Journal; tokens: Redacted<unknown> }>(
      'saveTokens',
    ),
    clearJournal: service<void, { session: string; journal: Journal }>('clearJournal'),
    judgeRefusal: service<RefusalOutcome, { session: string; journal: Journal; failure: Failure }>(
      'judgeRefusal',
    ),
  },
  guards: {
    isUnannounced: ({ context }) => context.journal === null,
    isMisconfigured: (_, { failure }: { readonly failure: Failure | null }) =>
      failure?.code === 'client_misconfigured',
  },
  actions: {
    fail: assign((_, failure: Failure | null) => ({ failure })),
    know: assign((_, facts: SessionFacts | null) => ({ facts })),
  },
}).createMachine({
  id: 'renewal',
  context: ({ input }) => ({
    ...input,
    spendable: null,
    foreign: null,
    journal: null,
    tokens: null,
    facts: null,
    failure: null,
  }),
  initial: 'holding',
  states: {
    holding: {
      description: 'Holds the lock, or waits for it; it saves work, no safety rests on it.',
      initial: 'queueing',
      invoke: {
        id: 'holdLock',
        src: 'holdLock',
        input: ({ context }) => ({ session: context.session }),
        onDone: {},
        onError: [
          {
            guard: 'isUnannounced',
            target: '#renewal.postponed',
            actions: failed('renewal'),
          },
          // The token may be on its way: a lock that broke changes nothing, and must not call it unspent.
          {},
        ],
      },
      states: {
        queueing: {
          description: 'Another caller or process renews this session: waits for its turn.',
          on: { 'lock.acquired': { target: 'rereading' } },
        },
        rereading: {
          description: 'Looks again: whoever held the lock before may have done the work.',
          on: { 'lock.lost': { target: '#renewal.holding', reenter: true } },
          invoke: {
            id: 'rereadSession',
            src: 'rereadSession',
            input: ({ context }) => ({ session: context.session, obtainedAt: context.obtainedAt }),
            onDone: [
              {
                guard: outcomeIs('renew'),
                target: 'journaling',
                actions: assign(({ event }) => ({ spendable: memberOf(event.output, 'spendable') })),
              },
              {
                guard: outcomeIs('foreign'),
                target: 'waitingOut',
                actions: assign(({ event }) => ({ foreign: memberOf(event.output, 'journal') })),
              },
              {
                guard: outcomeIs('adopt'),
                target: '#renewal.renewed',
                actions: knowOutcome,
              },
              { guard: outcomeIs('uncertain'), target: '#renewal.unknown', actions: failedByOutcome },
              {
                guard: outcomeIs('ended'),
                target: '#renewal.ended',
                actions: failedByOutcome,
              },
              { target: '#renewal.signedOut' },
            ],
            onError: {
              target: '#renewal.postponed',
              actions: failed('renewal'),
            },
          },
        },
        waitingOut: {
          description:
            'Another process announced that it spends this token: waits until it is done or its grace is over.',
          on: { 'lock.lost': { target: '#renewal.holding', reenter: true } },
          invoke: {
            id: 'waitOutJournal',
            src: 'waitOutJournal',
            input: ({ context }) => ({ session: context.session, journal: context.foreign! }),
            onDone: { target: 'rereading' },
            onError: {
              target: '#renewal.postponed',
              actions: failed('renewal'),
            },
          },
        },
        journaling: {
          description:
            'Announces in the record, by compare-and-set, that this process is about to spend the token.',
          on: { 'lock.lost': { target: '#renewal.holding', reenter: true } },
          invoke: {
            id: 'writeJournal',
            src: 'writeJournal',
            input: ({ context }) => ({ session: context.session, spendable: context.spendable! }),
            onDone: [
              {
                guard: outcomeIs('written'),
                target: 'requesting',
                actions: assign(({ event }) => ({ journal: memberOf(event.output, 'journal') })),
              },
              { target: 'rereading' },
            ],
            onError: {
              target: '#renewal.postponed',
              actions: failed('renewal'),
            },
          },
        },
        requesting: {
          description:
            'Sends the refresh token; what was sent is never aborted, not even when the lock is lost.',
          meta: { rfc: 'RFC 6749 §6' },
          invoke: {
            id: 'requestTokens',
            src: 'requestTokens',
            input: ({ context }) => ({ session: context.session, journal: context.journal! }),
            onDone: [
              {
                guard: outcomeIs('renewed'),
                target: 'saving',
                actions: assign(({ event }) => ({ tokens: memberOf(event.output, 'tokens') })),
              },
              {
                guard: outcomeIs('tooLate'),
                target: '#renewal.holding',
                reenter: true,
                actions: assign({ journal: null }),
              },
              {
                guard: outcomeIs('unknown'),
                // The journal stays: the next attempt must know that this token may be spent.
                target: '#renewal.unknown',
                actions: failedByOutcome,
              },
              {
                guard: outcomeIs('refused'),
                target: 'judgingRefusal',
                actions: failedByOutcome,
              },
              {
                target: 'withdrawing',
                actions: failedByOutcome,
              },
            ],
            onError: {
              target: '#renewal.unknown',
              actions: failed('renewal'),
            },
          },
        },
        saving: {
          description:
            'Replaces the spent token by the new one, by compare-and-set, before anybody uses the new one.',
          invoke: {
            id: 'saveTokens',
            src: 'saveTokens',
            input: ({ context }) => ({
              session: context.session,
              journal: context.journal!,
              tokens: context.tokens!,
            }),
            onDone: [
              {
                guard: outcomeIs('saved'),
                target: '#renewal.renewed',
                actions: knowOutcome,
              },
              {
                guard: outcomeIs('unsaved'),
                target: '#renewal.unsaved',
                actions: assign(({ event }) => ({
                  facts: memberOf(event.output, 'facts'),
                  failure: memberOf(event.output, 'failure'),
                })),
              },
              { target: '#renewal.signedOut' },
            ],
            onError: {
              target: '#renewal.unknown',
              actions: failed('renewal'),
            },
          },
        },
        withdrawing: {
          description: 'The provider certainly did not act on the token: takes the announcement back.',
          invoke: {
            id: 'clearJournal',
            src: 'clearJournal',
            input: ({ context }) => ({ session: context.session, journal: context.journal! }),
            onDone: [
              {
                guard: { type: 'isMisconfigured', params: ({ context }) => context },
                target: '#renewal.misconfigured',
              },
              { target: '#renewal.postponed' },
            ],
            // A journal that could not be cleared costs others a wait, never a token.
            onError: [
              {
                guard: { type: 'isMisconfigured', params: ({ context }) => context },
                target: '#renewal.misconfigured',
              },
              { target: '#renewal.postponed' },
            ],
          },
        },
        judgingRefusal: {
          description:
            'The token was refused: somebody may have renewed meanwhile, else the session has ended.',
          meta: { rfc: 'RFC 6749 §5.2, RFC 9700 §4.14.2' },
          invoke: {
            id: 'judgeRefusal',
            src: 'judgeRefusal',
            input: ({ context }) => ({
              session: context.session,
              journal: context.journal!,
              failure: context.failure!,
            }),
            onDone: [
              {
                guard: outcomeIs('adopt'),
                target: '#renewal.renewed',
                actions: knowOutcome,
              },
              {
                guard: outcomeIs('ended'),
                target: '#renewal.ended',
                actions: failedByOutcome,
              },
              { target: '#renewal.signedOut' },
            ],
            onError: {
              // The service remembers the refusal: the next attempt judges again, and sends nothing.
              target: '#renewal.postponed',
              actions: failed('renewal'),
            },
          },
        },
      },
    },
    renewed: {
      description: 'There is a working access token, ours or the one another process got.',
      type: 'final',
      output: ({ context }): RenewalOutput => ({ outcome: 'renewed', facts: context.facts! }),
    },
    unsaved: {
      description: 'The new tokens are in memory only: the store is down.',
      type: 'final',
      output: ({ context }): RenewalOutput => ({
        outcome: 'unsaved',
        facts: context.facts!,
        failure: context.failure!,
      }),
    },
    postponed: {
      description: 'This attempt has spent nothing; another may follow at any time.',
      type: 'final',
      output: ({ context }): RenewalOutput => ({ outcome: 'postponed', failure: context.failure! }),
    },
    unknown: {
      description: 'The token may be spent: another attempt only once nothing is left to lose.',
      type: 'final',
      output: ({ context }): RenewalOutput => ({ outcome: 'unknown', failure: context.failure! }),
    },
    misconfigured: {
      description: 'The provider does not accept this client; the tokens are kept.',
      type: 'final',
      output: ({ context }): RenewalOutput => ({ outcome: 'misconfigured', failure: context.failure! }),
    },
    ended: {
      description: 'The grant is dead: a human must sign in.',
      type: 'final',
      output: ({ context }): RenewalOutput => ({ outcome: 'ended', failure: context.failure! }),
    },
    signedOut: {
      description: 'Somebody signed this session out meanwhile.',
      type: 'final',
      output: (): RenewalOutput => ({ outcome: 'signedOut' }),
    },
  },
  // Each outcome is a final state, and speaks for itself.
  output: ({ event }) => event.output as RenewalOutput,
});
