import type { AuthorizationActor, AuthorizationSnapshot } from '../machines/authorization.machine.js';
import type { AuthorizationRequest, Failure, SessionFacts, SignOutReport } from '../machines/vocabulary.js';
import type { SignInOptions } from './requests.js';
import type { Cancellable, Session, SignOutOptions } from './session.js';

/** How a sign-in and its session stand, for the eyes of a person. */
export type AuthorizationStatus =
  /** Looks for what is stored. */
  | 'restoring'
  | 'signedOut'
  /** The authorization request is being made. */
  | 'preparing'
  /** It is ready, and waits for {@link Authorization.open} in a click. */
  | 'prepared'
  /** The person is at the provider. */
  | 'awaitingUser'
  /** The callback came: its code is being exchanged. */
  | 'signingIn'
  | 'signedIn'
  | 'signingOut'
  /** Only a new sign-in brings the session back. */
  | 'expired'
  | 'failed';

/** What a page shows. No token is in it; it may be rendered, logged and compared. */
export interface AuthorizationView {
  readonly status: AuthorizationStatus;
  /** Whether there is a session to work with, also while a sign-in for more scopes is under way. */
  readonly signedIn: boolean;
  /** Whether the person waits for something that needs nobody. Renewals behind a session that works are not told. */
  readonly busy: boolean;
  /** Whether {@link Authorization.retry} makes sense. */
  readonly retryable: boolean;
  readonly info: SessionFacts | null;
  /** What went wrong, and what to do. */
  readonly failure: Failure | null;
}

/**
 * One session and the sign-in that brings it, as a user interface shows them. What waits and what runs belongs to the
 * client: components may come and go.
 */
export interface Authorization {
  readonly session: Session;
  /** The same object until something in it changes. */
  getSnapshot(): AuthorizationView;
  /** What a server renders: nobody is signed in there. */
  getServerSnapshot(): AuthorizationView;
  /**
   * Follows session and sign-in, until the returned function is called: those of other tabs and processes too, where the
   * store can tell.
   *
   * @throws {@link AuthError} `client_closed`
   */
  subscribe(listener: () => void): () => void;
  /** Begins a sign-in, in place of one that waits. A failure shows in the view. */
  signIn(options?: SignInOptions): void;
  /** Begins one whose page waits for {@link Authorization.open}: browsers open windows only inside a click. */
  prepare(options?: SignInOptions): void;
  /**
   * Opens the page that was prepared, or begins a sign-in with these wishes if none was: a key press has no `pointerdown`
   * before it. Call it synchronously in the click.
   */
  open(options?: SignInOptions): void;
  /**
   * Takes a callback of any sign-in of this client, and shows what becomes of it.
   *
   * @throws {@link AuthError} as `client.complete`
   */
  complete(callback: string | URL): Promise<Session>;
  /** Ends the sign-in that waits, or leaves its failure behind. */
  cancel(): void;
  /** Tries again what failed. */
  retry(): void;
  /** Ends the session, and a sign-in that waits. @throws {@link AuthError} as {@link Session.signOut} */
  signOut(options?: Omit<SignOutOptions, keyof Cancellable>): Promise<SignOutReport>;
}

export interface AuthorizationPorts {
  /** Holds the session's actor. */
  hold(): { readonly actor: AuthorizationActor; release(): void };
  /** Starts the actor of one sign-in. */
  start(): AuthorizationActor;
  /** Makes the actor of a sign-in that has succeeded the session's own. */
  adopt(actor: AuthorizationActor): void;
  /** Lets one that is not needed any more come to its end. */
  leave(actor: AuthorizationActor): void;
  /** Says that the session's record may have changed; gives what ends that, or `null` where the store cannot. */
  watch(listener: () => void): (() => void) | null;
  requestOf(options: SignInOptions): Partial<AuthorizationRequest>;
  signedIn(actor: AuthorizationActor): Promise<Session>;
  receive(actor: AuthorizationActor, callback: string): void;
  assertOpen(): void;
}

const NOBODY = { signedIn: false, busy: false, retryable: false, info: null, failure: null } as const;
const SIGNED_OUT: AuthorizationView = { ...NOBODY, status: 'signedOut' };

