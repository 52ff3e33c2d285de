import { onDemand } from './chunk.js';
import type { Chunks, StandaloneChunk } from './chunks.js';

/** Bundlers make files of their own of these, which are fetched when they are first needed. */
export const whenNeeded = (): Chunks => ({
  tokens: onDemand(() => import('./tokens.js')),
  accounts: onDemand(() => import('./accounts.js')),
  recorder: onDemand(() => import('./recorder.js')),
  explain: onDemand(() => import('./explain.js')),
});
export const standaloneWhenNeeded = (): StandaloneChunk => onDemand(() => import('./standalone.js'));
