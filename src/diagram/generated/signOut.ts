// Written by `npm run docs` from src/machines, laid out by ELK.
import type { Chart } from '../chart.js';

export const chart: Chart = {
  machine: "signOut",
  width: 298,
  height: 496,
  states: [
    {"machine":"signOut","path":"forgetting","key":"forgetting","description":"Drops the tokens from memory: from here on this process hands none out.","rfc":null,"tags":[],"kind":"atomic","initial":true,"invokes":["forgetSession"],"x":77,"y":54,"width":114,"height":44},
    {"machine":"signOut","path":"burying","key":"burying","description":"Replaces the record by a tombstone, which also stops a renewal in flight from saving.","rfc":null,"tags":[],"kind":"atomic","initial":false,"invokes":["buryRecord"],"x":83,"y":186,"width":102,"height":44},
    {"machine":"signOut","path":"revoking","key":"revoking","description":"Tells the provider, refresh token first; what it did not take is reported, never waited for.","rfc":"RFC 7009 §2.1","tags":[],"kind":"atomic","initial":false,"invokes":["revokeTokens"],"x":59,"y":318,"width":116,"height":44},
    {"machine":"signOut","path":"signedOut","key":"signedOut","description":"No token of this session is left here.","rfc":null,"tags":[],"kind":"final","initial":false,"invokes":[],"x":87,"y":450,"width":91,"height":30},
  ],
  entries: [
    {"machine":"signOut","target":"forgetting","x":129,"y":16,"width":10,"height":10,"points":[{"x":134,"y":26},{"x":134,"y":54}]},
  ],
  edges: [
    {"machine":"signOut","source":"forgetting","target":"burying","reasons":[{"event":"done(forgetSession)","guards":[]},{"event":"failed(forgetSession)","guards":[]}],"points":[{"x":134,"y":98},{"x":134,"y":186}],"label":{"x":91,"y":126,"width":39,"height":32,"lines":["done","failed"]}},
    {"machine":"signOut","source":"burying","target":"revoking","reasons":[{"event":"done(buryRecord)","guards":["revokes"]},{"event":"failed(buryRecord)","guards":["revokes"]}],"points":[{"x":117,"y":230},{"x":117,"y":318}],"label":{"x":16,"y":258,"width":97,"height":32,"lines":["done [revokes]","failed [revokes]"]}},
    {"machine":"signOut","source":"burying","target":"signedOut","reasons":[{"event":"done(buryRecord)","guards":["else"]},{"event":"failed(buryRecord)","guards":["else"]}],"points":[{"x":151,"y":230},{"x":151,"y":244},{"x":203,"y":244},{"x":203,"y":436},{"x":148,"y":436},{"x":148,"y":450}],"label":{"x":208,"y":324,"width":74,"height":32,"lines":["done [else]","failed [else]"]}},
    {"machine":"signOut","source":"revoking","target":"signedOut","reasons":[{"event":"done(revokeTokens)","guards":[]},{"event":"failed(revokeTokens)","guards":[]}],"points":[{"x":117,"y":362},{"x":117,"y":450}],"label":{"x":74,"y":390,"width":39,"height":32,"lines":["done","failed"]}},
  ],
  aside: [
  ],
};