export function createAuthorization(session: Session, ports: AuthorizationPorts): Authorization {
  const listeners = new Set<() => void>();
  // The session's actor, while somebody listens; and that of a sign-in, until it has succeeded or its end was seen. They
  // are two, for the old session works on while its successor is asked for.
  let followed: { readonly actor: AuthorizationActor; stop(): void } | null = null;
  let signIn: AuthorizationActor | null = null;
  let view = look();

  function look(): AuthorizationView {
    return viewOf(session.info(), followed?.actor.getSnapshot(), signIn?.getSnapshot());
  }

  function show(): void {
    // What has succeeded is shown until the session it brought can be.
    if (signIn?.getSnapshot().hasTag('signedIn') && !followed?.actor.getSnapshot().hasTag('busy'))
      signIn = null;
    const next = look();
    if (isSame(next, view)) return;
    // What says the same stays the same, for those who compare by identity.
    view = {
      ...next,
      info: isSame(next.info, view.info) ? view.info : next.info,
      failure: isSame(next.failure, view.failure) ? view.failure : next.failure,
    };
    for (const listener of listeners) listener();
  }

  function follow() {
    const { actor, release } = ports.hold();
    const restore = () => {
      if (actor.getSnapshot().matches('idle')) actor.send({ type: 'session.restore' });
    };
    restore();
    const subscription = actor.subscribe(show);
    // A session that is there is watched by its own state: this looks out for the sign-in of another tab.
    const unwatch = ports.watch(restore);
    const stop = () => {
      subscription.unsubscribe();
      unwatch?.();
      release();
    };
    return { actor, stop };
  }

  function start(): AuthorizationActor {
    ports.assertOpen();
    const actor = ports.start();
    signIn = actor;
    actor.subscribe((snapshot) => {
      if (actor !== signIn) return;
      if (snapshot.hasTag('signedIn')) ports.adopt(actor);
      else if (snapshot.matches('idle')) dismiss();
      show();
    });
    return actor;
  }

  /** The sign-in that is not at its end yet; one that is need not be seen any longer. */
  function underWay(): AuthorizationActor | null {
    if (signIn && !signIn.getSnapshot().hasTag('atRest')) return signIn;
    dismiss();
    return null;
  }

  function dismiss(): void {
    if (signIn) ports.leave(signIn);
    signIn = null;
  }

  function ask(options: SignInOptions, presentation: AuthorizationRequest['presentation']): void {
    const request = { ...ports.requestOf(options), presentation };
    (underWay() ?? start()).send({ type: 'authorization.begin', request });
  }

  return {
    session,
    getSnapshot: () => view,
    getServerSnapshot: () => SIGNED_OUT,
    subscribe(listener) {
      ports.assertOpen();
      // A wrapper of its own: the same listener may subscribe twice.
      const own = () => listener();
      listeners.add(own);
      followed ??= follow();
      show();
      return () => {
        if (!listeners.delete(own) || listeners.size > 0) return;
        followed?.stop();
        followed = null;
      };
    },
    signIn: (options = {}) => ask(options, 'atOnce'),
    prepare: (options = {}) => ask(options, 'onOpen'),
    open(options = {}) {
      const actor = underWay();
      if (actor) actor.send({ type: 'authorization.open' });
      else ask(options, 'atOnce');
    },
    async complete(callback) {
      const actor = underWay() ?? start();
      ports.receive(actor, String(callback));
      return ports.signedIn(actor);
    },
    cancel() {
      underWay()?.send({ type: 'authorization.cancel' });
      if (followed?.actor.getSnapshot().matches('error')) followed.actor.send({ type: 'flow.reset' });
      show();
    },
    retry: () => (signIn ?? followed?.actor)?.send({ type: 'flow.retry' }),
    async signOut(options) {
      underWay()?.send({ type: 'authorization.cancel' });
      show();
      return session.signOut(options);
    },
  };
}

/** Views are small and plain. */
const isSame = (one: unknown, other: unknown) => JSON.stringify(one) === JSON.stringify(other);

function viewOf(
  known: SessionFacts | null,
  session: AuthorizationSnapshot | undefined,
  signIn: AuthorizationSnapshot | undefined,
): AuthorizationView {
  // What this page knows is shown while the store is asked again.
  const remembered = known !== null && known.failure === null;
  const restoring = !session || session.matches('restoring');
  const signedIn = restoring ? remembered : session.hasTag('signedIn');
  const shown = signIn ?? session;
  const status = signIn
    ? statusOf(signIn)
    : restoring && remembered
      ? 'signedIn'
      : session
        ? statusOf(session)
        : 'restoring';
  return {
    status,
    signedIn,
    busy: status !== 'signedIn' && (shown?.hasTag('busy') ?? true),
    retryable: shown?.hasTag('retryable') ?? false,
    info: restoring ? (remembered ? known : null) : session.context.facts,
    failure: shown?.context.failure ?? null,
  };
}

const STATUSES = [
  ['idle', 'signedOut'],
  [{ restoring: 'session' }, 'restoring'],
  [{ restoring: 'flow' }, 'signingIn'],
  ['adopting', 'signingIn'],
  [{ awaitingAuthorization: 'opening' }, 'preparing'],
  [{ awaitingAuthorization: 'preparing' }, 'preparing'],
  [{ awaitingAuthorization: 'prepared' }, 'prepared'],
  [{ awaitingAuthorization: { presented: 'waiting' } }, 'awaitingUser'],
  [{ awaitingAuthorization: { presented: 'verifying' } }, 'signingIn'],
  ['exchanging', 'signingIn'],
  ['authorized', 'signedIn'],
  ['signingOut', 'signingOut'],
  ['expired', 'expired'],
  ['error', 'failed'],
] as const;

/** What is being given up (`abandoning`) looks for what is stored next. */
function statusOf(snapshot: AuthorizationSnapshot): AuthorizationStatus {
  return STATUSES.find(([state]) => snapshot.matches(state))?.[1] ?? 'restoring';
}
