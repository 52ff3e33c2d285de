import type { Client } from 'authchart';
import type { Place } from './page.js';
import type { Seen } from './seen.js';

/**
 * The same panel in each framework: `<p>` has the granted scopes, or `nobody`; `<button>` has the status and signs in. Both
 * are components below the one that was given the client.
 */
export interface Harness {
  readonly framework: 'react' | 'vue' | 'svelte' | 'solid';
  /** Shows the panel in an empty place; gives what takes it away. */
  mount(place: Place, client: Client, seen: Seen): () => unknown;
  /** Takes over what a server answered with. */
  hydrate(place: Place, client: Client, seen: Seen): () => unknown;
  /** Shows the panel where no client was given; throws what the framework throws. */
  orphan(place: Place): unknown;
  /** Lets the framework finish what it has begun. */
  settle(): Promise<unknown>;
}
