import type { Store } from '../services/ports.js';

/** What a store brings to be judged: an empty place for records, and ways to get at it. */
export interface StoreUnderTest {
  /**
   * Opens the place once more, as another process would.
   *
   * @param clockAhead - milliseconds by which that process's own wall clock is wrong; 0 if not given
   */
  open(options?: { readonly clockAhead?: number }): Store | Promise<Store>;
  /** Lets milliseconds pass, for the store as well. Default: they pass by themselves, in real time. */
  elapse?(milliseconds: number): Promise<void>;
  /**
   * Makes the place unreachable, for every store opened over it, until the returned function is called. Left out:
   * the cases that need it are left out as well, and say so in their names.
   */
  interrupt?(): Promise<() => Promise<void>>;
  close?(): Promise<void>;
}

export interface ConformanceCase {
  readonly name: string;
  /** Rejects with an assertion error if the store does not hold to the port. */
  run(): Promise<void>;
}
