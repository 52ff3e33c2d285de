/** What is read of an XState v5 machine: any `StateMachine` is one. */
export interface MachineLike {
  readonly id: string;
  readonly root: StateLike;
}

export interface StateLike {
  readonly key: string;
  readonly path: readonly string[];
  /** `atomic`, `compound`, `parallel`, `final` or `history`. */
  readonly type: string;
  readonly description?: string | undefined;
  readonly meta?: unknown;
  readonly tags: readonly string[];
  readonly states: Readonly<Record<string, StateLike>>;
  readonly initial?: { readonly target?: readonly StateLike[] | undefined } | undefined;
  readonly on: Readonly<Record<string, readonly TransitionLike[]>>;
  readonly always?: readonly TransitionLike[] | undefined;
  readonly invoke: readonly { readonly id: string }[];
}

export interface TransitionLike {
  readonly target?: readonly StateLike[] | undefined;
  readonly guard?: unknown;
}

/** One alternative of one event of one state. */
export interface Transition {
  readonly source: StateLike;
  /** XState's own name: `xstate.done.actor.claimFlow`; empty: it is taken at once. */
  readonly event: string;
  /** `else`: what is left when the guards before it say no. */
  readonly guard: string | null;
  /** `null`: it stays where it is. */
  readonly target: StateLike | null;
}

export const childrenOf = (state: StateLike): readonly StateLike[] => Object.values(state.states);

/** Parents before their children. */
export function statesBelow(state: StateLike): readonly StateLike[] {
  return childrenOf(state).flatMap((child) => [child, ...statesBelow(child)]);
}

export const initialOf = (state: StateLike): StateLike | undefined => state.initial?.target?.[0];

export const isInside = (state: StateLike, parent: StateLike): boolean =>
  parent.path.every((key, depth) => state.path[depth] === key);

/** Every transition of a state and of those below it, in the order they stand in. */
export function* transitionsOf(state: StateLike): Generator<Transition> {
  for (const [event, alternatives] of Object.entries({ ...state.on, '': state.always ?? [] })) {
    for (const [index, { guard, target }] of alternatives.entries()) {
      const name = guardName(guard) ?? (index > 0 ? 'else' : null);
      yield { source: state, event, guard: name, target: target?.[0] ?? null };
    }
  }
  for (const child of childrenOf(state)) yield* transitionsOf(child);
}

function guardName(guard: unknown): string | null {
  if (guard === undefined) return null;
  if (typeof guard === 'string') return guard;
  if (typeof guard === 'function') return guard.name;
  const { type, params } = guard as { readonly type?: unknown; readonly params?: unknown };
  return typeof params === 'string' ? `${String(type)} ${params}` : String(type);
}
