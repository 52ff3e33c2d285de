import { createHash, randomBytes } from 'node:crypto';
import type { Clock, Cryptography, Transport } from '../../../src/services/ports.js';
import type { ProtocolPorts } from '../../../src/services/protocol-ports.js';
import { TransportFault } from '../../../src/services/transport-fault.js';

export const systemClock: Clock = {
  now: () => Date.now(),
  elapsed: () => performance.now(),
  setTimeout: (listener, milliseconds) => setTimeout(listener, milliseconds).unref(),
  clearTimeout: (id) => clearTimeout(id as NodeJS.Timeout),
};

/** A clock that stands still until it is told to go on. */
export function stoppedClock(
  start = Date.UTC(2026, 0, 1),
): Clock & { advance(milliseconds: number): void; timers: number } {
  let now = start;
  const pending = new Map<symbol, { at: number; listener: () => void }>();
  return {
    now: () => now,
    elapsed: () => now - start,
    setTimeout(listener, milliseconds) {
      const id = Symbol('timer');
      pending.set(id, { at: now + milliseconds, listener });
      return id;
    },
    clearTimeout: (id) => void pending.delete(id as symbol),
    advance(milliseconds) {
      now += milliseconds;
      for (const [id, { at, listener }] of pending) {
        if (at > now) continue;
        pending.delete(id);
        listener();
      }
    },
    get timers() {
      return pending.size;
    },
  };
}

export const cryptography: Cryptography = {
  randomBytes: (length) => new Uint8Array(randomBytes(length)),
  sha256: async (data) => new Uint8Array(createHash('sha256').update(data).digest()),
};

const UNSENT = new Map([
  ['ECONNREFUSED', 'refused'],
  ['ENOTFOUND', 'dns'],
] as const);

/** The runtime's fetch, and what it was called with. */
export function recordingTransport(): Transport & {
  readonly calls: Array<{ url: string; init: RequestInit }>;
} {
  const calls: Array<{ url: string; init: RequestInit }> = [];
  return {
    calls,
    async fetch(url, init) {
      calls.push({ url, init });
      try {
        return await fetch(url, init);
      } catch (error) {
        const code = ((error as Error).cause as { code?: 'ECONNREFUSED' | 'ENOTFOUND' } | undefined)?.code;
        const kind = code === undefined ? undefined : UNSENT.get(code);
        throw kind ? new TransportFault(kind, false) : new TransportFault('reset', true);
      }
    },
    async close() {},
  };
}

export function protocolPorts(): ProtocolPorts & {
  readonly transport: ReturnType<typeof recordingTransport>;
} {
  return { clock: systemClock, cryptography, transport: recordingTransport() };
}
