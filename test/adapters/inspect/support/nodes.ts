import type { AnyStateNode } from 'xstate';

/** Every state of a machine, itself first. */
export function nodesOf(node: AnyStateNode): AnyStateNode[] {
  return [node, ...Object.values(node.states).flatMap(nodesOf)];
}

/** Of a guard or an action: what a chart shows. */
export function nameOf(named: unknown): string {
  const { type, name } = named as { readonly type?: string; readonly name?: string };
  return typeof named === 'string' ? named : (type ?? name ?? '');
}
