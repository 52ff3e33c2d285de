/** The packages of XState 4, which are in this workspace alone. */
import { inspect } from '@xstate/inspect/lib/server.js';
import type { WebSocketServer } from 'ws';

export { parseReceiverEvent } from '@xstate/inspect/lib/utils.js';
export type { ParsedReceiverEvent, ReceiverEvent } from '@xstate/inspect/lib/types.js';
export { WebSocket, WebSocketServer } from 'ws';

/** Its types know the server of CommonJS. */
export const inspectOver = (server: WebSocketServer) => inspect({ server: server as never });
