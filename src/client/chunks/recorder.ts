// What happened is written down beside what happens: nothing waits for it.
export { record } from '../recorder/record.js';
