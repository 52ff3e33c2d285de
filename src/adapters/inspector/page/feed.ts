import type { FlowEvent } from '../../../client/inspection/flow-event.js';
import type { GateMoment } from '../../../client/inspection/gate.js';

/** A transition waits until somebody lets it through. Time stands still for the client meanwhile. */
export interface GateClosed extends GateMoment {
  readonly type: 'gate.closed';
  readonly gate: number;
  /** Unix milliseconds. */
  readonly at: number;
}

export interface GateOpened {
  readonly type: 'gate.opened';
  readonly gate: number;
}

/** What the server tells the page, one JSON text per server-sent event. */
export type FeedItem = FlowEvent | GateClosed | GateOpened;

/** A file that the page saves and opens. */
export interface Recording {
  readonly authchart: 'recording';
  readonly version: 1;
  readonly events: readonly FlowEvent[];
}
