import type { Phase } from '../machines/vocabulary.js';

// A record, for the compiler to ask for one that is new.
const known: Readonly<Record<Phase, true>> = {
  configuration: true,
  discovery: true,
  authorization: true,
  callback: true,
  exchange: true,
  session: true,
  renewal: true,
  signOut: true,
  store: true,
  api: true,
};

export const phases = Object.keys(known) as readonly Phase[];
