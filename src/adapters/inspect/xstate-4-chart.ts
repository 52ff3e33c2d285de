import type { ChartNode, ChartTransition } from './chart.js';

/** Names that the answers of services have in XState 4. */
export const DONE = 'done.invoke';
export const FAILED = 'error.platform';

/** A chart as XState 4 defines it. */
export function xstate4Chart(node: ChartNode): Readonly<Record<string, unknown>> {
  const transitions = node.transitions.map((each) => transition(each, node));
  const events = [...new Set(transitions.map(({ eventType }) => eventType))];
  const of = (event: string) => transitions.filter(({ eventType }) => eventType === event);
  return {
    id: node.id,
    key: node.key,
    type: node.type,
    initial: node.initial ?? undefined,
    states: Object.fromEntries(node.states.map((state) => [state.key, xstate4Chart(state)])),
    on: Object.fromEntries(events.filter(Boolean).map((event) => [event, of(event)])) as object,
    always: of(''),
    transitions,
    entry: node.entry.map(action),
    exit: node.exit.map(action),
    activities: [],
    invoke: node.invokes.map(({ id, src }) => ({ type: 'xstate.invoke', id, src })),
    meta: node.rfc === null ? undefined : { rfc: node.rfc },
    description: node.description ?? undefined,
    tags: node.tags,
  };
}

const transition = ({ event, target, guard, actions, reenter }: ChartTransition, { id }: ChartNode) => ({
  eventType: event.replace(/^xstate[.]done[.]actor/, DONE).replace(/^xstate[.]error[.]actor/, FAILED),
  source: `#${id}`,
  target: target === null ? undefined : [target],
  cond: guard ?? undefined,
  actions: actions.map(action),
  internal: !reenter,
});

const action = (type: string) => ({ type });
