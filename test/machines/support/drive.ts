import { createActor } from 'xstate';
import type { AnyActorRef, AnyEventObject, AnyStateMachine, InspectionEvent } from 'xstate';
import type { Failure } from '../../../src/machines/vocabulary.js';

export interface Driven {
  readonly actor: AnyActorRef;
  /** What services failed with, of this actor and of its children. */
  readonly failures: readonly unknown[];
}

/** Starts an actor and sends it the events of an explored path, the answers of services among them. */
export function drive(machine: AnyStateMachine, input: unknown, path: readonly AnyEventObject[]): Driven {
  const failures: unknown[] = [];
  const inspect = (told: InspectionEvent) => {
    if (told.type === '@xstate.event' && told.event.type.startsWith('xstate.error.'))
      failures.push(told.event.error);
  };
  const actor = createActor(machine, { input, inspect });
  // An actor that fails does so in its snapshot, where tests look; unobserved, XState would throw it at the process.
  actor.subscribe({ error: () => undefined });
  actor.start();
  for (const event of path) actor.send(event);
  failures.length = 0;
  return { actor, failures };
}

/** The failure an actor shows, in its context or in its output. */
export function failureShown(actor: AnyActorRef): Failure | null {
  const { context, output } = actor.getSnapshot() as {
    context?: { failure?: Failure | null };
    output?: { failure?: Failure | null };
  };
  return output?.failure ?? context?.failure ?? null;
}
