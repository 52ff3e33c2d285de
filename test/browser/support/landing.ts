/** What became of a page that `callbackPage` was called on. */
export interface Landed {
  readonly outcome: string;
  /** Of the failure. */
  readonly code: string | null;
  /** As it was when `callbackPage` had returned. */
  readonly address: string;
}

declare global {
  var landed: Promise<Landed>;
}
