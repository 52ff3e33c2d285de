import type { Failure, SessionFacts } from '../../machines/vocabulary.js';
import type { Tokens } from '../records/schema.js';

/** How tokens that could not be saved will be saved: into the receipt of their flow, or over the token they replace. */
export type Unsaved =
  | { readonly kind: 'receipt'; readonly flow: string; readonly claimId: string }
  | { readonly kind: 'renewal'; readonly spent: string; readonly renewalId: string };

/** What was signed out, so that nothing newer is buried. */
export interface Unburied {
  /** What had signed it in; `null` if this process did not know. */
  readonly lineage: string | null;
  /** Unix milliseconds of the sign-out. */
  readonly at: number;
  /** How its tokens would have been saved; they are not any more. */
  readonly unsaved: Unsaved | null;
  /** Whether the grant ends with it. */
  readonly revoke: boolean;
  /** The tombstone that was written last, and the tokens under it: should its answer get lost, they are still to be revoked. */
  tombstone: { readonly lineage: string; readonly tokens: Tokens | null } | null;
}

export interface HeldSession {
  readonly tokens: Tokens;
  readonly facts: SessionFacts;
  /** What signed it in; `null` while unsaved. */
  readonly lineage: string | null;
  /** Monotonic time of the last look at the store. */
  readonly checkedAt: number;
  readonly unsaved: Unsaved | null;
}

/** What this process remembers of sessions; the only place outside the store where tokens live. */
export interface Vault {
  get(session: string): HeldSession | undefined;
  put(session: string, held: HeldSession): void;
  drop(session: string): HeldSession | undefined;
  /** The sessions whose tokens are nowhere but here. */
  unsaved(): readonly string[];
  /** Signed out here while the store could not be told: nothing may be read back until it has been. */
  readonly unburied: Map<string, Unburied>;
  /** Notes that a lineage was signed out: a read that was under way then must not bring it back. */
  bury(session: string, lineage: string): void;
  isBuried(session: string, lineage: string): boolean;
  /** Adoptions being saved. A sign-out takes them off: what began before it must not bring the session back. */
  readonly adoptions: Set<{ readonly session: string }>;
  /**
   * Journals, by renewal: of those whose request may be running, here or elsewhere, the monotonic time of first sight;
   * of this process's own `announced`, if nothing was sent, and `unanswered`, if nobody knows what became of it.
   */
  readonly journals: Map<string, number | 'announced' | 'unanswered'>;
  /** Refresh tokens, by fingerprint, that the provider refused for good: they are never sent again. */
  readonly deadGrants: Map<string, Failure>;
  /** Access tokens that the API refused before their time, by session. */
  readonly refused: Map<string, string>;
}

const MOST_BURIED = 1_000;

export function createVault(): Vault {
  const sessions = new Map<string, HeldSession>();
  const refused = new Map<string, string>();
  const buried = new Map<string, string>();
  return {
    get: (session) => sessions.get(session),
    put(session, held) {
      sessions.set(session, held);
      if (refused.get(session) !== held.tokens.accessToken) refused.delete(session);
    },
    drop(session) {
      const held = sessions.get(session);
      sessions.delete(session);
      return held;
    },
    unsaved: () => [...sessions].filter(([, held]) => held.unsaved).map(([session]) => session),
    unburied: new Map(),
    bury(session, lineage) {
      buried.delete(session);
      buried.set(session, lineage);
      // No read is under way for so long that thousands were signed out meanwhile.
      const [oldest] = buried.keys();
      if (buried.size > MOST_BURIED && oldest !== undefined) buried.delete(oldest);
    },
    isBuried: (session, lineage) => buried.get(session) === lineage,
    adoptions: new Set(),
    journals: new Map(),
    deadGrants: new Map(),
    refused,
  };
}
