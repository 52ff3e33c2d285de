/**
 * The name of an event that came from an inspecting page; `null`: it is no event, or it carries something. Anybody who
 * reaches the page's window or the WebSocket can send one, so nothing but a bare name goes on.
 */
export function receivedName(event: unknown): string | null {
  if (typeof event === 'string') return event;
  if (typeof event !== 'object' || event === null) return null;
  // What XState 4 wraps events in (SCXML §5.10.1).
  if ('$$type' in event) return event.$$type === 'scxml' && 'data' in event ? bareName(event.data) : null;
  return bareName(event);
}

function bareName(event: unknown): string | null {
  if (typeof event !== 'object' || event === null) return null;
  const [member, ...others] = Object.entries(event);
  return others.length === 0 && member?.[0] === 'type' && typeof member[1] === 'string' ? member[1] : null;
}
