import type {
  ActorMoved,
  ActorStarted,
  ActorStopped,
  FlowSink,
  FlowSource,
  MessagePassed,
} from '../../client/inspection/flow-event.js';
import { AuthError } from '../../services/auth-error.js';
import { readChart, stateValueOf } from './chart.js';
import { receivedName } from './received-event.js';
import { eventNamer, messageEvent, moveContext, startContext } from './shown.js';
import { DONE, FAILED, xstate4Chart } from './xstate-4-chart.js';
import { createXState4Service } from './xstate-4-service.js';
import type { XState4Service } from './xstate-4-service.js';

export interface XStateInspectOptions {
  /**
   * Lets an inspecting page send events of the chart that carry nothing, as `session.renew` and `session.signOut`.
   * `@xstate/inspect` asks for no origin: any page that holds the window, and whoever reaches the WebSocket, can send
   * them. Default: false.
   */
  readonly acceptEvents?: boolean;
}

/** What `@xstate/inspect` takes as `devTools`. Services come and go by themselves: the two that add and take do nothing. */
export interface XStateDevTools {
  /** Of XState 4, whose types are not here. */
  readonly services: Set<never>;
  register(service: unknown): void;
  unregister(service: unknown): void;
  /** Calls the listener for each machine that runs, and for each that starts. */
  onRegister(listener: (service: never) => void): { unsubscribe(): void };
}

export interface XStateInspectBridge {
  readonly sink: FlowSink;
  readonly devTools: XStateDevTools;
  /**
   * Registers every machine with `globalThis.__xstate__` as well. `inspect` of `@xstate/inspect/lib/server.js` makes that
   * and looks nowhere else: call it afterwards.
   *
   * @throws {@link AuthError} `invalid_option` if nothing has made it
   */
  register(): void;
}

type Running = ReturnType<typeof createXState4Service>;

const nameOf = eventNamer(DONE, FAILED);

/**
 * Shows sign-ins and sessions in tools that are built for `@xstate/inspect` 0.8, which know machines of XState 4: each
 * machine is a service with its chart, and those that a machine runs are its children. What is sent was made by
 * allow-list: the chart, and what a {@link FlowEvent} holds.
 *
 * `@xstate/inspect` needs XState 4 and cannot be a peer of this package: install both in a package of their own, a
 * workspace for example.
 *
 * @example
 * ```ts
 * const bridge = xstateInspect();
 * inspectFlow(client, bridge.sink);
 * // the `inspect` of @xstate/inspect; that of @xstate/inspect/lib/server.js takes no `devTools`: call bridge.register() after it
 * inspect({ devTools: bridge.devTools, iframe: false, url: 'https://inspector.example/' });
 * ```
 */
export function xstateInspect({ acceptEvents = false }: XStateInspectOptions = {}): XStateInspectBridge {
  const running = new Map<string, Running>();
  // Which machine a service works for.
  const owners = new Map<string, string>();
  const services = new Set<XState4Service>();
  const listeners = new Set<(service: never) => void>();

  function started(event: ActorStarted, source: FlowSource): void {
    const { id, parent, name } = event.actor;
    const owner = parent === null ? undefined : running.get(parent);
    if (owner && parent !== null) {
      owners.set(id, parent);
      owner.children.set(id, name);
    }
    const chart = readChart(source.definition(id));
    if (!chart) return;
    const receive = (received: unknown) => {
      const type = acceptEvents ? receivedName(received) : null;
      if (type !== null) source.send(id, type);
    };
    const machine = createXState4Service(
      { id, name, parent: owner?.service ?? null, chart: xstate4Chart(chart), receive },
      {
        value: stateValueOf(event.state ?? ''),
        context: startContext(event),
        event: 'xstate.init',
        tags: [],
        done: false,
      },
    );
    running.set(id, machine);
    services.add(machine.service);
    for (const listener of listeners) listener(machine.service as never);
  }

  function moved(event: ActorMoved): void {
    const machine = running.get(event.actor);
    if (!machine) return;
    const type = nameOf(event.event);
    machine.tell({ type });
    machine.move({
      value: stateValueOf(event.to),
      context: moveContext(event),
      event: type,
      tags: event.tags,
      done: isFinal(machine.service.machine.definition, event.to),
    });
  }

  function stopped({ actor }: ActorStopped): void {
    running.get(owners.get(actor) ?? '')?.children.delete(actor);
    owners.delete(actor);
    const machine = running.get(actor);
    if (!machine) return;
    running.delete(actor);
    services.delete(machine.service);
    machine.stop();
  }

  function passed(event: MessagePassed): void {
    const owner = event.actor === null ? undefined : (owners.get(event.actor) ?? event.actor);
    running.get(owner ?? '')?.tell(messageEvent(event));
  }

  const devTools: XStateDevTools = {
    services: services as Set<never>,
    register: () => undefined,
    unregister: () => undefined,
    onRegister(listener) {
      listeners.add(listener);
      for (const service of services) listener(service as never);
      return { unsubscribe: () => void listeners.delete(listener) };
    },
  };

  return {
    sink(event, source) {
      if (event.type === 'actor.started') started(event, source);
      else if (event.type === 'actor.moved') moved(event);
      else if (event.type === 'actor.stopped') stopped(event);
      else passed(event);
    },
    devTools,
    register() {
      const { ['__xstate__']: others } = globalThis as { readonly ['__xstate__']?: XStateDevTools };
      if (!others)
        throw new AuthError('invalid_option', { detail: 'Call inspect of @xstate/inspect first.' });
      devTools.onRegister((service) => others.register(service));
    },
  };
}

function isFinal({ states }: Readonly<Record<string, unknown>>, path: string): boolean {
  return (states as Record<string, { readonly type?: unknown }>)[path]?.type === 'final';
}
