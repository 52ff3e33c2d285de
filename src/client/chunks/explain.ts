// Asked for when something is wrong.
export { explainFlow } from '../recorder/explain-flow.js';
export { explainSession } from '../recorder/explain-session.js';
