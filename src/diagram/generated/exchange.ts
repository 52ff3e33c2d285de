// Written by `npm run docs` from src/machines.
import type { Layout } from '../layout.js';

export const layout: Layout = {
  size: [527,742],
  states: {
    "exchange claiming": [387,42,80,44],
    "exchange redeeming": [233,140,96,44],
    "exchange committing": [106,238,102,44],
    "exchange following": [385,238,83,44],
    "exchange committed": [220,358,95,30],
    "exchange identifying": [174,460,104,44],
    "exchange publishing": [249,562,103,44],
    "exchange recordingFailure": [228,238,137,44],
    "exchange discarding": [128,562,101,44],
    "exchange authorized": [216,696,95,30],
    "exchange failed": [331,696,76,30],
  },
  entries: {
    "exchange claiming": {"at":[422,16,10,10],"way":[427,26,427,42]},
  },
  edges: {
    "exchange claiming > redeeming": {"way":[407,86,407,96,281,96,281,140],"label":[245,106,72,18]},
    "exchange claiming > following": {"way":[427,86,427,238],"label":[391,153,72,18]},
    "exchange claiming > failed": {"way":[447,86,447,96,492,96,492,677,394,677,394,696],"label":[472,364,39,18]},
    "exchange redeeming > committing": {"way":[265,184,265,194,157,194,157,238],"label":[139,204,36,18]},
    "exchange redeeming > recordingFailure": {"way":[297,184,297,238],"label":[277,204,39,18]},
    "exchange committing > authorized": {"way":[132,282,132,292,65,292,65,686,248,686,248,696],"label":[16,473,98,18]},
    "exchange committing > discarding": {"way":[157,282,157,301,132,301,132,552,162,552,162,562],"label":[78,408,107,32]},
    "exchange committing > committed": {"way":[183,282,183,339,252,339,252,358],"label":[147,311,72,18]},
    "exchange following > failed": {"way":[440,282,440,668,382,668,382,696],"label":[400,466,80,32]},
    "exchange following > committed": {"way":[413,282,413,292,392,292,392,339,283,339,283,358],"label":[356,311,72,18]},
    "exchange committed > identifying": {"way":[252,388,252,450,226,450,226,460],"label":[197,415,109,18]},
    "exchange committed > publishing": {"way":[283,388,283,398,318,398,318,562],"label":[298,473,39,18]},
    "exchange identifying > publishing": {"way":[243,504,243,514,283,514,283,562],"label":[265,524,36,18]},
    "exchange identifying > discarding": {"way":[209,504,209,514,195,514,195,562],"label":[175,524,39,18]},
    "exchange publishing > authorized": {"way":[283,606,283,616,279,616,279,696],"label":[261,633,36,18]},
    "exchange publishing > failed": {"way":[318,606,318,616,338,616,338,668,356,668,356,696],"label":[318,633,39,18]},
    "exchange recordingFailure > failed": {"way":[297,282,297,292,343,292,343,348,369,348,369,696],"label":[349,466,39,32]},
    "exchange discarding > failed": {"way":[179,606,179,677,344,677,344,696],"label":[159,626,39,32]},
  },
};
