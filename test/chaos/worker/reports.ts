import { writeSync } from 'node:fs';

/** What a worker says of itself, in the time of the world. Holds no secret: tokens are named by their SHA-256. */
export type Report =
  /** The journal of this refresh token stands in the store. */
  | { readonly event: 'announced'; readonly token: string; readonly at: number }
  /** It is about to be sent. */
  | { readonly event: 'sent'; readonly token: string; readonly at: number }
  /** No answer came: on a machine that is too busy, a request may take longer than its deadline. */
  | { readonly event: 'unanswered'; readonly token: string; readonly at: number }
  /** What it brought stands in the store, or its journal was taken back, or its end was recorded. */
  | { readonly event: 'settled'; readonly token: string; readonly at: number }
  /** One call of the application; `code` is what it failed with. */
  | { readonly event: 'called'; readonly from: number; readonly to: number; readonly code: string | null }
  /** The process did not run for so long, for whatever reason. */
  | { readonly event: 'stalled'; readonly from: number; readonly to: number };

/** At once and whole: what was said before a SIGKILL is heard. */
export function tell(report: Report): void {
  writeSync(1, `${JSON.stringify(report)}\n`);
}
