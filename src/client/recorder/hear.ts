import type { AuthorizationActor, AuthorizationSnapshot } from '../../machines/authorization.machine.js';
import type { AuthorizationFact } from '../../machines/vocabulary.js';
import type { Clock } from '../../services/ports.js';
import type { Ring } from './rings.js';

/** A fact, and the machine around it. */
export interface Heard {
  /** Unix milliseconds. */
  readonly at: number;
  readonly fact: AuthorizationFact;
  readonly before: AuthorizationSnapshot;
  readonly after: AuthorizationSnapshot;
}

/** What of a client is still to be written. */
export interface PendingLog {
  /** Facts of which nobody knows yet whose they are. */
  readonly placing: Set<Promise<unknown>>;
  readonly rings: Map<string, Ring>;
  /** Of one log it may be two: one that had to make room, and its successor. */
  readonly writing: Set<Ring>;
  /** Closing waits for it. */
  track(work: Promise<unknown>): unknown;
}

/** Follows an actor for as long as it runs. */
export function hear(actor: AuthorizationActor, clock: Clock, tell: (heard: Heard) => void): void {
  let before = actor.getSnapshot();
  actor.on('*', (fact) => tell({ at: clock.now(), fact, before, after: actor.getSnapshot() }));
  // Facts come before it.
  actor.subscribe((snapshot) => (before = snapshot));
}
