import type { Pace } from './inspection/stepwise.js';
import type { Clock, Cryptography, Store, Transport, UserAgent } from '../services/ports.js';

/** What a client needs of the runtime it lives in. Doors preset it. */
export interface Runtime {
  readonly clock: Clock;
  readonly cryptography: Cryptography;
  readonly transport: Transport;
  readonly store: Store;
  /** `null`: only `begin` and `complete`, no `login`. */
  readonly userAgent: UserAgent | null;
  /** Others, by the names that a sign-in may ask for. */
  readonly userAgents?: Readonly<Record<string, UserAgent>>;
  /** Calls the listener whenever the network is back; gives what ends that. */
  online?(listener: () => void): () => void;
  /** What this process is called where it leaves word of what it did. Default: `tab` or `process`, and four random letters. */
  readonly process?: string;
  /** Walks the machines step by step. */
  readonly pace?: Pace | undefined;
  /** Whether everybody can read what runs here. */
  readonly browser: boolean;
  /** Ends what was made for this client alone: idle connections. */
  dispose(): Promise<void>;
  /** Keeps the process alive until the returned function is called: timers alone do not. */
  keepAlive(): () => void;
}
