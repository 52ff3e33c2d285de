// Written by `npm run docs` from src/machines, laid out by ELK.
import type { Chart } from '../chart.js';

export const chart: Chart = {
  machine: "exchange",
  width: 722,
  height: 846,
  states: [
    {"machine":"exchange","path":"claiming","key":"claiming","description":"Takes the flow for itself in one atomic step; the verifier leaves the record with it.","rfc":"RFC 6749 §4.1.2, §10.5","tags":[],"kind":"atomic","initial":true,"invokes":["claimFlow"],"x":551,"y":54,"width":93,"height":44},
    {"machine":"exchange","path":"redeeming","key":"redeeming","description":"Sends code and verifier to the token endpoint, once; a request that was sent is never aborted.","rfc":"RFC 6749 §4.1.3, RFC 7636 §4.5","tags":[],"kind":"atomic","initial":false,"invokes":["redeemCode"],"x":381,"y":172,"width":110,"height":44},
    {"machine":"exchange","path":"committing","key":"committing","description":"Puts the tokens into the receipt: from here on no crash can lose them.","rfc":null,"tags":[],"kind":"atomic","initial":false,"invokes":["commitReceipt"],"x":184,"y":290,"width":120,"height":44},
    {"machine":"exchange","path":"following","key":"following","description":"Another call, tab or process redeems this very code: waits for its receipt.","rfc":null,"tags":[],"kind":"atomic","initial":false,"invokes":["followClaim"],"x":547,"y":290,"width":101,"height":44},
    {"machine":"exchange","path":"committed","key":"committed","description":"The receipt holds tokens; whether an account is expected decides what comes first.","rfc":null,"tags":[],"kind":"atomic","initial":false,"invokes":[],"x":391,"y":408,"width":92,"height":30},
    {"machine":"exchange","path":"identifying","key":"identifying","description":"Asks the provider whose tokens these are, before anybody can use them.","rfc":"RFC 9700 §4.5","tags":[],"kind":"atomic","initial":false,"invokes":["identifyAccount"],"x":259,"y":526,"width":122,"height":44},
    {"machine":"exchange","path":"publishing","key":"publishing","description":"Copies the tokens to the session record and scrubs the receipt; repeating it changes nothing.","rfc":null,"tags":[],"kind":"atomic","initial":false,"invokes":["publishSession"],"x":370,"y":644,"width":121,"height":44},
    {"machine":"exchange","path":"recordingFailure","key":"recordingFailure","description":"Leaves the failure in the receipt, so that everybody who follows gets the same answer.","rfc":null,"tags":[],"kind":"atomic","initial":false,"invokes":["recordFailure"],"x":389,"y":290,"width":130,"height":44},
    {"machine":"exchange","path":"discarding","key":"discarding","description":"Revokes tokens that nobody may use and leaves the reason in the receipt.","rfc":"RFC 7009 §2","tags":[],"kind":"atomic","initial":false,"invokes":["discardTokens"],"x":223,"y":644,"width":119,"height":44},
    {"machine":"exchange","path":"authorized","key":"authorized","description":"There is a session.","rfc":null,"tags":[],"kind":"final","initial":false,"invokes":[],"x":334,"y":800,"width":92,"height":30},
    {"machine":"exchange","path":"failed","key":"failed","description":"There is none; the failure says why.","rfc":null,"tags":[],"kind":"final","initial":false,"invokes":[],"x":464,"y":800,"width":88,"height":30},
  ],
  entries: [
    {"machine":"exchange","target":"claiming","x":593,"y":16,"width":10,"height":10,"points":[{"x":598,"y":26},{"x":598,"y":54}]},
  ],
  edges: [
    {"machine":"exchange","source":"claiming","target":"redeeming","reasons":[{"event":"done(claimFlow)","guards":["won"]}],"points":[{"x":574,"y":98},{"x":574,"y":112},{"x":436,"y":112},{"x":436,"y":172}],"label":{"x":360,"y":126,"width":72,"height":18,"lines":["done [won]"]}},
    {"machine":"exchange","source":"claiming","target":"following","reasons":[{"event":"done(claimFlow)","guards":["else"]}],"points":[{"x":598,"y":98},{"x":598,"y":290}],"label":{"x":522,"y":185,"width":72,"height":18,"lines":["done [else]"]}},
    {"machine":"exchange","source":"claiming","target":"failed","reasons":[{"event":"failed(claimFlow)","guards":[]}],"points":[{"x":621,"y":98},{"x":621,"y":112},{"x":662,"y":112},{"x":662,"y":774},{"x":537,"y":774},{"x":537,"y":800}],"label":{"x":667,"y":414,"width":39,"height":18,"lines":["failed"]}},
    {"machine":"exchange","source":"redeeming","target":"committing","reasons":[{"event":"done(redeemCode)","guards":[]}],"points":[{"x":418,"y":216},{"x":418,"y":230},{"x":244,"y":230},{"x":244,"y":290}],"label":{"x":204,"y":244,"width":36,"height":18,"lines":["done"]}},
    {"machine":"exchange","source":"redeeming","target":"recordingFailure","reasons":[{"event":"failed(redeemCode)","guards":[]}],"points":[{"x":454,"y":216},{"x":454,"y":290}],"label":{"x":411,"y":244,"width":39,"height":18,"lines":["failed"]}},
    {"machine":"exchange","source":"committing","target":"authorized","reasons":[{"event":"done(commitReceipt)","guards":["unsaved"]}],"points":[{"x":214,"y":334},{"x":214,"y":348},{"x":118,"y":348},{"x":118,"y":786},{"x":365,"y":786},{"x":365,"y":800}],"label":{"x":16,"y":539,"width":98,"height":18,"lines":["done [unsaved]"]}},
    {"machine":"exchange","source":"committing","target":"discarding","reasons":[{"event":"done(commitReceipt)","guards":["overtaken"]},{"event":"failed(commitReceipt)","guards":[]}],"points":[{"x":244,"y":334},{"x":244,"y":630},{"x":263,"y":630},{"x":263,"y":644}],"label":{"x":133,"y":466,"width":107,"height":32,"lines":["done [overtaken]","failed"]}},
    {"machine":"exchange","source":"committing","target":"committed","reasons":[{"event":"done(commitReceipt)","guards":["else"]}],"points":[{"x":274,"y":334},{"x":274,"y":348},{"x":422,"y":348},{"x":422,"y":408}],"label":{"x":346,"y":362,"width":72,"height":18,"lines":["done [else]"]}},
    {"machine":"exchange","source":"following","target":"failed","reasons":[{"event":"done(followClaim)","guards":["failed"]},{"event":"failed(followClaim)","guards":[]}],"points":[{"x":614,"y":334},{"x":614,"y":762},{"x":523,"y":762},{"x":523,"y":800}],"label":{"x":530,"y":532,"width":80,"height":32,"lines":["done [failed]","failed"]}},
    {"machine":"exchange","source":"following","target":"committed","reasons":[{"event":"done(followClaim)","guards":["else"]}],"points":[{"x":581,"y":334},{"x":581,"y":348},{"x":599,"y":348},{"x":599,"y":394},{"x":452,"y":394},{"x":452,"y":408}],"label":{"x":523,"y":362,"width":72,"height":18,"lines":["done [else]"]}},
    {"machine":"exchange","source":"committed","target":"identifying","reasons":[{"event":"","guards":["expectsAccount"]}],"points":[{"x":422,"y":438},{"x":422,"y":512},{"x":320,"y":512},{"x":320,"y":526}],"label":{"x":309,"y":473,"width":109,"height":18,"lines":["[expectsAccount]"]}},
    {"machine":"exchange","source":"committed","target":"publishing","reasons":[{"event":"","guards":["else"]}],"points":[{"x":452,"y":438},{"x":452,"y":630},{"x":451,"y":630},{"x":451,"y":644}],"label":{"x":409,"y":539,"width":39,"height":18,"lines":["[else]"]}},
    {"machine":"exchange","source":"identifying","target":"publishing","reasons":[{"event":"done(identifyAccount)","guards":[]}],"points":[{"x":340,"y":570},{"x":340,"y":584},{"x":410,"y":584},{"x":410,"y":644}],"label":{"x":370,"y":598,"width":36,"height":18,"lines":["done"]}},
    {"machine":"exchange","source":"identifying","target":"discarding","reasons":[{"event":"failed(identifyAccount)","guards":[]}],"points":[{"x":300,"y":570},{"x":300,"y":584},{"x":302,"y":584},{"x":302,"y":644}],"label":{"x":259,"y":598,"width":39,"height":18,"lines":["failed"]}},
    {"machine":"exchange","source":"publishing","target":"authorized","reasons":[{"event":"done(publishSession)","guards":[]}],"points":[{"x":410,"y":688},{"x":410,"y":702},{"x":395,"y":702},{"x":395,"y":800}],"label":{"x":355,"y":723,"width":36,"height":18,"lines":["done"]}},
    {"machine":"exchange","source":"publishing","target":"failed","reasons":[{"event":"failed(publishSession)","guards":[]}],"points":[{"x":451,"y":688},{"x":451,"y":762},{"x":493,"y":762},{"x":493,"y":800}],"label":{"x":408,"y":723,"width":39,"height":18,"lines":["failed"]}},
    {"machine":"exchange","source":"recordingFailure","target":"failed","reasons":[{"event":"done(recordFailure)","guards":[]},{"event":"failed(recordFailure)","guards":[]}],"points":[{"x":454,"y":334},{"x":454,"y":348},{"x":508,"y":348},{"x":508,"y":800}],"label":{"x":465,"y":532,"width":39,"height":32,"lines":["done","failed"]}},
    {"machine":"exchange","source":"discarding","target":"failed","reasons":[{"event":"done(discardTokens)","guards":[]},{"event":"failed(discardTokens)","guards":[]}],"points":[{"x":283,"y":688},{"x":283,"y":774},{"x":479,"y":774},{"x":479,"y":800}],"label":{"x":240,"y":716,"width":39,"height":32,"lines":["done","failed"]}},
  ],
  aside: [
  ],
};
