// Written by `npm run docs` from src/machines.
import type { Layout } from '../layout.js';

export const layout: Layout = {
  size: [224,420],
  states: {
    "signOut forgetting": [31,42,96,44],
    "signOut burying": [37,150,84,44],
    "signOut revoking": [16,262,98,44],
    "signOut signedOut": [34,374,94,30],
  },
  entries: {
    "signOut forgetting": {"at":[74,16,10,10],"way":[79,26,79,42]},
  },
  edges: {
    "signOut forgetting > burying": {"way":[79,86,79,150],"label":[59,102,39,32]},
    "signOut burying > revoking": {"way":[65,194,65,262],"label":[16,214,97,32]},
    "signOut burying > signedOut": {"way":[93,194,93,204,171,204,171,364,97,364,97,374],"label":[134,268,74,32]},
    "signOut revoking > signedOut": {"way":[65,306,65,374],"label":[45,322,39,32]},
  },
};
