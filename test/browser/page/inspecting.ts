import { createBrowserReceiver } from '@statelyai/inspect';
import type { StatelyInspectionEvent } from '@statelyai/inspect';
import { createWindowReceiver } from '../../xstate-4/page.js';
import type { ParsedReceiverEvent } from '../../xstate-4/page.js';
import type { Inspecting, Told } from '../support/inspected.js';

declare global {
  var inspecting: Inspecting;
}

const told: Told[] = [];
let sendEvent: (event: string) => void = () => undefined;

if (location.pathname === '/xstate') {
  const receiver = createWindowReceiver();
  receiver.subscribe((event) => void told.push(ofXState(event)));
  sendEvent = (event) => receiver.send({ type: 'xstate.event', event } as never);
} else {
  const names = new Map<string, string>();
  createBrowserReceiver().subscribe((event) => void told.push(ofStately(event, names)));
}

function ofXState(event: ParsedReceiverEvent): Told {
  const { type, sessionId: id } = event;
  if (type === 'service.register') {
    const { id: name, parent = null, state } = event;
    return { type, id, name, parent, what: state.value };
  }
  const what =
    type === 'service.state' ? event.state.value : type === 'service.event' ? event.event.name : null;
  return { type, id, name: '', parent: null, what };
}

function ofStately(event: StatelyInspectionEvent, names: Map<string, string>): Told {
  const { type, sessionId: id } = event;
  if (type === '@xstate.actor') names.set(id, event.name);
  const parent = type === '@xstate.actor' ? (event.parentId ?? null) : null;
  const what =
    type === '@xstate.event' ? event.event.type : ((event.snapshot as { value?: unknown }).value ?? null);
  return { type, id, name: names.get(id) ?? '', parent, what };
}

globalThis.inspecting = {
  told: () => told,
  send: (event) => sendEvent(event),
  post: (data) => (opener as Window).postMessage(data, '*'),
};
