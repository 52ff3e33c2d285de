import type { Client } from '../../client/public.js';
import { AuthError } from '../../services/auth-error.js';

export type Route = 'callback' | 'login' | 'logout' | 'session';

/** Where the public finds the application. Taken from the redirect URI alone: `Host` says whatever a client likes. */
export interface Site {
  readonly origin: string;
  /** False over http, which is for loopback: browsers disagree there about `Secure` and `__Host-`. */
  readonly secure: boolean;
  readonly paths: Readonly<Record<Route, string>>;
}

const EXAMPLE = 'https://app.example/auth/callback';

/**
 * The site that a client's redirect URI is on; `login`, `logout` and `session` are siblings of its path.
 *
 * @throws {@link AuthError} `invalid_option`
 */
export function siteOf({ redirectUri, confidential }: Pick<Client, 'redirectUri' | 'confidential'>): Site {
  if (redirectUri === null) {
    throw invalid(`The client has no "redirectUri"; configure and register one such as ${EXAMPLE}.`);
  }
  const { protocol, origin, pathname } = new URL(redirectUri);
  if (protocol !== 'https:' && protocol !== 'http:') {
    throw invalid(`The "redirectUri" has a private-use scheme, which no server receives; use ${EXAMPLE}.`);
  }
  const sibling = (name: string) => new URL(name, origin + pathname).pathname;
  const paths = {
    callback: pathname,
    login: sibling('login'),
    logout: sibling('logout'),
    session: sibling('session'),
  };
  if (pathname === '/' || new Set(Object.values(paths)).size < 4) {
    throw invalid(`The path of the "redirectUri" serves another purpose here; use one such as ${EXAMPLE}.`);
  }
  // OAuth 2.0 for browser-based applications §6.1.3.1: what holds tokens for a browser authenticates itself.
  if (!confidential) {
    throw invalid(
      'The client has no "clientSecret", and a server can keep one: register a confidential app (at X: Web App).',
    );
  }
  return { origin, secure: protocol === 'https:', paths };
}

export function routeOf({ paths }: Site, pathname: string): Route | undefined {
  return (Object.keys(paths) as Route[]).find((route) => paths[route] === pathname);
}

function invalid(detail: string): AuthError {
  return new AuthError('invalid_option', { detail });
}
