import type { StateValue } from './chart.js';
import type { ShownContext } from './shown.js';

/** A state as XState 4 has it, as far as its inspectors read it. */
export interface XState4State {
  readonly value: StateValue;
  readonly context: ShownContext;
  readonly event: { readonly type: string };
  readonly _event: {
    readonly name: string;
    readonly data: object;
    readonly $$type: 'scxml';
    readonly type: 'external';
  };
  readonly _sessionid: string;
  readonly tags: readonly string[];
  readonly done: boolean;
  readonly changed: boolean;
  readonly children: Readonly<Record<string, { readonly id: string }>>;
  readonly meta: object;
  readonly actions: readonly never[];
  readonly activities: object;
  readonly events: readonly never[];
}

export interface Step {
  readonly value: StateValue;
  readonly context: ShownContext;
  readonly event: string;
  readonly tags: readonly string[];
  readonly done: boolean;
}

interface ServiceOptions {
  readonly id: string;
  readonly name: string;
  readonly parent: XState4Service | null;
  readonly chart: Readonly<Record<string, unknown>>;
  /** Takes what an inspecting page sends. */
  readonly receive: (event: unknown) => void;
}

type Send = (event: unknown) => void;

/** One of our machines in the shape of an interpreter of XState 4, as far as its inspectors read it. */
export interface XState4Service {
  readonly id: string;
  readonly sessionId: string;
  readonly parent: XState4Service | null;
  readonly machine: {
    readonly id: string;
    readonly definition: Readonly<Record<string, unknown>>;
    toJSON(): object;
  };
  readonly state: XState4State;
  readonly initialState: XState4State;
  send: Send;
  subscribe(listener: (state: XState4State) => void): { unsubscribe(): void };
  onStop(listener: () => void): XState4Service;
}

/** A service, and what drives it. */
export function createXState4Service({ id, name, parent, chart, receive }: ServiceOptions, first: Step) {
  const listeners = new Set<(state: XState4State) => void>();
  const stopListeners = new Set<() => void>();
  const watchers = new Set<Send>();
  const told = new WeakSet<object>();
  const children = new Map<string, string>();
  let state = stateOf(first);

  function stateOf({ value, context, event, tags, done }: Step): XState4State {
    const data = { type: event };
    return {
      value,
      context,
      event: data,
      _event: { name: event, data, $$type: 'scxml', type: 'external' },
      _sessionid: id,
      tags,
      done,
      changed: true,
      children: Object.fromEntries([...children.values()].map((name) => [name, { id: name }])),
      meta: {},
      actions: [],
      activities: {},
      events: [],
    };
  }

  const take: Send = (event) => {
    if (!(typeof event === 'object' && event !== null && told.has(event))) receive(event);
  };
  const service: XState4Service = {
    id: name,
    sessionId: id,
    parent,
    machine: { id: name, definition: chart, toJSON: () => chart },
    get state() {
      return state;
    },
    get initialState() {
      return state;
    },
    // An inspector reads it and puts a function of its own in its place, to see each event before the machine does. What
    // it reads is also what a page calls: it stays ours, so that nothing that a page has made up is shown to others.
    get send() {
      return take;
    },
    set send(watch: Send) {
      watchers.add(watch);
    },
    subscribe(listener) {
      listeners.add(listener);
      listener(state);
      return { unsubscribe: () => void listeners.delete(listener) };
    },
    onStop(listener) {
      stopListeners.add(listener);
      return service;
    },
  };

  return {
    service,
    children,
    /** Shows an event that the machine takes, or a message. */
    tell(event: { readonly type: string }): void {
      told.add(event);
      for (const watch of watchers) watch(event);
    },
    move(step: Step): void {
      state = stateOf(step);
      for (const listener of listeners) listener(state);
    },
    stop(): void {
      for (const listener of stopListeners) listener();
    },
  };
}
