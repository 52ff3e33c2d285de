/** Wall clock, monotonic clock and timers. Its shape is XState's clock, so that one object drives both. */
export interface Clock {
  /** Unix milliseconds; may jump. */
  now(): number;
  /** Milliseconds since some fixed moment of this process; never jumps. */
  elapsed(): number;
  /** `milliseconds` is at most 2^31 - 1: longer sleeps are cut in slices by the caller. */
  setTimeout(listener: () => void, milliseconds: number): unknown;
  clearTimeout(id: unknown): void;
}

export interface Cryptography {
  /** Bytes of a cryptographically secure generator; throws where there is none. */
  randomBytes(length: number): Uint8Array;
  sha256(data: Uint8Array): Promise<Uint8Array>;
}

/** The runtime's fetch. Rejects with a `TransportFault` when no response came. */
export interface Transport {
  fetch(url: string, init: RequestInit): Promise<Response>;
  /** The undici-shaped door, where the runtime has one. */
  request?(url: string, options: TransportRequest): Promise<TransportResponse>;
  /** Ends idle connections. */
  close(): Promise<void>;
}

export interface TransportRequest {
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | Uint8Array | null;
  readonly signal?: AbortSignal;
}

export interface TransportResponse {
  readonly statusCode: number;
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>;
  readonly body: TransportBody;
}

export interface TransportBody extends AsyncIterable<Uint8Array> {
  text(): Promise<string>;
  json(): Promise<unknown>;
  arrayBuffer(): Promise<ArrayBuffer>;
}

export interface Entry {
  readonly value: string;
  /** Opaque. Never recurs for a key, not even after `remove` or expiry. */
  readonly version: string;
}

export type WriteResult = { readonly written: true; readonly version: string } | { readonly written: false };

export interface WriteOptions {
  /** The version the entry must have now; `null`: there must be none. */
  readonly expected: string | null;
  /** Milliseconds until the entry vanishes, counted by the store's clock. */
  readonly ttl?: number;
  /** The value holds tokens: a store that puts none on disk keeps it in memory. Others ignore it. */
  readonly holdsTokens?: boolean;
}

/** Holding a lock saves work; no safety rests on it. */
export interface Lock {
  /** Aborts when the lock is no longer held. */
  readonly lost: AbortSignal;
  release(): Promise<void>;
}

/**
 * Where records live; `storeConformance` of `authchart/testing` judges one. Entries and locks are apart: a lock is no
 * entry. Every method rejects with an `AuthError` of phase `store` when the store can't be reached
 * or holds something unreadable.
 */
export interface Store {
  read(key: string): Promise<Entry | undefined>;
  /** Compare-and-set: of several writers that expect the same version exactly one has `written: true`. */
  write(key: string, value: string, options: WriteOptions): Promise<WriteResult>;
  /** Removes the entry, or only that version of it; tells whether it did. */
  remove(key: string, options?: { readonly expected?: string }): Promise<boolean>;
  /**
   * Waits until the lock is held; rejects with `cancelled` when `signal` aborts before. `ttl` in milliseconds: after it,
   * another may take the lock.
   */
  lock(key: string, options: { readonly signal: AbortSignal; readonly ttl: number }): Promise<Lock>;
  /**
   * Says "changed", never what; and says it whenever changes may have been missed, when a connection is back say. A
   * listener that throws or rejects breaks nothing.
   */
  watch?(key: string, listener: () => void): () => void;
}

export interface CallbackSink {
  readonly signal: AbortSignal;
  /** Takes a whole callback URL. */
  onCallback(url: string): void;
}

/** What shows the authorization page to a human and receives the callback. */
export interface UserAgent {
  /**
   * Makes ready to receive at the redirect URI and names it (a listener knows its port only now).
   * Receives until the signal aborts; resolves `closed` when nothing is held any more.
   */
  listen(
    redirectUri: string,
    sink: CallbackSink,
  ): Promise<{ readonly redirectUri: string; readonly closed: Promise<void> }>;
  /** Shows the page. Rejects if no human can come to see it. */
  present(url: string, sink: CallbackSink): Promise<void>;
}
