import type { AuthorizationStatus, Session, SessionFacts } from 'authchart';

/** What a panel has seen: one entry for each time its framework came back to it. */
export interface Seen {
  readonly statuses: AuthorizationStatus[];
  readonly busy: boolean[];
  readonly sessions: SeenSession[];
}

interface SeenSession {
  readonly signedIn: boolean;
  readonly info: SessionFacts | null;
  readonly session: Session | null;
}

export const nothingSeen = (): Seen => ({ statuses: [], busy: [], sessions: [] });
