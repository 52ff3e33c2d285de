import type { Clock } from '../../services/ports.js';
import type { RedisClient } from './redis-client.js';
import { subscriber, type Subscriber } from './subscriber.js';

export type Changes = (channel: string, listener: () => void) => () => void;

/** Whoever listens shares one connection beside the client's own: opened for the first, closed after the last. */
export function changes(options: { readonly client: RedisClient; readonly clock: Clock }): Changes {
  const listeners = new Map<string, Set<() => unknown>>();
  let shared: Subscriber | undefined;

  function tell(channel: string): void {
    for (const listener of listeners.get(channel) ?? [])
      void Promise.resolve()
        .then(listener)
        // The write stands, whatever a listener makes of it.
        .catch(() => undefined);
  }

  return (channel, listener) => {
    const told = listeners.get(channel) ?? new Set<() => unknown>();
    // A wrapper of its own: the same listener may watch twice, and what is on its way when it stops is not told.
    const own = (): unknown => told.has(own) && listener();
    listeners.set(channel, told.add(own));
    shared ??= subscriber({ ...options, heard: tell });
    if (told.size === 1) shared.follow(channel);
    return () => {
      if (!told.delete(own) || told.size > 0) return;
      listeners.delete(channel);
      shared?.leave(channel);
      if (listeners.size > 0) return;
      shared?.close();
      shared = undefined;
    };
  };
}
