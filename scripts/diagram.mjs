/**
 * A machine as a Mermaid `stateDiagram-v2`.
 *
 * Mermaid draws no edge between states inside different parents, so each edge is drawn between the two that are siblings:
 * what leaves a nested state for the outside leaves its parent. A transition to the state it starts from is left out,
 * and so is what `leaveOut(state, event)` says; then states that nothing else leads to or from go too.
 */
export function mermaid(machine, leaveOut = () => false) {
  const edges = collect(machine.root, leaveOut);
  return ['stateDiagram-v2', ...indented(contents(machine.root, edges))].join('\n');
}

/** All lines inside a state: where it begins, its children, the edges between them. */
function contents(parent, edges) {
  const drawn = new Set([
    ...edges.flatMap(({ source, target }) => [source, target]),
    parent.initial.target[0],
  ]);
  const children = Object.values(parent.states).filter((child) => parent.parent || drawn.has(child));
  return [
    `[*] --> ${idOf(parent.initial.target[0])}`,
    ...children.flatMap((child) => declaration(child, edges)),
    ...edges.filter((edge) => edge.parent === parent).map(line),
    ...children.filter(({ type }) => type === 'final').map((child) => `${idOf(child)} --> [*]`),
  ];
}

function declaration(node, edges) {
  const name = node.path.length > 1 ? `state "${node.key}" as ${idOf(node)}` : `state ${idOf(node)}`;
  if (Object.keys(node.states).length > 0) return [`${name} {`, ...indented(contents(node, edges)), '}'];
  return node.path.length > 1 ? [name] : [idOf(node)];
}

/** Keys recur in several parents; Mermaid's ids must not. */
const idOf = (node) => node.path.join('_');

const indented = (lines) => lines.map((text) => `  ${text}`);

function line({ source, target, reasons }) {
  const label = [...reasons].map(([event, guards]) => labelOf(event, guards)).join(', ');
  return `${idOf(source)} --> ${idOf(target)}${label && ` : ${label}`}`;
}

function labelOf(event, guards) {
  const names = guards.filter((name) => name !== null);
  return [event, names.length > 0 ? `[${names.join(', ')}]` : ''].filter(Boolean).join(' ');
}

/** One edge per pair of siblings, with every reason to take it: event → names of guards. */
function collect(root, leaveOut) {
  const edges = new Map();
  for (const { node, event, transition, guard } of walk(root)) {
    if (leaveOut(node.path.join('.'), event)) continue;
    const ends = endsOf(node, transition.target?.[0]);
    if (!ends) continue;
    const key = `${idOf(ends.source)} ${idOf(ends.target)}`;
    const edge = edges.get(key) ?? { ...ends, reasons: new Map() };
    edge.reasons.set(event, [...new Set([...(edge.reasons.get(event) ?? []), guard])]);
    edges.set(key, edge);
  }
  return [...edges.values()];
}

function* walk(node) {
  for (const [event, transitions] of Object.entries({ ...node.on, '': node.always ?? [] })) {
    for (const [index, transition] of transitions.entries()) {
      const guard = nameOf(transition.guard) ?? (index > 0 ? 'else' : null);
      yield { node, event: readable(event), transition, guard };
    }
  }
  for (const child of Object.values(node.states)) yield* walk(child);
}

const readable = (event) =>
  event
    .replace(/^xstate\.done\.actor\.(.+)$/, '$1 done')
    .replace(/^xstate\.error\.actor\.(.+)$/, '$1 failed');

function nameOf(guard) {
  if (guard === undefined) return null;
  if (typeof guard === 'string') return guard;
  if (typeof guard === 'function') return guard.name;
  return typeof guard.params === 'string' ? `${guard.type} ${guard.params}` : guard.type;
}

/** The two siblings an edge is drawn between, and their parent. */
function endsOf(node, target) {
  if (!target || target === node) return null;
  if (target.path.length > node.path.length && isInside(target, node)) {
    throw new Error(`Mermaid cannot draw the transition from ${idOf(node)} into itself.`);
  }
  if (isInside(node, target)) return endsOf(node, target.initial.target[0]);
  let depth = 0;
  while (node.path[depth] === target.path[depth]) depth++;
  const [source, sibling] = [node, target].map((end) => ancestor(end, depth + 1));
  return { source, target: sibling, parent: source.parent };
}

const isInside = (node, parent) => parent.path.every((key, depth) => node.path[depth] === key);

function ancestor(node, depth) {
  return node.path.length === depth ? node : ancestor(node.parent, depth);
}
