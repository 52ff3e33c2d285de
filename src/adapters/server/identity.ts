import { onlyCookie } from './cookies.js';
import type { Cookies } from './cookies.js';
import { digest } from './digest.js';

export type SessionName = (request: Request) => string | null | Promise<string | null>;

/** Whose session a request is about. */
export interface Identity {
  /** The name of the session this request belongs to; `null` if to none. */
  current(request: Request): Promise<string | null>;
  /** The session that a sign-in leads to: the same at its login and at its callback. `null` if nobody may begin one. */
  wanted(request: Request, secret: string): Promise<string | null>;
  /** The session that a sign-in of this browser takes the place of; `null` if of none. */
  former(request: Request): Promise<string | null>;
  /** `Set-Cookie` headers. */
  signedIn(secret: string): Promise<string[]>;
  /** When a session that begins now ends at the latest, in Unix milliseconds; `null`: the application decides. */
  endsAt(): number | null;
  signedOut(): string[];
}

/** Seconds that a session lives whose cookie ends when the browser is closed, which nobody tells us. */
const LONGEST = 30 * 24 * 60 * 60;

/**
 * A browser is known by a cookie of ours. The store knows only its digest: who reads the store, a log or a backup cannot
 * become anybody.
 */
export function browserIdentity(cookies: Cookies, maxAge: number | null): Identity {
  // Names are paths, `owner/account`. One owner for all: its list ends at a hundred names and is then left alone, where a
  // list for each browser would stay in the store for good.
  const nameOf = async (id: string) => `web/${await digest(id)}`;
  // A word in front, for the plain digest of a secret may be what a store is told.
  const idOf = (secret: string) => digest(`authchart session id\n${secret}`);
  async function current(request: Request): Promise<string | null> {
    const id = onlyCookie(request, cookies.session);
    return id === null ? null : nameOf(id);
  }
  return {
    current,
    former: current,
    wanted: async (_, secret) => nameOf(await idOf(secret)),
    signedIn: async (secret) => [cookies.set(cookies.session, await idOf(secret), maxAge)],
    signedOut: () => [cookies.clear(cookies.session)],
    // Enforced by the store: a cookie that somebody copied ends with it, and so do tokens whose browser is closed.
    endsAt: () => Date.now() + (maxAge ?? LONGEST) * 1000,
  };
}

/** The application has user accounts of its own, and says whose this request is. */
export function applicationIdentity(sessionName: SessionName): Identity {
  // A look-up that finds nobody often gives `undefined`, which elsewhere means the default session.
  const current = async (request: Request) => (await sessionName(request)) ?? null;
  return {
    current,
    wanted: current,
    former: async () => null,
    signedIn: async () => [],
    signedOut: () => [],
    endsAt: () => null,
  };
}
