import type { SignOutReport } from 'authchart';
import type { EmulatorEndpoints } from 'authchart/testing';

export interface ApplicationSettings {
  readonly endpoints: EmulatorEndpoints;
  readonly clientId: string;
  readonly store: 'web' | 'shared';
}

/** What the page of an application offers to its test. */
export interface Application {
  /** Where to send the person. */
  begin(): Promise<string>;
  /** With the address of the page. */
  complete(): Promise<void>;
  /** Whether there is a session without a sign-in. */
  restore(): Promise<boolean>;
  token(): Promise<string>;
  renew(): Promise<void>;
  signOut(): Promise<SignOutReport>;
  statuses(): readonly string[];
  /** All that lies in any storage of the page. */
  kept(): Promise<string>;
}
