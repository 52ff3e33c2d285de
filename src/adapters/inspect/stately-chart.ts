import type { ChartNode, ChartTransition } from './chart.js';

/**
 * A chart as the configuration of a machine of XState 5. Lists of one are that one, and actions stand in one text: the
 * inspector cuts what lies ten levels deep.
 */
export function statelyChart(node: ChartNode): object {
  const { id, type, initial, description, tags, rfc } = node;
  const invoked = new Set(node.invokes.flatMap(({ id }) => [doneBy(id), failedBy(id)]));
  const own = node.transitions.filter(({ event }) => !invoked.has(event));
  const of = (event: string) => some(node.transitions.filter((each) => each.event === event).map(transition));
  const events = [...new Set(own.map(({ event }) => event))].filter((event) => event !== '');
  return present({
    id,
    type: type === 'final' ? type : undefined,
    initial: initial ?? undefined,
    description: description ?? undefined,
    tags: some(tags),
    meta: rfc === null ? undefined : { rfc },
    entry: some(node.entry),
    exit: some(node.exit),
    invoke: some(
      node.invokes.map(({ id, src }) =>
        present({ id, src, onDone: of(doneBy(id)), onError: of(failedBy(id)) }),
      ),
    ),
    always: of(''),
    on: events.length > 0 ? Object.fromEntries(events.map((event) => [event, of(event)])) : undefined,
    states:
      node.states.length > 0
        ? Object.fromEntries(node.states.map((state) => [state.key, statelyChart(state)]))
        : undefined,
  });
}

const doneBy = (service: string) => `xstate.done.actor.${service}`;
const failedBy = (service: string) => `xstate.error.actor.${service}`;

const transition = ({ target, guard, actions, reenter }: ChartTransition) =>
  present({
    target: target ?? undefined,
    guard: guard ?? undefined,
    actions: actions.length > 0 ? actions.join(', ') : undefined,
    reenter: reenter || undefined,
  });

const some = <Item>(items: readonly Item[]) => (items.length > 1 ? items : items[0]);

const present = (members: object): object =>
  Object.fromEntries(Object.entries(members).filter(([, value]) => value !== undefined));
