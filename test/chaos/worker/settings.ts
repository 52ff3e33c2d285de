import type { EmulatorEndpoints } from 'authchart/testing';
import type { World } from './world.js';

/**
 * What is taken out of the protocol, to see that it is missed: the lock, which must only cost work, or the lock and the
 * journals, which is what a library without a protocol has.
 */
export type Sabotage = 'nothing' | 'lock' | 'lock and journals';

export type StoreSettings =
  | {
      readonly kind: 'file';
      readonly directory: string;
      /** The store stands still while this file is there. */
      readonly gate: string;
    }
  | { readonly kind: 'redis'; readonly url: string; readonly prefix: string }
  | { readonly kind: 'postgres'; readonly url: string; readonly table: string };

export interface WorkerSettings {
  /** How it calls itself at the server; no two workers have the same. */
  readonly name: string;
  readonly world: World;
  readonly store: StoreSettings;
  readonly endpoints: EmulatorEndpoints;
  readonly sabotage: Sabotage;
}

/** By the environment, for a command line is read by everybody. */
export const settingsVariable = 'CHAOS_WORKER';
