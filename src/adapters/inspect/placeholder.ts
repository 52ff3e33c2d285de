export type { FlowSink } from '../../client/inspection/flow-event.js';
