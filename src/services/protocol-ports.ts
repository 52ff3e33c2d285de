import type { Clock, Cryptography, Transport } from './ports.js';

/** What the protocol services need of the world. */
export interface ProtocolPorts {
  readonly clock: Clock;
  readonly cryptography: Cryptography;
  readonly transport: Transport;
}
