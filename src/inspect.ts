export { diagram } from './adapters/inspect/diagram.js';
export { statelyInspector } from './adapters/inspect/stately-inspector.js';
export type {
  StatelyActor,
  StatelyInspector,
  StatelySnapshot,
} from './adapters/inspect/stately-inspector.js';
export { xstateInspect } from './adapters/inspect/xstate-inspect.js';
export type {
  XStateDevTools,
  XStateInspectBridge,
  XStateInspectOptions,
} from './adapters/inspect/xstate-inspect.js';
export { inspectFlow } from './client/inspection/inspect-flow.js';
export type * from './client/inspection/flow-event.js';
export type { Message, MessageName, MessagePart, Party } from './services/inspection/message.js';
export type { MachineLike, StateLike, TransitionLike } from './diagram/machine.js';
