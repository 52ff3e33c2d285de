import type { SessionFacts } from '../../machines/vocabulary.js';
import type { Tokens } from '../records/schema.js';

/** How tokens that could not be saved will be saved: into the receipt of their flow, or over the token they replace. */
export type Unsaved =
  | { readonly kind: 'receipt'; readonly flow: string; readonly claimId: string }
  | { readonly kind: 'renewal'; readonly spent: string };

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
  /**
   * Signed out here while the store could not be told, with the lineage that was: nothing may be read back until it
   * has been told, and nothing newer may be buried.
   */
  readonly unburied: Map<string, string | null>;
  /** Journals of this process, before and after their request, and foreign ones with the monotonic time of first sight. */
  readonly journals: Map<string, number | 'announced' | 'sent'>;
  /** Access tokens that the API refused before their time, by session. */
  readonly refused: Map<string, string>;
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
    unsaved: () => [...sessions].filter(([, held]) => held.unsaved).map(([session]) => session),
    unburied: new Map(),
    journals: new Map(),
    refused: new Map(),
  };
}
