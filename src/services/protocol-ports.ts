import type { Observe } from './inspection/message.js';
import type { Clock, Cryptography, Transport } from './ports.js';

/** What the protocol services need of the world. */
export interface ProtocolPorts {
  readonly clock: Clock;
  readonly cryptography: Cryptography;
  readonly transport: Transport;
  /** Is told what is sent and received; not there while nobody watches. */
  readonly observe?: Observe | undefined;
}

/** What one request needs. */
export type RequestPorts = Pick<ProtocolPorts, 'clock' | 'transport' | 'observe'>;
