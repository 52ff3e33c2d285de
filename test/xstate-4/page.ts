/** The packages of XState 4 for pages, which are in this workspace alone. */
export { createWindowReceiver, inspect } from '@xstate/inspect';
export type { ParsedReceiverEvent } from '@xstate/inspect/lib/types.js';
