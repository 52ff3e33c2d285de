/** What is used of a `Pool` of the `pg` package, 8.11 or newer. */
export interface PostgresPool {
  connect(): Promise<PostgresClient>;
  readonly options?: { readonly max?: number };
}

/** A connection that was borrowed from the pool. */
export interface PostgresClient {
  query(text: string, values?: unknown[]): Promise<PostgresResult>;
  on(event: 'error' | 'end', listener: () => void): unknown;
  on(event: 'notification', listener: (told: PostgresNotification) => void): unknown;
  removeListener(event: 'error' | 'end', listener: () => void): unknown;
  removeListener(event: 'notification', listener: (told: PostgresNotification) => void): unknown;
  /** `true`: the pool is to destroy it. */
  release(broken?: boolean): void;
  ref?(): void;
  unref?(): void;
}

export interface PostgresResult {
  readonly rows: ReadonlyArray<Readonly<Record<string, unknown>>>;
}

export interface PostgresNotification {
  readonly channel: string;
  readonly payload?: string | undefined;
}
