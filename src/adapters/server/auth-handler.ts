import type { Client, Session } from '../../client/public.js';
import { AuthError } from '../../services/auth-error.js';
import { guarded, json, redirect, refusal } from './answers.js';
import { deskOf } from './desk.js';
import type { AuthHandlerOptions } from './desk.js';
import { failurePage } from './failure-page.js';
import { wordsOf } from './failure-words.js';
import { isNavigation, isOwnPage, wantsPage } from './requests.js';
import { pathOnSite } from './return-to.js';
import { beginSignIn, finishSignIn } from './sign-in.js';
import type { LoginOptions } from './sign-in.js';
import { signOut } from './sign-out.js';
import { routeOf } from './site.js';
import type { Route } from './site.js';

/** Serves `callback`, the path of the redirect URI, and beside it `login`, `logout` and `session`. */
export interface AuthHandler {
  (request: Request): Promise<Response>;
  /**
   * The session this request belongs to; `null` if nobody is signed in.
   *
   * @throws {@link AuthError} of phase `store`, `client_closed`
   */
  session(request: Request): Promise<Session | null>;
  /**
   * Begins a sign-in on a route of the application: with more scopes, for one account, back to another page. What is
   * asked for is the application's to say, never the query's.
   */
  login(request: Request, options?: LoginOptions): Promise<Response>;
}

interface Served {
  readonly method: 'GET' | 'POST';
  answer(request: Request): Promise<Response>;
}

/**
 * Signs people in on a server, on any runtime with web-standard `Request` and `Response`. The client must be a
 * confidential one with a redirect URI. Browsers never see a token (OAuth 2.0 for Browser-Based Applications §6.1).
 *
 * @throws {@link AuthError} `invalid_option`
 *
 * @example
 * ```ts
 * const auth = createAuthHandler(client);
 *
 * async function serve(request: Request): Promise<Response> {
 *   if (new URL(request.url).pathname.startsWith('/auth/')) return auth(request);
 *   const session = await auth.session(request);
 *   return new Response(session ? 'Welcome back.' : 'Please sign in.');
 * }
 * ```
 */
export function createAuthHandler(client: Client, options: AuthHandlerOptions = {}): AuthHandler {
  const desk = deskOf(client, options);
  const { site, identity, home } = desk;

  async function session(request: Request): Promise<Session | null> {
    const name = await identity.current(request);
    return name === null ? null : client.session(name);
  }

  const login = (request: Request, wishes: LoginOptions = {}) =>
    navigated(request, () => beginSignIn(desk, request, wishes));

  async function navigated(request: Request, answer: () => Promise<Response>): Promise<Response> {
    if (!isNavigation(request)) return refusal(403, 'Open this address in a window of its own.');
    try {
      return await answer();
    } catch (error) {
      return guarded(await told(request, failureOf(error)));
    }
  }

  async function logout(request: Request): Promise<Response> {
    if (!isOwnPage(request, site)) {
      return refusal(403, `Only a page of ${site.origin} may sign out, and this request comes from none.`);
    }
    const { cleared, revocations } = await signOut(desk, request);
    const gone = identity.signedOut();
    const problem = cleared ? null : new AuthError('store_unavailable', { phase: 'signOut' });
    const page = problem && (await told(request, problem));
    if (!wantsPage(request)) {
      const tokens = revocations.map(({ token, revoked }) => ({ token, revoked }));
      return json(cleared ? 200 : 503, { cleared, revocations: tokens }, gone);
    }
    return page
      ? guarded(page, gone)
      : redirect(site.origin + (pathOnSite(returnToOf(request), site) ?? home), gone);
  }

  /** For scripts of the site's pages. Nobody signed in is an answer like any other, no error. */
  async function describe(request: Request): Promise<Response> {
    try {
      const info = (await session(request))?.info();
      if (!info) return json(200, { signedIn: false });
      const { account, scopes, missingScopes, standing, expiresAt, renewable } = info;
      const facts = { account, scopes, missingScopes, standing, expiresAt, renewable };
      return json(200, { signedIn: true, ...facts });
    } catch (error) {
      const { failure } = failureOf(error);
      await options.onFailure?.(failure, request);
      return json(wordsOf(failure).status, { code: failure.code, retryable: failure.retryable });
    }
  }

  /** Tells the application, and gives the page to show. */
  async function told(request: Request, { failure }: AuthError): Promise<Response> {
    const own = await options.onFailure?.(failure, request);
    return own ?? failurePage(failure, { login: site.paths.login, home });
  }

  const routes: Readonly<Record<Route, Served>> = {
    login: { method: 'GET', answer: (request) => login(request, { returnTo: returnToOf(request) }) },
    callback: {
      method: 'GET',
      answer: (request) => navigated(request, () => finishSignIn(desk, request)),
    },
    logout: { method: 'POST', answer: logout },
    session: { method: 'GET', answer: describe },
  };

  async function handle(request: Request): Promise<Response> {
    const route = routeOf(site, new URL(request.url).pathname);
    if (!route) return refusal(404, 'Not found.');
    const { method, answer } = routes[route];
    if (request.method !== method) return refusal(405, 'Method not allowed.', { allow: method });
    return answer(request);
  }

  return Object.assign(handle, { session, login });
}

/** What the query says, whatever that is. */
function returnToOf(request: Request): string | null {
  return new URL(request.url).searchParams.get('returnTo');
}

/** What is not ours, a fault in a function of the application say, is its framework's to handle. */
function failureOf(error: unknown): AuthError {
  if (error instanceof AuthError) return error;
  throw error;
}
