import { fromEventObservable, fromPromise } from 'xstate';
import type { DeadlineEvent, DeadlineInput } from '../../src/machines/authorization.contract.js';
import { authorizationMachine } from '../../src/machines/authorization.machine.js';
import { exchangeMachine } from '../../src/machines/exchange.machine.js';
import { renewalMachine } from '../../src/machines/renewal.machine.js';
import { signOutMachine } from '../../src/machines/sign-out.machine.js';
import type { SessionFacts } from '../../src/machines/vocabulary.js';

// Compiled, never run: what somebody who brings services of their own is told by the compiler.

declare const facts: SessionFacts;

authorizationMachine.provide({
  actors: {
    restoreSession: fromPromise<SessionFacts | null, { session: string }>(async ({ input }) => ({
      ...facts,
      session: input.session,
    })),
    holdDeadline: fromEventObservable<DeadlineEvent, DeadlineInput>(() => ({
      subscribe: () => ({ unsubscribe() {} }),
    })),
    exchange: exchangeMachine,
    renewal: renewalMachine,
    signOut: signOutMachine,
  },
});

authorizationMachine.provide({
  actors: {
    // @ts-expect-error wrong output: a session is facts, not their text
    restoreSession: fromPromise<string, { session: string }>(async ({ input }) => input.session),
  },
});

authorizationMachine.provide({
  actors: {
    // @ts-expect-error wrong output: an adoption that succeeds brings facts
    adoptTokens: fromPromise<null, { session: string; tokens: never }>(async () => null),
  },
});

authorizationMachine.provide({
  actors: {
    // @ts-expect-error wrong input: a session is known by its name
    restoreSession: fromPromise<SessionFacts | null, { session: number }>(async () => facts),
  },
});

authorizationMachine.provide({
  actors: {
    // @ts-expect-error wrong input: nobody tells it an account
    saveUnsaved: fromPromise<SessionFacts, { session: string; account: string }>(async () => facts),
  },
});

authorizationMachine.provide({
  actors: {
    // @ts-expect-error unknown service: it is restoreSession
    readSession: fromPromise<SessionFacts | null, { session: string }>(async () => facts),
  },
});

authorizationMachine.provide({
  actors: {
    // @ts-expect-error wrong kind: a deadline tells events while it is held, it does not answer once
    holdDeadline: fromPromise<DeadlineEvent, DeadlineInput>(async ({ input }) => ({
      type: 'deadline.armed',
      at: input.at ?? 0,
    })),
  },
});

authorizationMachine.provide({
  actors: {
    // @ts-expect-error wrong event: a deadline does not tell callbacks
    holdDeadline: fromEventObservable<{ type: 'callback.received' }, DeadlineInput>(() => ({
      subscribe: () => ({ unsubscribe() {} }),
    })),
  },
});

authorizationMachine.provide({
  actors: {
    // @ts-expect-error wrong machine: a renewal is no exchange
    exchange: renewalMachine,
  },
});

exchangeMachine.provide({
  actors: {
    // @ts-expect-error wrong output: tokens travel redacted
    redeemCode: fromPromise<{ access_token: string }, { flow: string }>(async () => ({ access_token: '' })),
  },
});

renewalMachine.provide({
  actors: {
    // @ts-expect-error wrong output: there is no such outcome
    writeJournal: fromPromise<{ outcome: 'done' }, { session: string }>(async () => ({ outcome: 'done' })),
  },
});

signOutMachine.provide({
  actors: {
    // @ts-expect-error unknown service: tokens are revoked together
    revokeToken: fromPromise(async () => []),
  },
});
