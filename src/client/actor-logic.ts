import { fromEventObservable, fromPromise } from 'xstate';
import type { EventObject, NonReducibleUnknown } from 'xstate';
import type { Jobs } from './jobs.js';

type Answer<Input, Output> = (input: Input, signal: AbortSignal) => Promise<Output>;

/** A service that answers once. It is tracked, so that closing the client waits for what must not be cut short. */
export function answering<Input extends NonReducibleUnknown, Output>(
  jobs: Jobs,
  service: Answer<Input, Output>,
) {
  return fromPromise<Output, Input>(({ input, signal }) => jobs.track(service(input, signal)));
}

/**
 * A service whose answer matters even when its state is left meanwhile: a token request that was sent is never aborted,
 * for the provider may already have rotated. Then `settle` saves or revokes what came.
 */
export function settling<Input extends NonReducibleUnknown, Output>(
  jobs: Jobs,
  service: Answer<Input, Output>,
  settle: (input: Input, answer: Promise<Output>) => Promise<unknown>,
) {
  return fromPromise<Output, Input>(({ input, signal }) => {
    const answer = jobs.track(service(input, signal));
    const leave = () => void jobs.track(settle(input, answer));
    signal.addEventListener('abort', leave, { once: true });
    return answer;
  });
}

/** A resource that lives exactly as long as the state that invokes it: entering opens it, leaving aborts the signal. */
export function holding<Event extends EventObject, Input extends NonReducibleUnknown>(
  jobs: Jobs,
  open: (input: Input, tell: (event: Event) => void, signal: AbortSignal) => Promise<void>,
) {
  return fromEventObservable<Event, Input>(({ input }) => ({
    subscribe(...handlers: unknown[]) {
      const observer = handlers[0] as Required<Observer<Event>>;
      const state = new AbortController();
      const { signal } = state;
      const leave = () => state.abort();
      // An actor that the application made may outlive the client; what it holds does not.
      const letGo = jobs.hold(leave);
      const whileHeld = (then: () => void) => () => void (signal.aborted || then());
      const tell = (event: Event) => whileHeld(() => observer.next(event))();
      const life = jobs.track(open(input, tell, signal).finally(letGo));
      life.then(
        whileHeld(() => observer.complete()),
        (error: unknown) => whileHeld(() => observer.error(error))(),
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
