/** A node of a machine of XState 5: what is read of it. */
interface StateNode {
  readonly id: string;
  readonly key: string;
  readonly type: string;
  readonly initial: { readonly target: readonly { readonly key: string }[] } | undefined;
  readonly states: Readonly<Record<string, StateNode>>;
  /** By event. */
  readonly transitions: ReadonlyMap<string, readonly TransitionDefinition[]>;
  readonly always: readonly TransitionDefinition[] | undefined;
  readonly entry: readonly Named[];
  readonly exit: readonly Named[];
  readonly invoke: readonly { readonly id: string; readonly src: unknown }[];
  readonly description: string | undefined;
  readonly tags: readonly string[];
  readonly meta: { readonly rfc?: unknown } | undefined;
}

/** A function that has no type is a guard of one place, and bears a name. */
type Named = string | { readonly type: string } | { readonly name: string };

interface TransitionDefinition {
  readonly eventType: string;
  readonly target: readonly { readonly id: string }[] | undefined;
  readonly guard: unknown;
  readonly actions: readonly Named[];
  readonly reenter: boolean;
}

export interface ChartTransition {
  /** As XState 5 calls it; empty: taken at once. */
  readonly event: string;
  /** `#authorization.idle` */
  readonly target: string | null;
  readonly guard: string | null;
  readonly actions: readonly string[];
  readonly reenter: boolean;
}

/** A state of a chart in names alone: no function, no parameter and no value of a context is in it. */
export interface ChartNode {
  readonly id: string;
  readonly key: string;
  readonly type: string;
  readonly initial: string | null;
  readonly states: readonly ChartNode[];
  readonly transitions: readonly ChartTransition[];
  readonly entry: readonly string[];
  readonly exit: readonly string[];
  readonly invokes: readonly { readonly id: string; readonly src: string }[];
  readonly description: string | null;
  readonly tags: readonly string[];
  readonly rfc: string | null;
}

/** `null`: a service, which has no chart. */
export function readChart(definition: unknown): ChartNode | null {
  // XState's definition leaves out the transitions that are taken at once: they stand in the node alone.
  const root = (definition as { readonly initial?: { readonly source: StateNode } } | null)?.initial?.source;
  return root ? readState(root) : null;
}

function readState(node: StateNode): ChartNode {
  const { id, key, type, initial, entry, exit, tags, description = null, meta } = node;
  const transitions = [...node.transitions.values(), node.always ?? []].flat();
  return {
    id,
    key,
    type,
    initial: initial?.target[0]?.key ?? null,
    states: Object.values(node.states).map(readState),
    transitions: transitions.map(readTransition),
    entry: entry.map(nameOf),
    exit: exit.map(nameOf),
    invokes: node.invoke.map(({ id, src }) => ({ id, src: typeof src === 'string' ? src : id })),
    description,
    tags,
    rfc: typeof meta?.rfc === 'string' ? meta.rfc : null,
  };
}

const readTransition = ({ eventType, target, guard, actions, reenter }: TransitionDefinition) => ({
  event: eventType,
  target: target?.[0] ? `#${target[0].id}` : null,
  guard: guard ? nameOf(guard as Named) : null,
  actions: actions.map(nameOf),
  reenter,
});

function nameOf(named: Named): string {
  if (typeof named === 'string') return named;
  return 'type' in named ? named.type : named.name;
}

/** `authorized.fresh` → `{ authorized: 'fresh' }` */
export function stateValueOf(path: string): StateValue {
  const [key = '', ...inner] = path.split('.');
  return inner.length === 0 ? key : { [key]: stateValueOf(inner.join('.')) };
}

export type StateValue = string | { readonly [key: string]: StateValue };
