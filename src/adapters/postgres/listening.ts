import { randomInt } from 'node:crypto';
import type { Clock } from '../../services/ports.js';
import { sleep } from '../../services/sleep.js';
import { CHANNEL } from './keys.js';
import { borrow, inTime } from './operate.js';
import type { PostgresClient, PostgresNotification, PostgresPool } from './postgres-pool.js';

/** Milliseconds until a lost connection is borrowed anew. */
const PAUSE = { first: 250, most: 30_000 };
// Networks drop connections that are silent for some minutes, and tell nobody.
const HEARTBEAT = 30_000;

export interface Listening {
  /** Calls the listener after each change of the topic, and whenever changes may have been missed. */
  watch(topic: string, listener: () => void): () => void;
}

const ofPools = new WeakMap<PostgresPool, Listening>();

/** One connection of the pool that listens while somebody watches, for all stores over the pool. */
export function listeningOf(pool: PostgresPool, clock: Clock): Listening {
  const listening = ofPools.get(pool) ?? listeningOver(pool, clock);
  ofPools.set(pool, listening);
  return listening;
}

function listeningOver(pool: PostgresPool, clock: Clock): Listening {
  const listeners = new Map<string, Set<() => unknown>>();
  let watched: AbortController | undefined;
  let ended = Promise.resolve();

  const tell = (told: Iterable<() => unknown> = []) => {
    for (const listener of told)
      void Promise.resolve()
        .then(listener)
        // A listener that throws breaks nothing.
        .catch(() => undefined);
  };
  const ear: Ear = {
    stands: () => tell([...listeners.values()].flatMap((each) => [...each])),
    heard: ({ channel, payload = '' }) => tell(channel === CHANNEL ? listeners.get(payload) : []),
  };

  return {
    watch(topic, listener) {
      const told = listeners.get(topic) ?? new Set<() => unknown>();
      // A wrapper of its own: the same listener may watch twice.
      const own = (): unknown => told.has(own) && listener();
      listeners.set(topic, told.add(own));
      if (!watched) {
        const { signal } = (watched = new AbortController());
        // One after the other: whoever begins again at once borrows no second connection.
        ended = ended.then(() => keepListening(pool, clock, ear, signal));
      }
      return () => {
        told.delete(own);
        if (told.size === 0 && listeners.get(topic) === told) listeners.delete(topic);
        if (listeners.size > 0) return;
        watched?.abort();
        watched = undefined;
      };
    },
  };
}

interface Ear {
  /** From now on every change is heard; those before may have been missed. */
  stands(): void;
  heard(told: PostgresNotification): void;
}

async function keepListening(pool: PostgresPool, clock: Clock, ear: Ear, signal: AbortSignal): Promise<void> {
  for (let attempt = 0; !signal.aborted; attempt++) {
    const stands = () => {
      attempt = 0;
      ear.stands();
    };
    // Whoever needs the store is told by their own operations what is wrong with it.
    await listen(pool, clock, { ...ear, stands }, signal).catch(() => undefined);
    await sleep(clock, pause(attempt), signal).catch(() => undefined);
  }
}

/** Jittered, for a server that comes back has lost all its listeners at once. */
function pause(attempt: number): number {
  const full = Math.min(PAUSE.first * 2 ** attempt, PAUSE.most);
  return randomInt(full / 2, full);
}

/** Listens until the signal aborts or the connection is lost. */
async function listen(pool: PostgresPool, clock: Clock, ear: Ear, signal: AbortSignal): Promise<void> {
  const client = await inTime(clock, (late) => borrow(pool, late));
  if (signal.aborted) return client.release();
  const over = new AbortController();
  const end = () => over.abort();
  client.on('error', end);
  client.on('end', end);
  client.on('notification', ear.heard);
  signal.addEventListener('abort', end);
  let broken = true;
  try {
    await ask(client, clock, `listen ${CHANNEL}`);
    // Watching alone keeps no process alive.
    client.unref?.();
    ear.stands();
    while (await sleptUndisturbed(clock, over.signal)) await ask(client, clock, 'select');
    await ask(client, clock, `unlisten ${CHANNEL}`);
    broken = false;
  } finally {
    client.ref?.();
    client.release(broken);
    signal.removeEventListener('abort', end);
    client.removeListener('notification', ear.heard);
    client.removeListener('end', end);
    client.removeListener('error', end);
  }
}

const sleptUndisturbed = (clock: Clock, signal: AbortSignal): Promise<boolean> =>
  sleep(clock, HEARTBEAT, signal).then(
    () => true,
    () => false,
  );

const ask = (client: PostgresClient, clock: Clock, text: string) =>
  inTime(clock, (late) => Promise.race([client.query(text), late]));
