import { fromEventObservable, fromPromise } from 'xstate';
import type { AnyEventObject, AnyStateMachine, EventObject, NonReducibleUnknown } from 'xstate';
import { authorizationMachine } from '../../../src/machines/authorization.machine.js';
import { exchangeMachine } from '../../../src/machines/exchange.machine.js';
import { renewalMachine } from '../../../src/machines/renewal.machine.js';
import { signOutMachine } from '../../../src/machines/sign-out.machine.js';
import { virtualClock } from '../../../src/adapters/virtual/virtual-clock.js';

/** One call of a service, answered by hand. */
export interface Call {
  readonly input: unknown;
  /** A member of the input. Compare secrets by identity: they all look the same. */
  given(member: string): unknown;
  /** Aborts when the state that made the call is left. */
  readonly signal: AbortSignal;
  /** What a service that answers once answers. */
  answer(output: unknown): Promise<void>;
  fail(error: unknown): Promise<void>;
  /** What a held resource tells. */
  tell(event: AnyEventObject): Promise<void>;
  complete(): Promise<void>;
}

interface Observer {
  next(event: AnyEventObject): void;
  error(error: unknown): void;
  complete(): void;
}

/** Where every service of every machine waits to be answered by hand. */
export function createDesk() {
  const calls = new Map<string, Call[]>();
  const clock = virtualClock();
  /** Lets every promise that can go on do so. */
  const settle = () => clock.advance(0);

  const note = (name: string, call: Omit<Call, 'given'>) => {
    const given = (member: string): unknown => Reflect.get(Object(call.input), member);
    calls.set(name, [...(calls.get(name) ?? []), { ...call, given }]);
  };
  const after = (then: () => void) => {
    then();
    return settle();
  };
  const unfit = () => Promise.reject(new Error('This kind of service does not speak that way.'));

  const promised = <Output, Input extends NonReducibleUnknown>(name: string) =>
    fromPromise<Output, Input>(
      ({ input, signal }) =>
        new Promise((resolve, reject) => {
          note(name, {
            input,
            signal,
            answer: (output) => after(() => resolve(output as Output)),
            fail: (error) => after(() => reject(error as Error)),
            tell: unfit,
            complete: unfit,
          });
        }),
    );

  const held = <Event extends EventObject, Input extends NonReducibleUnknown>(name: string) =>
    fromEventObservable<Event, Input>(({ input }) => ({
      subscribe(...[given]: unknown[]) {
        const observer = given as Observer;
        const state = new AbortController();
        note(name, {
          input,
          signal: state.signal,
          answer: unfit,
          fail: (error) => after(() => observer.error(error)),
          tell: (event) => after(() => observer.next(event)),
          complete: () => after(() => observer.complete()),
        });
        return { unsubscribe: () => state.abort() };
      },
    }));

  const exchange = exchangeMachine.provide({
    actors: {
      claimFlow: promised('claimFlow'),
      redeemCode: promised('redeemCode'),
      commitReceipt: promised('commitReceipt'),
      recordFailure: promised('recordFailure'),
      followClaim: promised('followClaim'),
      identifyAccount: promised('identifyAccount'),
      publishSession: promised('publishSession'),
      discardTokens: promised('discardTokens'),
    },
  });
  const renewal = renewalMachine.provide({
    actors: {
      holdLock: held('holdLock'),
      rereadSession: promised('rereadSession'),
      waitOutJournal: promised('waitOutJournal'),
      writeJournal: promised('writeJournal'),
      requestTokens: promised('requestTokens'),
      saveTokens: promised('saveTokens'),
      clearJournal: promised('clearJournal'),
      judgeRefusal: promised('judgeRefusal'),
    },
  });
  const signOut = signOutMachine.provide({
    actors: {
      forgetSession: promised('forgetSession'),
      buryRecord: promised('buryRecord'),
      revokeTokens: promised('revokeTokens'),
    },
  });
  const authorization = authorizationMachine.provide({
    actors: {
      restoreSession: promised('restoreSession'),
      adoptTokens: promised('adoptTokens'),
      holdUserAgent: held('holdUserAgent'),
      holdDeadline: held('holdDeadline'),
      prepareAuthorization: promised('prepareAuthorization'),
      presentAuthorization: held('presentAuthorization'),
      verifyCallback: promised('verifyCallback'),
      abandonFlow: promised('abandonFlow'),
      watchSession: held('watchSession'),
      saveUnsaved: promised('saveUnsaved'),
      exchange,
      renewal,
      signOut,
    },
  });

  return {
    authorization,
    exchange,
    renewal,
    signOut,
    settle,
    /** One of the four, by the name of its chart. */
    machineOf(name: string): AnyStateMachine {
      const machine = Object.entries({ authorization, exchange, renewal, signOut }).find(
        ([key]) => key === name,
      );
      if (!machine) throw new Error(`There is no machine of the name ${name}.`);
      return machine[1];
    },
    calls: (name: string): readonly Call[] => calls.get(name) ?? [],
    /** The latest call of a service; fails if it was never called. */
    at(name: string): Call {
      const call = calls.get(name)?.at(-1);
      if (!call) throw new Error(`Nobody called ${name}.`);
      return call;
    },
  };
}

export type Desk = ReturnType<typeof createDesk>;
