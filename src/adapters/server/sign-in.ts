import type { BeginOptions } from '../../client/public.js';
import { AuthError } from '../../services/auth-error.js';
import { redirect } from './answers.js';
import type { Desk } from './desk.js';
import { randomSecret } from './digest.js';
import { pathOnSite } from './return-to.js';
import { forget, recall, remember } from './transactions.js';

export interface LoginOptions extends Pick<BeginOptions, 'scopes' | 'parameters' | 'expectedAccount'> {
  /** A path of this site to come back to. Anything else, and nothing, is the handler's `home`. */
  readonly returnTo?: string | null | undefined;
}

/**
 * Sends a browser to the provider, and gives it a cookie that only its callback can use.
 *
 * @throws {@link AuthError} `not_signed_in`, and as `client.begin`
 */
export async function beginSignIn(
  { client, site, cookies, identity, home }: Desk,
  request: Request,
  { returnTo, ...options }: LoginOptions,
): Promise<Response> {
  const secret = randomSecret();
  const session = demand(await identity.wanted(request, secret));
  const endsAt = identity.endsAt();
  const begun = await client.begin({
    ...options,
    ...(endsAt !== null && { sessionEndsAt: endsAt }),
    session,
    boundTo: bindingOf(secret, session),
  });
  const transaction = { secret, returnTo: pathOnSite(returnTo, site) ?? home };
  return redirect(begun.url, await remember(request, cookies, begun, transaction));
}

/**
 * Completes a callback and lets the browser in, under a session id that was nobody's before.
 *
 * @throws {@link AuthError} `not_signed_in`, and as `client.complete`
 */
export async function finishSignIn(desk: Desk, request: Request): Promise<Response> {
  const { client, site, cookies, identity, home } = desk;
  const { search, searchParams } = new URL(request.url);
  const state = searchParams.get('state') ?? '';
  const transaction = await recall(request, cookies, state);
  // Whoever lacks the cookie is another browser, and nothing tells a stranger more than that: the client compares.
  const secret = transaction?.secret ?? randomSecret();
  const session = demand(await identity.wanted(request, secret));
  // The address as the provider knows it: a proxy in front may have changed host and scheme, but not the query.
  await client.complete(site.origin + site.paths.callback + search, {
    boundTo: bindingOf(secret, session),
  });
  await endFormer(desk, request, session);
  const returnTo = pathOnSite(transaction?.returnTo, site) ?? home;
  const signedIn = await identity.signedIn(secret);
  return redirect(site.origin + returnTo, [await forget(cookies, state), ...signedIn]);
}

/**
 * Binds a sign-in to the browser and to whom it is for: if another user of the application has the browser by the
 * time of the callback, no token is fetched for either.
 */
function bindingOf(secret: string, session: string): string {
  return `${secret}\n${session}`;
}

function demand(session: string | null): string {
  if (session !== null) return session;
  const detail = '"sessionName" gave no name for this request: nobody is signed in to the application.';
  throw new AuthError('not_signed_in', { phase: 'authorization', detail });
}

/** A session that no browser can name any more must not live on. Its grant may be that of the new one, and stays. */
async function endFormer({ client, identity }: Desk, request: Request, session: string): Promise<void> {
  const name = await identity.former(request);
  if (name !== null && name !== session) await client.signOut(name, { revoke: false });
}
