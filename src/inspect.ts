export { inspectFlow } from './client/inspection/inspect-flow.js';
export type * from './client/inspection/flow-event.js';
export type { Message, MessageName, MessagePart, Party } from './services/inspection/message.js';
