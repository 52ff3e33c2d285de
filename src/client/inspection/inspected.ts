import type { AnyActorRef } from 'xstate';
import type { AuthorizationActor } from '../../machines/authorization.machine.js';
import type { Message, Observe } from '../../services/inspection/message.js';
import type { Clock } from '../../services/ports.js';

/** Hears what an actor sent or received. */
export type Listener = (message: Message, actor: string) => void;

/** A call that the application makes with a session's token; what it is about is its own affair. */
export interface ApiCall {
  readonly session: string;
  readonly method: string;
  readonly origin: string;
}

/** Hears of a call; what it returns hears of the answer, `null` if none came. */
export type CallListener = (call: ApiCall) => (answer: Pick<Response, 'status' | 'headers'> | null) => void;

/** What a client lets an inspector see. */
export interface Inspectable {
  readonly clock: Clock;
  /** Calls the listener for every root actor that runs, and for each new one before it starts. */
  eachActor(listener: (actor: AuthorizationActor) => void): () => void;
  /** Hears the calls of the application's own. */
  readonly calls: Set<CallListener>;
}

type System = AnyActorRef['system'];

const clients = new WeakMap<object, Inspectable>();
const systems = new WeakMap<System, Set<Listener>>();

export const inspectable = {
  add: (client: object, what: Inspectable) => void clients.set(client, what),
  of: (client: object) => clients.get(client),
};

/** Hears the messages of every service in a system of actors. */
export function listenTo(system: System, listener: Listener): () => void {
  const listeners = systems.get(system) ?? new Set();
  systems.set(system, listeners.add(listener));
  return () => {
    listeners.delete(listener);
    if (listeners.size === 0) systems.delete(system);
  };
}

/** `undefined` while nobody listens: services then make no messages. */
export function observeOf(system: System, actor: string): Observe | undefined {
  const listeners = systems.get(system);
  return listeners && ((message) => listeners.forEach((listener) => listener(message, actor)));
}
