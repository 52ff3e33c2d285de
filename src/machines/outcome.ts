import { failureOf } from './failure.js';
import type { Failure, Phase, SessionFacts } from './vocabulary.js';

type KeyOf<Union> = Union extends unknown ? keyof Union : never;
type ValueOf<Union, Key extends PropertyKey> = Union extends unknown
  ? Key extends keyof Union
    ? Union[Key]
    : null
  : never;

interface By<Event> {
  readonly event: Event;
}

/** Reads a member that only some outcomes of a service have; `null` where this one has not. */
export function memberOf<Outcome extends object, Key extends KeyOf<Outcome>>(
  outcome: Outcome,
  key: Key,
): ValueOf<Outcome, Key> {
  return (key in outcome ? outcome[key as keyof object] : null) as ValueOf<Outcome, Key>;
}

/** The guard by which a service's answer chooses the next state. Its name shows in diagrams. */
export function outcomeIs(outcome: string) {
  const guard = ({ event }: By<{ readonly output: { readonly outcome: string } }>) =>
    event.output.outcome === outcome;
  return Object.defineProperty(guard, 'name', { value: outcome });
}

/** The action `fail`, with what a service rejected with. */
export const failed = (phase: Phase) =>
  ({
    type: 'fail',
    params: ({ event }: By<{ readonly error: unknown }>) => failureOf(event.error, phase),
  }) as const;

/** The action `fail`, with the failure that is a service's answer. */
export const failedByOutcome = {
  type: 'fail',
  params: ({ event }: By<{ readonly output: object }>) =>
    'failure' in event.output ? (event.output.failure as Failure) : null,
} as const;

/** The action `know`, with the facts that a service's answer brings. */
export const knowOutcome = {
  type: 'know',
  params: ({ event }: By<{ readonly output: object }>) =>
    'facts' in event.output ? (event.output.facts as SessionFacts) : null,
} as const;
