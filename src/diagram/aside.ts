/**
 * What would hide the way of a sign-in in the picture of `authorization`: failures, and commands that work nearly
 * everywhere.
 */
export function isAside(source: string, event: string): boolean {
  if (event.startsWith('failed(')) return true;
  if (/^(?:session\.(?:adopt|changed)|flow\.reset|authorization\.cancel)$/.test(event)) return true;
  if (/^(?:callback\.received|session\.restore)$/.test(event)) return source !== 'idle';
  if (event === 'authorization.begin') return !['idle', 'expired', 'error'].includes(source);
  return event === 'session.signOut' && source !== 'authorized';
}
