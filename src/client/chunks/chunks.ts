import type { Chunk } from './chunk.js';

/** What a client does not need at once. Doors say how it comes: {@link atOnce} or {@link whenNeeded}. */
export interface Chunks {
  readonly tokens: Chunk<typeof import('./tokens.js')>;
  readonly accounts: Chunk<typeof import('./accounts.js')>;
  readonly recorder: Chunk<typeof import('./recorder.js')>;
  readonly explain: Chunk<typeof import('./explain.js')>;
}

export type StandaloneChunk = Chunk<typeof import('./standalone.js')>;
