import type { Failure } from 'authchart';

/** What a tab is asked to do, as JSON: lone surrogates come through no other way. */
export type Call =
  | { readonly do: 'open'; readonly store: string; readonly kind: Kind; readonly clockAhead: number }
  | { readonly do: 'read'; readonly store: string; readonly key: string }
  | {
      readonly do: 'write';
      readonly store: string;
      readonly key: string;
      readonly value: string;
      readonly options: {
        readonly expected: string | null;
        readonly ttl?: number;
        readonly holdsTokens?: boolean;
      };
    }
  | {
      readonly do: 'remove';
      readonly store: string;
      readonly key: string;
      readonly options: { readonly expected?: string };
    }
  | {
      readonly do: 'lock';
      readonly store: string;
      readonly key: string;
      readonly id: string;
      readonly ttl: number;
    }
  | { readonly do: 'give up' | 'release'; readonly id: string }
  | { readonly do: 'watch'; readonly store: string; readonly key: string; readonly id: string }
  | { readonly do: 'unwatch'; readonly id: string };

export type Kind = { readonly is: 'web' } | { readonly is: 'shared'; readonly name: string };

export type Answer = { readonly value?: unknown } | { readonly failure: Failure };

/** What a tab says by itself. */
export type News = { readonly lost: string } | { readonly changed: string };

/** What one tab did of a race: the numbers it has written, and how often it came too late. */
export interface Climb {
  readonly won: readonly number[];
  readonly beaten: number;
}

/** What a page offers to its test. */
export interface Lab {
  /** Takes a {@link Call}, resolves to an {@link Answer}. */
  call(json: string): Promise<string>;
  /** Storage as it is from the moment the person blocks site data, until it is allowed again. */
  block(): void;
  allow(): void;
  /** Holds a database in a transaction that does not end. */
  occupy(name: string): Promise<void>;
  vacate(): void;
  /** Counts one key up to the goal together with another tab, in four places at once, by compare-and-set. */
  climb(race: {
    readonly name: string;
    readonly me: string;
    readonly other: string;
    readonly goal: number;
  }): Promise<Climb>;
  /** Everything in `sessionStorage`. */
  tabEntries(): Record<string, string>;
  /** Everything in the tables of a database; `null` if there is none. */
  rows(name: string): Promise<Record<string, readonly [unknown, unknown][]> | null>;
}
