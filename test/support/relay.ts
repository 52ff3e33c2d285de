import { onTestFinished } from 'vitest';
import { startGate, type TcpGate } from './tcp-gate.js';

export type Relay = Omit<TcpGate, 'close'>;

/** A way to a server that can be cut without touching the server. Ends with the test. */
export async function startRelay(to: string): Promise<Relay> {
  const { close, ...relay } = await startGate(to);
  onTestFinished(close);
  return relay;
}
