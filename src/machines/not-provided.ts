import { fromEventObservable, fromPromise } from 'xstate';
import type { EventObject, NonReducibleUnknown } from 'xstate';
import type { Failure } from './vocabulary.js';

/** What XState would report as "Cannot read properties of undefined", in our words. */
class ServiceNotProvided extends Error {
  override readonly name = 'ServiceNotProvided';
  readonly failure: Failure;

  constructor(machine: string, service: string) {
    const message =
      `The ${machine} machine was started without its service "${service}". Provide it with ` +
      `${machine}Machine.provide({ actors: { ${service}: … } }), or take client.machine, which has them all.`;
    super(message);
    this.failure = {
      code: 'service_not_provided',
      phase: 'configuration',
      message,
      retryable: false,
      retryAt: null,
      provider: null,
    };
  }
}

/** The typed place of a service that answers once. */
export function promiseService<Output, Input extends NonReducibleUnknown>(machine: string, service: string) {
  return fromPromise<Output, Input>(() => Promise.reject(new ServiceNotProvided(machine, service)));
}

/** The typed place of a held resource: it tells events until its state is left. */
export function heldService<Event extends EventObject, Input extends NonReducibleUnknown>(
  machine: string,
  service: string,
) {
  return fromEventObservable<Event, Input>(() => ({
    subscribe(...[observer]: unknown[]) {
      const fail = (observer as { error?: (error: unknown) => void }).error;
      let held = true;
      void Promise.resolve().then(() => held && fail?.(new ServiceNotProvided(machine, service)));
      return { unsubscribe: () => void (held = false) };
    },
  }));
}
