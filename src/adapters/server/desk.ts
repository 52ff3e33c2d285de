import type { Client } from '../../client/public.js';
import type { Failure } from '../../machines/vocabulary.js';
import { AuthError } from '../../services/auth-error.js';
import { cookiesOf } from './cookies.js';
import type { Cookies } from './cookies.js';
import { applicationIdentity, browserIdentity } from './identity.js';
import type { Identity, SessionName } from './identity.js';
import { pathOnSite } from './return-to.js';
import { siteOf } from './site.js';
import type { Site } from './site.js';

export interface AuthHandlerOptions {
  /**
   * For an application with user accounts of its own: the name of the session that belongs to this request's user, such
   * as `alice/x`; `null` if nobody is signed in. No session cookie is set then. Without it, a browser is known by a
   * cookie of the handler.
   */
  readonly sessionName?: SessionName | undefined;
  /**
   * Seconds that a browser stays signed in, by its cookie and in the store. Default: until it is closed, and 30 days at
   * most.
   */
  readonly sessionMaxAge?: number | undefined;
  /** The path people come to when nothing else was asked for. Default: `/`. */
  readonly home?: string | undefined;
  /**
   * Told of every failure: its message is for developers, says what to do, and holds no secret. What it returns is shown
   * in place of our page.
   */
  readonly onFailure?: FailureHook | undefined;
}

export type FailureHook = (
  failure: Failure,
  request: Request,
) => Response | undefined | void | Promise<Response | undefined | void>;

/** What every route works with. */
export interface Desk {
  readonly client: Client;
  readonly site: Site;
  readonly cookies: Cookies;
  readonly identity: Identity;
  readonly home: string;
}

/** @throws {@link AuthError} `invalid_option` */
export function deskOf(
  client: Client,
  { sessionName, sessionMaxAge, home: wanted = '/', onFailure }: AuthHandlerOptions,
): Desk {
  const site = siteOf(client);
  const cookies = cookiesOf(site);
  const home = pathOnSite(wanted, site);
  if (home === null) throw invalid('"home" is not a path of this site.');
  for (const [name, hook] of Object.entries({ sessionName, onFailure })) {
    if (hook !== undefined && typeof hook !== 'function') throw invalid(`"${name}" is not a function.`);
  }
  if (sessionMaxAge !== undefined && !(Number.isInteger(sessionMaxAge) && sessionMaxAge > 0)) {
    throw invalid('"sessionMaxAge" is not a whole number of seconds.');
  }
  const identity = sessionName
    ? applicationIdentity(sessionName)
    : browserIdentity(cookies, sessionMaxAge ?? null);
  return { client, site, cookies, identity, home };
}

function invalid(sentence: string): AuthError {
  return new AuthError('invalid_option', { detail: `The option ${sentence}` });
}
