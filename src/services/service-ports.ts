import type { Failure } from '../machines/vocabulary.js';
import type { Configuration } from './configuration.js';
import type { ProtocolPorts } from './protocol-ports.js';
import type { Records } from './records/records.js';
import type { Vault } from './session/vault.js';
import type { revokeToken } from './token-endpoint/revoke-token.js';

/** What the services of one client share. */
export interface ServicePorts extends ProtocolPorts {
  readonly configuration: Configuration;
  readonly records: Records;
  readonly vault: Vault;
  /** What this process is called in records; not given: it is not told in any. */
  readonly by?: () => string;
  /** May have to be loaded first: what is local at sign-out waits for nothing. */
  readonly revokeToken: typeof revokeToken;
  readonly endFlow: (ports: ServicePorts, flow: string, failure: Failure) => Promise<unknown>;
}

/** A service, once its ports are known: the shape that an invoked actor calls. */
export type Service<Input, Output> = (
  ports: ServicePorts,
) => (input: Input, signal: AbortSignal) => Promise<Output>;
