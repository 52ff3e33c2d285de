import type { AnyActorRef, InspectionEvent } from 'xstate';
import type { AuthorizationActor } from '../../machines/authorization.machine.js';
import { platformClock } from '../../adapters/platform/platform.js';
import { AuthError } from '../../services/auth-error.js';
import type { Message } from '../../services/inspection/message.js';
import { apiRequestMessage, apiResponseMessage } from '../../services/inspection/messages.js';
import type { Client } from '../create-client.js';
import type { FlowEvent, FlowSink, Unstamped } from './flow-event.js';
import { inspectable, listenTo } from './inspected.js';
import type { CallListener } from './inspected.js';
import { createTracks } from './tracks.js';

/**
 * Tells a sink what happens in every sign-in and session of a client, or of one actor of the chart, from now on: which
 * machine moved where, why, how long it had been there, what was sent and received, what failed. Each event is made by
 * allow-list and holds no secret; without a sink nothing is made at all.
 *
 * A sink that throws breaks no sign-in. Its error becomes an unhandled rejection, which ends Node unless somebody listens.
 *
 * @returns ends it
 * @throws {@link AuthError} `invalid_option` if it is neither a client nor an actor
 *
 * @example
 * ```ts
 * const stop = inspectFlow(client, (event) => {
 *   if (event.type === 'actor.moved') console.log(event.from, '→', event.to, event.failure?.code ?? '');
 * });
 * ```
 */
export function inspectFlow(inspected: Client | AuthorizationActor, sink: FlowSink): () => void {
  const client = inspectable.of(inspected);
  const clock = client?.clock ?? platformClock;
  const began = clock.elapsed();
  const endings = new Set<() => void>();
  let sequence = 0;
  let ended = false;

  function tell(event: Unstamped<FlowEvent>): void {
    // Answers to what was under way still come.
    if (ended) return;
    const moment = { sequence: ++sequence, at: clock.now(), elapsed: clock.elapsed() - began };
    try {
      sink(Object.assign(moment, event), tracks.source);
    } catch (error) {
      void Promise.reject(error);
    }
  }
  const tracks = createTracks(() => clock.elapsed(), tell);
  function hear(message: Message, actor: string): void {
    const session = tracks.sessionOf(actor);
    if (session !== null) tell({ type: 'message.passed', actor, session, message });
  }
  const caller: CallListener = {
    heard: (message, session) => tell({ type: 'message.passed', actor: null, session, message }),
    called({ session, method, origin }) {
      const request = apiRequestMessage(method, origin);
      this.heard(request, session);
      return (answer) => this.heard(apiResponseMessage(request, answer), session);
    },
  };

  function attend(root: AnyActorRef): void {
    const watching = root.system.inspect((event: InspectionEvent) => tracks.see(event));
    const unhear = listenTo(root.system, hear);
    const unfollow = tracks.follow(root);
    const end = () => {
      watching.unsubscribe();
      unhear();
      unfollow();
      endings.delete(end);
    };
    endings.add(end);
    root.subscribe({ complete: end, error: end });
  }

  if (client) {
    endings.add(client.eachActor(attend));
    client.calls.add(caller);
    endings.add(() => client.calls.delete(caller));
  } else if (isActor(inspected)) attend(inspected);
  else throw new AuthError('invalid_option', { detail: 'inspectFlow takes a client or an actor.' });
  return () => {
    ended = true;
    endings.forEach((end) => end());
  };
}

function isActor(inspected: unknown): inspected is AuthorizationActor {
  return (
    typeof inspected === 'object' && inspected !== null && 'sessionId' in inspected && 'system' in inspected
  );
}
