import type { EmulatorEndpoints } from 'authchart/testing';

export interface InspectedSettings {
  readonly endpoints: EmulatorEndpoints;
  readonly clientId: string;
}

/** What the page of an application that is inspected offers to its test. */
export interface Inspected {
  /** Opens the window of an inspector, and waits until it is there. */
  open(tool: 'xstate' | 'stately', url: string, options?: { readonly acceptEvents?: boolean }): Promise<void>;
  begin(): Promise<string>;
  /** With the address that the person came back to. */
  complete(address: string): Promise<void>;
  token(): Promise<string>;
  renew(): Promise<void>;
  signOut(): Promise<void>;
  statuses(): readonly string[];
  close(): Promise<void>;
  /** A session that the provider does not know, which it refuses to renew: the code of its failure. */
  fail(): Promise<string>;
}

/** What a window of another package was told, and what it sends. */
export interface Inspecting {
  told(): readonly Told[];
  /** To a service, as tools send an event. */
  send(event: string): void;
  /** To the window that opened this one. */
  post(data: unknown): void;
}

export interface Told {
  readonly type: string;
  readonly id: string;
  readonly name: string;
  readonly parent: string | null;
  /** Of a state its value, of an event its name. */
  readonly what: unknown;
}
