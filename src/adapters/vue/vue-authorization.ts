import {
  computed,
  getCurrentInstance,
  inject,
  onMounted,
  onUnmounted,
  provide,
  shallowRef,
  ssrContextKey,
} from 'vue';
import type { ComputedRef, InjectionKey, Plugin } from 'vue';
import type { Authorization, AuthorizationView, Client, Session, SessionFacts } from '../../client/public.js';
import { AuthError } from '../../services/auth-error.js';

type Refs<Shown> = { readonly [Name in keyof Shown]: ComputedRef<Shown[Name]> };

/** How the sign-in stands, and what a person can do. */
export interface AuthorizationState
  extends
    Refs<Pick<AuthorizationView, 'status' | 'busy' | 'retryable' | 'failure'>>,
    Pick<Authorization, 'signIn' | 'prepare' | 'open' | 'cancel' | 'retry' | 'signOut'> {}

export interface SessionState {
  /** Also while a sign-in for more scopes is under way. */
  readonly signedIn: ComputedRef<boolean>;
  /** The facts, to show; no token is among them. */
  readonly info: ComputedRef<SessionFacts | null>;
  /** For calls to the API; `null` unless signed in. */
  readonly session: ComputedRef<Session | null>;
}

const KEY: InjectionKey<Authorization> = Symbol('authorization');

/**
 * Gives a client to an application.
 *
 * @param session - which of several accounts; `default` if not named
 *
 * @example
 * ```ts
 * createApp(App).use(authorizationPlugin(client)).mount('#app');
 * ```
 */
export function authorizationPlugin(client: Client, session?: string): Plugin {
  return { install: (app) => void app.provide(KEY, client.authorization(session)) };
}

/** Gives a client to the components below this one: for a second account, say. */
export function provideAuthorization(client: Client, session?: string): void {
  provide(KEY, client.authorization(session));
}

/**
 * Refs to show, and functions to call. On a server and in the first render over its HTML, nobody is signed in.
 *
 * @throws {@link AuthError} `invalid_option` where no client was given
 *
 * @example
 * ```ts
 * const { status, signIn } = useAuthorization();
 * ```
 */
export function useAuthorization(): AuthorizationState {
  const { authorization, shown } = useView();
  const { signIn, prepare, open, cancel, retry, signOut } = authorization;
  const status = shown((view) => view.status);
  const busy = shown((view) => view.busy);
  const retryable = shown((view) => view.retryable);
  const failure = shown((view) => view.failure);
  return { status, busy, retryable, failure, signIn, prepare, open, cancel, retry, signOut };
}

/**
 * Who is signed in.
 *
 * @throws {@link AuthError} `invalid_option` where no client was given
 */
export function useSession(): SessionState {
  const { authorization, shown } = useView();
  return {
    signedIn: shown((view) => view.signedIn),
    info: shown((view) => view.info),
    session: shown((view) => (view.signedIn ? authorization.session : null)),
  };
}

function useView() {
  const authorization = inject(KEY, null);
  if (!authorization) {
    const detail =
      'The option "client" is missing: the app was not given one with use(authorizationPlugin(client)).';
    throw new AuthError('invalid_option', { detail });
  }
  // While Vue hydrates, a component has its element before its setup runs; what it renders must be what the server did.
  const overServerHtml = inject(ssrContextKey, null) !== null || getCurrentInstance()?.vnode.el;
  const view = shallowRef(overServerHtml ? authorization.getServerSnapshot() : authorization.getSnapshot());
  const look = () => void (view.value = authorization.getSnapshot());
  let release = () => {};
  // Not called on a server.
  onMounted(() => {
    release = authorization.subscribe(look);
    look();
  });
  onUnmounted(() => release());
  return {
    authorization,
    shown: <Shown>(select: (view: AuthorizationView) => Shown) => computed(() => select(view.value)),
  };
}
