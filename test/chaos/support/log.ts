import type { RecordedTokenRequest } from 'authchart/testing';
import type { Report } from '../worker/reports.js';

export interface Interval {
  readonly from: number;
  readonly to: number;
}

/** What happened in one run, in the time of the world: what was done to it, what workers and server say of it. */
export interface ChaosLog {
  readonly kills: ReadonlyArray<{ readonly worker: string; readonly at: number }>;
  /** From SIGSTOP to SIGCONT. */
  readonly stops: ReadonlyArray<Interval & { readonly worker: string }>;
  /** While the store stood still, or every connection to it had been cut. */
  readonly storeStops: readonly Interval[];
  readonly reports: ReadonlyArray<Report & { readonly worker: string }>;
  readonly signIns: readonly Interval[];
  readonly requests: readonly RecordedTokenRequest[];
}
