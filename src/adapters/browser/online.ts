/** Calls the listener whenever the browser is back on the network. */
export function online(listener: () => void): () => void {
  // A server that renders the page has no window.
  if (!('document' in globalThis)) return () => {};
  addEventListener('online', listener);
  return () => removeEventListener('online', listener);
}
