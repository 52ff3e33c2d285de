import { childrenOf, initialOf, isInside, transitionsOf } from './machine.js';
import type { MachineLike, StateLike } from './machine.js';

interface MermaidEdge {
  readonly source: StateLike;
  readonly target: StateLike;
  readonly parent: StateLike;
  /** Event → names of guards. */
  readonly reasons: Map<string, ReadonlySet<string> | null>;
}

type Ends = Omit<MermaidEdge, 'reasons'>;

/**
 * A machine as a Mermaid `stateDiagram-v2`.
 *
 * Mermaid draws no edge between states inside different parents, so each edge is drawn between the two that are siblings:
 * what leaves a nested state for the outside leaves its parent. What a state does about an event for a state inside it,
 * each of its children does. A transition to the state it starts from is left out.
 */
export function mermaid({ root }: MachineLike): string {
  return ['stateDiagram-v2', ...indented(contents(root, collect(root), root))].join('\n');
}

/** All lines inside a state: where it begins, its children, the edges between them. */
function contents(parent: StateLike, edges: readonly MermaidEdge[], root: StateLike): string[] {
  const children = childrenOf(parent);
  const declared = children.map((child) => declaration(child, edges, root));
  if (parent.type === 'parallel') {
    // Regions are parted by a line, but for the whole Mermaid has none.
    return declared.flatMap((lines, index) => (index > 0 && parent !== root ? ['--', ...lines] : lines));
  }
  const initial = initialOf(parent);
  return [
    ...(initial ? [`[*] --> ${idOf(initial)}`] : []),
    ...declared.flat(),
    ...edges.filter((edge) => edge.parent === parent).map(line),
    ...children.filter(({ type }) => type === 'final').map((child) => `${idOf(child)} --> [*]`),
  ];
}

function declaration(state: StateLike, edges: readonly MermaidEdge[], root: StateLike): string[] {
  const isNamed = state.path.length > 1 || idOf(state) !== state.key;
  const name = isNamed ? `state "${plain(state.key)}" as ${idOf(state)}` : `state ${idOf(state)}`;
  if (childrenOf(state).length > 0) return [`${name} {`, ...indented(contents(state, edges, root)), '}'];
  return isNamed ? [name] : [idOf(state)];
}

const RESERVED = /^(?:as|class|classDef|click|default|direction|end|note|state|style)$/;

/** Keys recur in several parents, and may hold anything; Mermaid's ids must not. */
function idOf({ path }: StateLike): string {
  const id = path
    .map((key) => key.replaceAll(/\W/g, (char) => `u${char.codePointAt(0)!.toString(16)}`))
    .join('_');
  return RESERVED.test(id) ? `${id}_` : id;
}

const indented = (lines: readonly string[]) => lines.map((text) => `  ${text}`);

function line({ source, target, reasons }: MermaidEdge): string {
  const label = [...reasons].map(([event, guards]) => labelOf(event, guards)).join(', ');
  return `${idOf(source)} --> ${idOf(target)}${label && ` : ${label}`}`;
}

function labelOf(event: string, guards: ReadonlySet<string> | null): string {
  return plain([event, guards ? `[${[...guards].join(', ')}]` : ''].filter(Boolean).join(' '));
}

/** What Mermaid would read as its own, as entities. */
const plain = (text: string) =>
  text.replaceAll(/[^\p{L}\p{N} .,[\]()_*-]/gu, (char) => `#${char.codePointAt(0)};`);

/** One edge per pair of siblings, with every reason to take it. */
function collect(root: StateLike): MermaidEdge[] {
  const edges = new Map<string, MermaidEdge>();
  for (const { source, event, guard, target } of transitionsOf(root)) {
    for (const ends of target ? endsOf(source, target, root) : []) {
      const key = `${idOf(ends.source)} ${idOf(ends.target)}`;
      const edge = edges.get(key) ?? { ...ends, reasons: new Map<string, ReadonlySet<string> | null>() };
      const name = readable(event);
      const guards = edge.reasons.get(name);
      // Taken whatever the guards say: then they say nothing.
      edge.reasons.set(name, guard === null || guards === null ? null : new Set([...(guards ?? []), guard]));
      edges.set(key, edge);
    }
  }
  return [...edges.values()];
}

const readable = (event: string) =>
  event
    .replace(/^xstate\.done\.(?:actor|state)\.(.+)$/, '$1 done')
    .replace(/^xstate\.error\.actor\.(.+)$/, '$1 failed')
    .replace(/^xstate\.after\.([^.]+)\..*$/, 'after $1');

/** The siblings that edges are drawn between, and their parent. */
function endsOf(state: StateLike, target: StateLike, root: StateLike): readonly Ends[] {
  if (target === state) return [];
  if (isInside(target, state)) return childrenOf(state).flatMap((child) => endsOf(child, target, root));
  if (isInside(state, target)) {
    const initial = initialOf(target);
    return initial ? endsOf(state, initial, root) : [];
  }
  let depth = 0;
  while (state.path[depth] === target.path[depth]) depth++;
  const [parent, source, sibling] = [
    at(root, state.path.slice(0, depth)),
    at(root, state.path.slice(0, depth + 1)),
    at(root, target.path.slice(0, depth + 1)),
  ];
  return [{ source, target: sibling, parent }];
}

const at = (root: StateLike, path: readonly string[]): StateLike =>
  path.reduce((state, key) => state.states[key]!, root);
