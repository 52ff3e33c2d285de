import type { OutlineEdge } from './chart.js';

/** A transition, as a chart names it. */
export interface NamedTransition extends Omit<OutlineEdge, 'reasons'> {
  readonly event: string;
}

/**
 * What would hide the way of a sign-in in the pictures: failures, commands that work nearly everywhere, and what ends a
 * session from elsewhere. A picture of the exchange is small enough for all of it.
 */
export function isAside({ machine, source, target, event }: NamedTransition): boolean {
  if (machine === 'renewal') return event.startsWith('failed(') || event === 'lock.lost';
  if (machine !== 'authorization') return false;
  if (event.startsWith('failed(')) return true;
  if (/^(?:session\.(?:adopt|changed)|flow\.reset|authorization\.cancel)$/.test(event)) return true;
  if (/^(?:callback\.received|session\.restore)$/.test(event)) return source !== 'idle';
  if (event === 'authorization.begin') return !['idle', 'expired'].includes(source);
  if (event === 'session.signOut') return source !== 'authorized';
  // What is given up for a command goes on with that command.
  if (source === 'abandoned') return target !== 'error';
  if (target === 'error') return true;
  if (target === 'idle') return source.startsWith('authorized.');
  return target === 'restoring' && source.startsWith('error.');
}
