import type { SessionFacts } from '../../machines/vocabulary.js';
import type { Tokens } from '../records/schema.js';

/** How tokens that could not be saved will be saved: into the receipt of their flow, or over the token they replace. */
export type Unsaved =
  | { readonly kind: 'receipt'; readonly flow: string; readonly claimId: string }
  | { readonly kind: 'renewal'; readonly spent: string };

export interface HeldSession {
  readonly tokens: Tokens;
  readonly facts: SessionFacts;
  /** Monotonic time of the last look at the store. */
  readonly checkedAt: number;
  readonly unsaved: Unsaved | null;
}

/** What this process remembers of sessions; the only place outside the store where tokens live. */
export interface Vault {
  get(session: string): HeldSession | undefined;
  put(session: string, held: HeldSession): void;
  drop(session: string): HeldSession | undefined;
  /** Signed out here while the store could not be told: nothing may be read back until it has been. */
  readonly unburied: Set<string>;
  /** Journals of this process, and foreign ones with the monotonic time they were first seen. */
  readonly journals: Map<string, number | 'own'>;
}

export function createVault(): Vault {
  const sessions = new Map<string, HeldSession>();
  return {
    get: (session) => sessions.get(session),
    put: (session, held) => void sessions.set(session, held),
    drop(session) {
      const held = sessions.get(session);
      sessions.delete(session);
      return held;
    },
    unburied: new Set(),
    journals: new Map(),
  };
}
