import type { Dispatcher } from 'undici';

export interface ObservedDispatch {
  readonly dispatcher: Dispatcher;
  /** False only while the request is known to wait for a connection: the server has seen nothing of it. */
  sent(): boolean;
}

/**
 * The same dispatcher for one request, watched. An error code alone does not tell whether a request was sent (TLS
 * alerts and resets come before it as well as after it), and a token that was perhaps spent must not be spent again.
 */
export function observedDispatch(dispatcher: Dispatcher): ObservedDispatch {
  let reached: 'nowhere' | 'dispatcher' | 'connection' = 'nowhere';
  const dispatch: Dispatcher.Dispatch = (options, handler) => {
    // A redirect is dispatched again: its first request was sent, whatever becomes of the second.
    if (reached === 'nowhere') reached = 'dispatcher';
    const { onConnect, onRequestStart } = handler;
    // One of the two is called right before the first byte, by the older or the newer protocol between a fetch and its
    // dispatcher. `compose` would translate the older one, and merge repeated headers on the way.
    if (onConnect) {
      handler.onConnect = (...args) => {
        reached = 'connection';
        onConnect.apply(handler, args);
      };
    }
    if (onRequestStart) {
      handler.onRequestStart = (...args) => {
        reached = 'connection';
        onRequestStart.apply(handler, args);
      };
    }
    return dispatcher.dispatch(options, handler);
  };
  return {
    dispatcher: new Proxy(dispatcher, {
      get: (target, key) => (key === 'dispatch' ? dispatch : Reflect.get(target, key)),
    }),
    // 'nowhere' counts as sent: a fetch that somebody replaced never asks the dispatcher, so nothing is known.
    sent: () => reached !== 'dispatcher',
  };
}
