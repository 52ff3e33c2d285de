import type { Lock, Store } from '../services/ports.js';

/** What a store brings to be judged: an empty place for records, and ways to get at it. */
export interface StoreUnderTest {
  /**
   * Opens the place once more, as another process would.
   *
   * @param clockAhead - milliseconds by which that process's own wall clock is wrong; 0 if not given
   */
  open(options?: { readonly clockAhead?: number }): Store | Promise<Store>;
  /** Lets milliseconds pass, for the store as well. Default: they pass by themselves. */
  elapse?(milliseconds: number): Promise<void>;
  /**
   * Cuts every store opened over the place off from it, until the returned function is called. Left out where there is
   * nothing to be cut off from.
   */
  interrupt?(): Promise<() => Promise<void>>;
  /**
   * Makes the place stand still: whatever it is asked it answers once the returned function is called. Left out where
   * it cannot be down either.
   */
  pause?(): Promise<() => Promise<void>>;
  close?(): Promise<void>;
}

export type MakeStoreUnderTest = () => StoreUnderTest | Promise<StoreUnderTest>;

/** What a case works with. */
export interface Place {
  readonly store: Store;
  /** As another process would. */
  reopen(options?: { readonly clockAhead?: number }): Promise<Store>;
  elapse(milliseconds: number): Promise<void>;
  interrupt(): Promise<() => Promise<void>>;
  pause(): Promise<() => Promise<void>>;
}

export interface Case {
  readonly name: string;
  check(place: Place): Promise<void>;
}

export const inRealTime = (milliseconds: number) =>
  new Promise<void>((resolve) => void setTimeout(resolve, milliseconds));

export const UNLIMITED: AbortSignal = new AbortController().signal;

/** Writes whatever is there now, and gives the new version. */
export async function put(store: Store, key: string, value: string, ttl?: number): Promise<string> {
  for (;;) {
    const expected = (await store.read(key))?.version ?? null;
    const result = await store.write(key, value, { expected, ...(ttl !== undefined && { ttl }) });
    if (result.written) return result.version;
  }
}

/** A lock that may not come. */
export function observed(pending: Promise<Lock>): { readonly lock: Lock | undefined } {
  const seen: { lock: Lock | undefined } = { lock: undefined };
  void pending.then(
    (lock) => (seen.lock = lock),
    () => undefined,
  );
  return seen;
}

/** All at once, on stores in turn. */
export function atOnce<Result>(
  stores: readonly Store[],
  count: number,
  act: (store: Store, at: number) => Promise<Result>,
): Promise<Result[]> {
  return Promise.all(Array.from({ length: count }, (_, at) => act(stores[at % stores.length]!, at)));
}
