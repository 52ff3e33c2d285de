import { getContext, onMount, setContext } from 'svelte';
import { createSubscriber } from 'svelte/reactivity';
import type { Authorization, AuthorizationView, Client, Session, SessionFacts } from '../../client/public.js';
import { AuthError } from '../../services/auth-error.js';

/** How the sign-in stands, and what a person can do. What it shows is reactive; do not destructure that. */
export interface AuthorizationState
  extends
    Pick<AuthorizationView, 'status' | 'busy' | 'retryable' | 'failure'>,
    Pick<Authorization, 'signIn' | 'prepare' | 'open' | 'cancel' | 'retry' | 'signOut'> {}

/** Reactive; do not destructure it. */
export interface SessionState {
  /** Also while a sign-in for more scopes is under way. */
  readonly signedIn: boolean;
  /** The facts, to show; no token is among them. */
  readonly info: SessionFacts | null;
  /** For calls to the API; `null` unless signed in. */
  readonly session: Session | null;
}

interface Provided {
  readonly authorization: Authorization;
  view(): AuthorizationView;
  subscribe(listener: () => void): () => void;
}

const KEY = Symbol('authorization');

/**
 * Gives a client to this component and those below. Call it while the component initialises, in a root layout say.
 *
 * @param session - which of several accounts; `default` if not named
 *
 * @example
 * ```ts
 * setAuthorization(client);
 * ```
 */
export function setAuthorization(client: Client, session?: string): void {
  const authorization = client.authorization(session);
  const listeners = new Set<() => void>();
  // Svelte does not tell whether it hydrates. This is mounted when everything below it has been.
  let mounted = false;
  onMount(() => {
    mounted = true;
    for (const listener of listeners) listener();
  });
  setContext<Provided>(KEY, {
    authorization,
    view: () => (mounted ? authorization.getSnapshot() : authorization.getServerSnapshot()),
    subscribe(listener) {
      listeners.add(listener);
      const release = authorization.subscribe(listener);
      return () => {
        listeners.delete(listener);
        release();
      };
    },
  });
}

/**
 * How the sign-in stands, and what a person can do. On a server and in the first render over its HTML, nobody is signed in.
 *
 * @throws {@link AuthError} `invalid_option` outside of a component that called {@link setAuthorization}
 *
 * @example
 * ```ts
 * const authorization = useAuthorization();
 * $effect(() => console.log(authorization.status));
 * ```
 */
export function useAuthorization(): AuthorizationState {
  const provided = useProvided();
  const { signIn, prepare, open, cancel, retry, signOut } = provided.authorization;
  const shown = reactive(provided, {
    status: (view) => view.status,
    busy: (view) => view.busy,
    retryable: (view) => view.retryable,
    failure: (view) => view.failure,
  });
  return Object.assign(shown, { signIn, prepare, open, cancel, retry, signOut });
}

/**
 * Who is signed in.
 *
 * @throws {@link AuthError} `invalid_option` outside of a component that called {@link setAuthorization}
 */
export function useSession(): SessionState {
  const provided = useProvided();
  const { session } = provided.authorization;
  return reactive(provided, {
    signedIn: (view) => view.signedIn,
    info: (view) => view.info,
    session: (view) => (view.signedIn ? session : null),
  });
}

function useProvided(): Provided {
  const provided = getContext<Provided | undefined>(KEY);
  if (provided) return provided;
  const detail =
    'The option "client" is missing: no component above this one called setAuthorization(client).';
  throw new AuthError('invalid_option', { detail });
}

type Selectors<Shown> = { readonly [Name in keyof Shown]: (view: AuthorizationView) => Shown[Name] };

/** Whoever reads a member in an effect or a template follows the client, and runs again only when that member has changed. */
function reactive<Shown extends object>({ view, subscribe }: Provided, selectors: Selectors<Shown>): Shown {
  const members = {} as Shown;
  for (const name in selectors) {
    const select = () => selectors[name](view());
    const track = createSubscriber((update) => {
      let last = select();
      return subscribe(() => {
        if (!Object.is(last, (last = select()))) update();
      });
    });
    const get = () => (track(), select());
    Object.defineProperty(members, name, { get, enumerable: true });
  }
  return members;
}
