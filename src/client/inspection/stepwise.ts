import type { AnyActorRef } from 'xstate';
import type { Gate } from './gate.js';

/** How answers and events of services reach their machines. Without one: at once. */
export interface Pace {
  answer<Output>(from: AnyActorRef, answer: Promise<Output>, signal: AbortSignal): Promise<Output>;
  /** For one resource: hands on each of its events, by name, when it may pass. */
  events(from: AnyActorRef, signal: AbortSignal): (event: string, then: () => void) => void;
  /** The client closes: nothing waits any more. */
  end(): void;
}

/**
 * A renewal that was announced is sent at once: another process, whose time goes on, takes it for dead meanwhile and sends the
 * same token (RFC 9700 §4.14.2).
 */
const URGENT = 'writeJournal';

/** Each waits at a gate; those of one resource in the order they came. Nobody waits for what a state that was left had asked for. */
export function stepwise(gate: Gate): Pace {
  return {
    async answer(from, answer, signal) {
      const word = await answer.then(
        () => 'done',
        () => 'failed',
      );
      if (!signal.aborted && from.id !== URGENT)
        await gate.pass(momentOf(from, `${word}(${from.id})`), signal);
      return answer;
    },
    events(from, signal) {
      let turn = Promise.resolve();
      return (event, then) => {
        // What only notes a time changes no state.
        if (event === 'deadline.armed') return then();
        // That nothing more comes changes none either, and waits for what came before.
        const isEnd = event === `done(${from.id})`;
        const held = () => (isEnd || signal.aborted ? undefined : gate.pass(momentOf(from, event), signal));
        turn = turn.then(held).then(then);
      };
    },
    end: () => gate.end(),
  };
}

const momentOf = (from: AnyActorRef, event: string) => ({
  actor: from.sessionId,
  machine: from._parent?.sessionId ?? from.sessionId,
  event,
});
