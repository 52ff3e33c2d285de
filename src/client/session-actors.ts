import { createActor, waitFor } from 'xstate';
import type { InspectionEvent, Observer } from 'xstate';
import type {
  AuthorizationActor,
  AuthorizationMachine,
  AuthorizationSnapshot,
} from '../machines/authorization.machine.js';
import { AuthError } from '../services/auth-error.js';

export type Inspector = Observer<InspectionEvent> | ((event: InspectionEvent) => void);

export interface ActorsOptions {
  readonly machine: AuthorizationMachine;
  readonly keepWarm: boolean;
  readonly inspect: Inspector | undefined;
  keepAlive(): () => void;
}

/** The actors of one client: at most one per session, alive only while something runs or somebody looks. */
export interface SessionActors {
  /** An actor of its own, for one sign-in. */
  start(session: string): AuthorizationActor;
  /** Borrows the session's actor, started if need be, for as long as `use` takes. */
  borrow<Result>(session: string, use: (actor: AuthorizationActor) => Promise<Result>): Promise<Result>;
  /** The same, until the returned function is called. */
  hold(session: string): { readonly actor: AuthorizationActor; release(): void };
  /** Makes the actor of a sign-in that has succeeded the session's own. */
  adopt(actor: AuthorizationActor): void;
  /** The network is back: whoever waits before trying again need not. */
  retryPostponed(): void;
  stopAll(): void;
  /** Calls the listener for every actor that runs, and for each new one before it starts; until the returned function is called. */
  each(listener: (actor: AuthorizationActor) => void): () => void;
}

interface Entry {
  readonly actor: AuthorizationActor;
  borrowers: number;
}

export function createSessionActors({ machine, keepWarm, inspect, keepAlive }: ActorsOptions): SessionActors {
  const entries = new Map<string, Entry>();
  const running = new Set<AuthorizationActor>();
  const listeners = new Set<(actor: AuthorizationActor) => void>();

  function start(session: string): AuthorizationActor {
    const actor = createActor(machine, {
      input: { session, keepWarm },
      ...(inspect ? { inspect: harmless(inspect) } : {}),
    });
    running.add(actor);
    for (const listener of listeners) listener(actor);
    actor.subscribe({ complete: () => running.delete(actor) });
    return actor.start();
  }

  function enter(session: string, actor: AuthorizationActor, borrowers: number): Entry {
    const entry: Entry = { actor, borrowers };
    entries.set(session, entry);
    // An actor that still works (backing off, saving) outlives its borrowers and goes when it has come to rest.
    actor.subscribe({ next: () => retire(session, entry), complete: () => remove(session, entry) });
    return entry;
  }

  function retire(session: string, entry: Entry): void {
    const snapshot = entry.actor.getSnapshot();
    const warm = keepWarm && snapshot.hasTag('signedIn');
    if (entry.borrowers > 0 || warm || !snapshot.hasTag('atRest')) return;
    remove(session, entry);
    entry.actor.stop();
  }

  function remove(session: string, entry: Entry): void {
    if (entries.get(session) === entry) entries.delete(session);
    running.delete(entry.actor);
  }

  function hold(session: string) {
    const present = entries.get(session);
    if (present) present.borrowers++;
    const entry = present ?? enter(session, start(session), 1);
    // Released twice, by an effect that React ran twice say, it must not count against another borrower.
    let held = true;
    const release = () => {
      if (!held) return;
      held = false;
      entry.borrowers--;
      retire(session, entry);
    };
    return { actor: entry.actor, release };
  }

  return {
    start,
    hold,
    async borrow(session, use) {
      const awake = keepAlive();
      const { actor, release } = hold(session);
      try {
        return await use(actor);
      } finally {
        release();
        awake();
      }
    },
    adopt(actor) {
      const { session } = actor.getSnapshot().context;
      const present = entries.get(session);
      if (present) {
        actor.stop();
        running.delete(actor);
        present.actor.send({ type: 'session.restore' });
      } else retire(session, enter(session, actor, 0));
    },
    retryPostponed() {
      for (const { actor } of entries.values()) {
        const snapshot = actor.getSnapshot();
        // What the provider asked to wait for is waited for on any network.
        if ((snapshot.context.failure?.retryAt ?? null) !== null) continue;
        if (
          snapshot.matches({ authorized: { stale: 'postponed' } }) ||
          snapshot.matches({ authorized: { unsaved: 'backingOff' } })
        )
          actor.send({ type: 'flow.retry' });
      }
    },
    each(listener) {
      for (const actor of running) listener(actor);
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
    stopAll() {
      for (const actor of running) {
        // Its verifier must not stay behind: giving the flow up is a job that ends by itself.
        if (actor.getSnapshot().matches('awaitingAuthorization'))
          actor.send({ type: 'authorization.cancel' });
        actor.stop();
      }
      running.clear();
      entries.clear();
    },
  };
}

/** A hook that throws must not end a sign-in or lose a token: its error goes to the process, as an unhandled rejection. */
function harmless(inspect: Inspector): (event: InspectionEvent) => void {
  const tell = typeof inspect === 'function' ? inspect : (event: InspectionEvent) => inspect.next?.(event);
  return (event) => {
    try {
      tell(event);
    } catch (error) {
      void Promise.reject(error);
    }
  };
}

/**
 * Waits until an actor shows what is looked for.
 *
 * @throws {@link AuthError} `cancelled` when the signal aborts: only this caller is detached, what runs goes on;
 * `client_closed` if the actor was stopped meanwhile
 */
export async function until(
  actor: AuthorizationActor,
  looksRight: (snapshot: AuthorizationSnapshot) => boolean,
  signal: AbortSignal | undefined,
): Promise<AuthorizationSnapshot> {
  if (signal?.aborted) throw new AuthError('cancelled');
  try {
    return await waitFor(actor, looksRight, { timeout: Infinity, ...(signal ? { signal } : {}) });
  } catch {
    throw new AuthError(signal?.aborted ? 'cancelled' : 'client_closed');
  }
}
