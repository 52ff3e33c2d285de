import { fromEventObservable, fromPromise } from 'xstate';
import type { EventObject, NonReducibleUnknown } from 'xstate';
import type { Observe } from '../services/inspection/message.js';
import { observeOf } from './inspection/inspected.js';
import type { Pace } from './inspection/stepwise.js';
import type { Jobs } from './jobs.js';

/** What a service is handed beside its ports. */
type Answer<Input, Output> = (
  input: Input,
  signal: AbortSignal,
  observe: Observe | undefined,
) => Promise<Output>;

/** How the actors of one client run. */
export interface Running {
  readonly jobs: Jobs;
  readonly pace: Pace | undefined;
}

/** A service that answers once. It is tracked, so that closing the client waits for what must not be cut short. */
export function answering<Input extends NonReducibleUnknown, Output>(
  { jobs, pace }: Running,
  service: Answer<Input, Output>,
) {
  return fromPromise<Output, Input>(({ input, signal, self, system }) => {
    const answer = jobs.track(service(input, signal, observeOf(system, self.sessionId)));
    return pace ? pace.answer(self, answer, signal) : answer;
  });
}

/**
 * A service whose answer matters even when its state is left meanwhile: a token request that was sent is never aborted,
 * for the provider may already have rotated. Then `settle` saves or revokes what came.
 */
export function settling<Input extends NonReducibleUnknown, Output>(
  { jobs, pace }: Running,
  service: Answer<Input, Output>,
  settle: (input: Input, answer: Promise<Output>, observe: Observe | undefined) => Promise<unknown>,
) {
  return fromPromise<Output, Input>(({ input, signal, self, system }) => {
    const observe = observeOf(system, self.sessionId);
    const answer = jobs.track(service(input, signal, observe));
    const leave = () => void jobs.track(settle(input, answer, observe));
    signal.addEventListener('abort', leave, { once: true });
    return pace ? pace.answer(self, answer, signal) : answer;
  });
}

/** A resource that lives exactly as long as the state that invokes it: entering opens it, leaving aborts the signal. */
export function holding<Event extends EventObject, Input extends NonReducibleUnknown>(
  { jobs, pace }: Running,
  open: (input: Input, tell: (event: Event) => void, signal: AbortSignal) => Promise<void>,
) {
  return fromEventObservable<Event, Input>(({ input, self }) => ({
    subscribe(...handlers: unknown[]) {
      const observer = handlers[0] as Required<Observer<Event>>;
      const state = new AbortController();
      const { signal } = state;
      const leave = () => state.abort();
      // An actor that the application made may outlive the client; what it holds does not.
      const letGo = jobs.hold(leave);
      const whileHeld = (then: () => void) => () => void (signal.aborted || then());
      const pass = pace ? pace.events(self, signal) : (_: string, then: () => void) => then();
      const tell = (event: Event) =>
        pass(
          event.type,
          whileHeld(() => observer.next(event)),
        );
      const life = jobs.track(open(input, tell, signal).finally(letGo));
      const end = (word: string, then: () => void) => pass(`${word}(${self.id})`, whileHeld(then));
      life.then(
        () => end('done', () => observer.complete()),
        (error: unknown) => end('failed', () => observer.error(error)),
      );
      return { unsubscribe: leave };
    },
  }));
}

interface Observer<Event> {
  next(event: Event): void;
  error(error: unknown): void;
  complete(): void;
}
