import {
  createComponent,
  createContext,
  createMemo,
  createSignal,
  onCleanup,
  onMount,
  sharedConfig,
  useContext,
} from 'solid-js';
import type { Accessor, JSX } from 'solid-js';
import type { Authorization, AuthorizationView, Client, Session, SessionFacts } from '../../client/public.js';
import { AuthError } from '../../services/auth-error.js';

export interface AuthorizationProviderProps {
  readonly client: Client;
  /** Which of several accounts; `default` if not named. */
  readonly session?: string | undefined;
  readonly children?: JSX.Element;
}

type Accessors<Shown> = { readonly [Name in keyof Shown]: Accessor<Shown[Name]> };

/** How the sign-in stands, and what a person can do. */
export interface AuthorizationState
  extends
    Accessors<Pick<AuthorizationView, 'status' | 'busy' | 'retryable' | 'failure'>>,
    Pick<Authorization, 'signIn' | 'prepare' | 'open' | 'cancel' | 'retry' | 'signOut'> {}

export interface SessionState {
  /** Also while a sign-in for more scopes is under way. */
  readonly signedIn: Accessor<boolean>;
  /** The facts, to show; no token is among them. */
  readonly info: Accessor<SessionFacts | null>;
  /** For calls to the API; `null` unless signed in. */
  readonly session: Accessor<Session | null>;
}

const Provided = createContext<Authorization>();

/** Gives a client to the components below. Create the client outside of them. */
export function AuthorizationProvider(props: AuthorizationProviderProps): JSX.Element {
  return createComponent(Provided.Provider, {
    value: props.client.authorization(props.session),
    get children() {
      return props.children;
    },
  });
}

/**
 * Accessors to show, and functions to call. On a server and in the first render over its HTML, nobody is signed in.
 *
 * @throws {@link AuthError} `invalid_option` outside of {@link AuthorizationProvider}
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
 * @throws {@link AuthError} `invalid_option` outside of {@link AuthorizationProvider}
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
  const authorization = useContext(Provided);
  if (!authorization) {
    const detail =
      'The option "client" is missing: there is no <AuthorizationProvider client={…}> above this component.';
    throw new AuthError('invalid_option', { detail });
  }
  // Solid sets it while a server renders, and while a page takes that HTML over.
  const first = sharedConfig.context ? authorization.getServerSnapshot() : authorization.getSnapshot();
  const [view, setView] = createSignal(first);
  const look = () => void setView(authorization.getSnapshot());
  // Not called on a server.
  onMount(() => {
    onCleanup(authorization.subscribe(look));
    look();
  });
  return {
    authorization,
    shown: <Shown>(select: (view: AuthorizationView) => Shown) => createMemo(() => select(view())),
  };
}
