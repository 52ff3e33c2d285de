import { randomInt } from 'node:crypto';
import type { Clock } from '../../services/ports.js';
import { untilAborted } from '../../services/until-aborted.js';
import { sleep } from '../../services/sleep.js';
import type { RedisClient, RedisSubscriber } from './redis-client.js';

/** Milliseconds until a lost connection is tried again: soon at first, then less often. */
const PAUSE = { first: 100, most: 2_000 };

export interface Subscriber {
  follow(channel: string): void;
  leave(channel: string): void;
  close(): void;
}

export interface SubscriberOptions {
  readonly client: RedisClient;
  readonly clock: Clock;
  heard(channel: string): void;
}

/**
 * Follows channels over a connection of its own until it is closed. `heard` also each time a subscription stands,
 * the first time and after every loss: nobody knows what was said before.
 *
 * A lost connection is replaced by us, not by the client: its own timers would keep the process alive, and its
 * strategy may give up.
 */
export function subscriber({ client, clock, heard }: SubscriberOptions): Subscriber {
  const followed = new Set<string>();
  const closing = new AbortController();
  const onMessage = (_message: string, channel: string) => heard(channel);
  let current = undefined as { readonly connection: RedisSubscriber; lose(): void } | undefined;
  let losses = 0;
  void keepConnected();

  return {
    follow(channel) {
      followed.add(channel);
      subscribe([channel]);
    },
    leave(channel) {
      followed.delete(channel);
      // Refused only as the connection is lost, and the subscription with it.
      current?.connection.unsubscribe([channel], onMessage).catch(() => undefined);
    },
    close: () => closing.abort(),
  };

  async function keepConnected(): Promise<void> {
    while (!closing.signal.aborted) {
      await connected(client.duplicate());
      current = undefined;
      const full = Math.min(PAUSE.first * 2 ** losses++, PAUSE.most);
      await sleep(clock, full / 2 + randomInt(full / 2), closing.signal).catch(() => undefined);
    }
  }

  /** Resolves when the connection has ended. */
  async function connected(connection: RedisSubscriber): Promise<void> {
    const ended = new AbortController();
    const end = () => {
      ended.abort();
      destroy(connection);
    };
    const over = untilAborted(ended.signal);
    // At once, before the client sets its own timer.
    connection.on('error', end);
    const reached = new Promise<void>((resolve) => connection.on('connect', resolve));
    connection.unref();
    const ready = connection.connect();
    ready.catch(end);
    // A client that is destroyed before it has its socket would get it afterwards, and keep it.
    await Promise.race([reached, over]);
    closing.signal.addEventListener('abort', end, { once: true });
    if (closing.signal.aborted) end();
    await Promise.race([ready, over]).catch(() => undefined);
    if (!ended.signal.aborted) {
      current = { connection, lose: end };
      subscribe([...followed]);
    }
    await over;
    closing.signal.removeEventListener('abort', end);
  }

  function subscribe(channels: string[]): void {
    if (!current || channels.length === 0) return;
    const { connection, lose } = current;
    connection.subscribe(channels, onMessage).then(() => {
      losses = 0;
      channels.forEach(heard);
    }, lose);
  }
}

function destroy(connection: RedisSubscriber): void {
  try {
    connection.destroy();
  } catch {
    // Version 5 throws where there is nothing left to destroy.
  }
}
