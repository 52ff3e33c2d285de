import type { Runtime } from './runtime.js';

/** What this process is called in what it writes down. Drawn at the first use: some servers have no chance at their start. */
export function processName({ process, browser, cryptography }: Runtime): () => string {
  let name = process;
  return () => (name ??= `${browser ? 'tab' : 'process'} ${letters(cryptography.randomBytes(4))}`);
}

const letters = (bytes: Uint8Array) => Array.from(bytes, (byte) => (byte % 32).toString(32)).join('');
