import type { Clock, Cryptography, Transport } from '../../services/ports.js';
import { TransportFault } from '../../services/transport-fault.js';

/** The clocks and timers that every runtime has. */
export const platformClock: Clock = {
  now: () => Date.now(),
  elapsed: () => performance.now(),
  setTimeout: (listener, milliseconds) => setTimeout(listener, milliseconds),
  clearTimeout: (id) => {
    clearTimeout(id as ReturnType<typeof setTimeout>);
  },
};

/** WebCrypto. Throws where there is none: a weaker generator would be worse than no sign-in (RFC 7636 §7.1). */
export const platformCryptography: Cryptography = {
  randomBytes: (length) => crypto.getRandomValues(new Uint8Array(length)),
  sha256: async (data) => new Uint8Array(await crypto.subtle.digest('SHA-256', new Uint8Array(data))),
};

/** The global fetch. It does not tell how far a failed request came, so each may have been sent. */
export const platformTransport: Transport = {
  async fetch(url, init) {
    try {
      return await fetch(url, init);
    } catch {
      throw new TransportFault(init.signal?.aborted ? 'aborted' : 'unknown', true);
    }
  },
  close: () => Promise.resolve(),
};

/** Whether everybody can read what runs here. */
export function isBrowser(): boolean {
  return 'document' in globalThis;
}
