import * as accounts from './accounts.js';
import { atHand } from './chunk.js';
import type { Chunks, StandaloneChunk } from './chunks.js';
import * as explain from './explain.js';
import * as recorder from './recorder.js';
import * as standalone from './standalone.js';
import * as tokens from './tokens.js';

/** All of it is there from the start. */
export const atOnce: Chunks = {
  tokens: atHand(tokens),
  accounts: atHand(accounts),
  recorder: atHand(recorder),
  explain: atHand(explain),
};
export const standaloneAtOnce: StandaloneChunk = atHand(standalone);
