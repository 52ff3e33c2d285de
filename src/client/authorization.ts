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
  /** Whether the person waits for something that needs no click. Renewals behind a session that works are not told. */
  readonly busy: boolean;
  /** Whether {@link Authorization.retry} makes sense. */
  readonly retryable: boolean;
  /** What is known of the session that works; `null` where there is none. */
  readonly info: SessionFacts | null;
  /** What went wrong last, with the sign-in or with a renewal, and what to do. */
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
  /**
   * Begins a sign-in, in place of one that waits. What becomes of it shows in the view.
   *
   * @throws {@link AuthError} `client_closed`, `invalid_option`, at once, as `prepare` and `open` do
   */
  signIn(options?: SignInOptions): void;
  /** Begins one whose page waits for {@link Authorization.open}: browsers open windows only inside a click. */
  prepare(options?: SignInOptions): void;
  /**
   * Opens the page that was prepared, or begins a sign-in with these wishes if none was: a key press has no `pointerdown`
   * before it. Call it synchronously in the click. Nothing happens while a page is open.
   */
  open(options?: SignInOptions): void;
  /**
   * Takes a callback of any sign-in of this client, and shows what becomes of it.
   *
   * @throws {@link AuthError} as `client.complete`
   */
  complete(callback: string | URL): Promise<Session>;
  /** Ends the sign-in that waits, or leaves a failure behind: its own, or the session's. */
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
  /** Makes the actor of a sign-in that is over, and has left a session that works, the session's own. */
  adopt(actor: AuthorizationActor): void;
  /** Lets one that is not needed any more come to its end. */
  leave(actor: AuthorizationActor): void;
  /** Says that the session's record may have changed; gives what ends that, or `null` where the store cannot. */
  watch(listener: () => void): (() => void) | null;
  wishesOf(options: SignInOptions): Partial<AuthorizationRequest>;
  /** Whether the callback answers the request this sign-in waits with. */
  awaits(actor: AuthorizationActor, callback: string): boolean;
  receive(actor: AuthorizationActor, callback: string): void;
  untilSignedIn(actor: AuthorizationActor): Promise<Session>;
  assertOpen(): void;
}

const NOBODY = { signedIn: false, busy: false, retryable: false, info: null, failure: null } as const;
const SIGNED_OUT: AuthorizationView = { ...NOBODY, status: 'signedOut' };

export function createAuthorization(session: Session, ports: AuthorizationPorts): Authorization {
  const listeners = new Set<() => void>();
  // The session's actor, while somebody listens; and that of a sign-in, until it has succeeded or its end was seen. They
  // are two, for the old session works on while its successor is asked for.
  let followed: { readonly actor: AuthorizationActor; stop(): void } | null = null;
  let attempt: AuthorizationActor | null = null;
  let view = look();

  function look(): AuthorizationView {
    return viewOf(session.info(), followed?.actor.getSnapshot(), attempt?.getSnapshot());
  }

  function show(): void {
    // What has succeeded is shown until the session's actor has read what it brought: it would flash `signedOut`.
    if (attempt && hasSucceeded(attempt.getSnapshot()) && !followed?.actor.getSnapshot().hasTag('busy'))
      attempt = null;
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
      const snapshot = actor.getSnapshot();
      // A record that is being read may have changed behind the reader's back.
      if (snapshot.matches('idle') || snapshot.matches({ restoring: 'session' }))
        actor.send({ type: 'session.restore' });
    };
    if (actor.getSnapshot().matches('idle')) restore();
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
    attempt = actor;
    actor.subscribe((snapshot) => {
      if (actor !== attempt) return;
      if (hasSucceeded(snapshot)) ports.adopt(actor);
      else if (snapshot.matches('idle')) dismiss();
      show();
    });
    return actor;
  }

  function dismiss(): void {
    if (attempt) ports.leave(attempt);
    attempt = null;
  }

  /** A sign-in under way is given up by its own chart, which knows what it holds. */
  function underWay(): AuthorizationActor | null {
    return attempt?.getSnapshot().hasTag('atRest') ? null : attempt;
  }

  function ask(options: SignInOptions, presentation: AuthorizationRequest['presentation']): void {
    ports.assertOpen();
    const request = { ...ports.wishesOf(options), presentation };
    const present = underWay();
    if (!present) dismiss();
    (present ?? start()).send({ type: 'authorization.begin', request });
  }

  return {
    session,
    getSnapshot() {
      // Nobody is told of changes, so nobody has looked at them.
      if (!followed) show();
      return view;
    },
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
      const open = { type: 'authorization.open' } as const;
      const present = underWay();
      if (present?.getSnapshot().can(open)) present.send(open);
      else if (!present?.getSnapshot().hasTag('awaitingUser')) ask(options, 'atOnce');
    },
    async complete(callback) {
      const present = underWay();
      const awaited = present && ports.awaits(present, String(callback)) ? present : null;
      if (!awaited) dismiss();
      const actor = awaited ?? start();
      ports.receive(actor, String(callback));
      return ports.untilSignedIn(actor);
    },
    cancel() {
      const present = underWay();
      if (present) present.send({ type: 'authorization.cancel' });
      else dismiss();
      if (followed?.actor.getSnapshot().matches('error')) followed.actor.send({ type: 'flow.reset' });
      show();
    },
    retry: () => (attempt ?? followed?.actor)?.send({ type: 'flow.retry' }),
    async signOut(options) {
      const present = underWay();
      if (present) present.send({ type: 'authorization.cancel' });
      else dismiss();
      show();
      return session.signOut(options);
    },
  };
}

/** Tokens that cannot be saved for now are still being worked on. */
const hasSucceeded = (snapshot: AuthorizationSnapshot) =>
  snapshot.hasTag('signedIn') && !snapshot.hasTag('busy');

/** Views are small and plain. */
const isSame = (one: unknown, other: unknown) => JSON.stringify(one) === JSON.stringify(other);

function viewOf(
  known: SessionFacts | null,
  session: AuthorizationSnapshot | undefined,
  attempt: AuthorizationSnapshot | undefined,
): AuthorizationView {
  // What this page knows is shown while the store is asked again.
  const remembered = known !== null && known.standing !== 'spent';
  const restoring = !session || session.matches('restoring');
  const shown = attempt ?? session;
  const status = attempt ? statusOf(attempt) : restoring && remembered ? 'signedIn' : statusOf(session);
  return {
    status,
    signedIn: restoring ? remembered : session.hasTag('signedIn'),
    busy: status !== 'signedIn' && (shown?.hasTag('busy') ?? true),
    // A callback is not kept: whoever failed with one begins anew.
    retryable: (shown?.hasTag('retryable') ?? false) && (!attempt || attempt.context.request !== null),
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

/** While a flow is given up, what comes next is shown. */
const AFTERWARDS = {
  begin: 'preparing',
  fail: 'failed',
  signOut: 'signingOut',
  restore: 'restoring',
} as const;

function statusOf(snapshot: AuthorizationSnapshot | undefined): AuthorizationStatus {
  if (!snapshot) return 'restoring';
  const found = STATUSES.find(([state]) => snapshot.matches(state));
  return found ? found[1] : AFTERWARDS[snapshot.context.afterwards];
}
