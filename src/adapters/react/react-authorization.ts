'use client';
// The directive is for React Server Components, which have neither context nor state.
import { createContext, createElement, useContext, useRef, useSyncExternalStore } from 'react';
import type { ReactElement, ReactNode } from 'react';
import type { Authorization, AuthorizationView, Client, Session, SessionFacts } from '../../client/public.js';
import { AuthError } from '../../services/auth-error.js';

export interface AuthorizationProviderProps {
  readonly client: Client;
  /** Which of several accounts; `default` if not named. */
  readonly session?: string | undefined;
  readonly children?: ReactNode;
}

/** How the sign-in stands, and what a person can do. The functions stay the same from one render to the next. */
export interface AuthorizationState
  extends
    Pick<AuthorizationView, 'status' | 'busy' | 'retryable' | 'failure'>,
    Pick<Authorization, 'signIn' | 'prepare' | 'open' | 'cancel' | 'retry' | 'signOut'> {}

export interface SessionState {
  /** Also while a sign-in for more scopes is under way. */
  readonly signedIn: boolean;
  /** The facts, to show; no token is among them. */
  readonly info: SessionFacts | null;
  /** For calls to the API; `null` unless signed in. */
  readonly session: Session | null;
}

const Provided = createContext<Authorization | null>(null);

/**
 * Gives a client to the components below. Create the client outside of them: it outlives renders and StrictMode.
 *
 * @example
 * ```ts
 * root.render(createElement(AuthorizationProvider, { client }, createElement(App)));
 * ```
 */
export function AuthorizationProvider(props: AuthorizationProviderProps): ReactElement {
  const value = props.client.authorization(props.session);
  return createElement(Provided.Provider, { value }, props.children);
}

/**
 * Renders again only when what the selector gives has changed; members of a plain object or array are compared one by one.
 * On a server and in the first render over its HTML, nobody is signed in.
 *
 * @throws {@link AuthError} `invalid_option` outside of {@link AuthorizationProvider}
 *
 * @example
 * ```ts
 * const { status, signIn } = useAuthorization();
 * const busy = useAuthorization((authorization) => authorization.busy);
 * ```
 */
export function useAuthorization(): AuthorizationState;
export function useAuthorization<Selected>(select: (state: AuthorizationState) => Selected): Selected;
export function useAuthorization(select: (state: AuthorizationState) => unknown = (state) => state): unknown {
  return useSelected(
    ({ signIn, prepare, open, cancel, retry, signOut }, { status, busy, retryable, failure }) =>
      select({ status, busy, retryable, failure, signIn, prepare, open, cancel, retry, signOut }),
  );
}

/**
 * Who is signed in. Renders again only when that changes.
 *
 * @throws {@link AuthError} `invalid_option` outside of {@link AuthorizationProvider}
 */
export function useSession(): SessionState {
  return useSelected(({ session }, { signedIn, info }) => ({
    signedIn,
    info,
    session: signedIn ? session : null,
  }));
}

function useSelected<Selected>(
  select: (authorization: Authorization, view: AuthorizationView) => Selected,
): Selected {
  const authorization = useContext(Provided);
  if (!authorization) {
    const detail =
      'The option "client" is missing: there is no <AuthorizationProvider client={…}> above this component.';
    throw new AuthError('invalid_option', { detail });
  }
  // React compares by identity, and asks again and again: of one view once, and the first of equal selections stands for all.
  const kept = useRef<{ readonly selected: Selected } | null>(null);
  let seen: AuthorizationView | null = null;
  const selectionOf = (view: AuthorizationView): Selected => {
    if (kept.current && view === seen) return kept.current.selected;
    seen = view;
    const selected = select(authorization, view);
    if (!kept.current || !isSame(kept.current.selected, selected)) kept.current = { selected };
    return kept.current.selected;
  };
  return useSyncExternalStore(
    authorization.subscribe,
    () => selectionOf(authorization.getSnapshot()),
    () => selectionOf(authorization.getServerSnapshot()),
  );
}

function isSame(one: unknown, other: unknown): boolean {
  if (Object.is(one, other)) return true;
  if (!isPlain(one) || !isPlain(other)) return false;
  const names = Object.keys(one);
  return (
    names.length === Object.keys(other).length &&
    names.every((name) => Object.hasOwn(other, name) && Object.is(one[name], other[name]))
  );
}

function isPlain(value: unknown): value is Readonly<Record<string, unknown>> {
  if (typeof value !== 'object' || value === null) return false;
  return [Object.prototype, Array.prototype].includes(Object.getPrototypeOf(value));
}
