import { Hono } from 'hono';
import { AuthError } from 'authchart/node';
import type { Client, Session } from 'authchart/node';
import { createAuthHandler } from 'authchart/server';
import { faultPage, homePage, signedOutPage, withHeaders } from './pages.js';
import type { Person } from './pages.js';

export interface Places {
  /** Where browsers find this app: the origin of the redirect URI. */
  readonly origin: string;
  readonly usersMe: string;
}

/** Two routes of its own, and four of the handler: `/auth/login`, `/auth/callback`, `/auth/logout`, `/auth/session`. */
export function createApp(client: Client, { origin, usersMe }: Places): Hono {
  const auth = createAuthHandler(client);
  const app = new Hono();

  // Cookies belong to a host, so who typed `localhost` must come to the host of the redirect URI first.
  app.use(async (c, next) => {
    if (c.req.header('host') !== new URL(origin).host) return c.redirect(origin + c.req.path, 303);
    return next();
  });

  app.all('/auth/*', (c) => auth(c.req.raw));

  app.get('/', async (c) => {
    withHeaders(c);
    const session = await auth.session(c.req.raw);
    if (!session) return c.html(signedOutPage());
    const person = await personOf(session);
    return c.html(person ? homePage(person, session.info()?.scopes ?? []) : signedOutPage());
  });

  // A step-up: the same account, with one more scope. The app says which; no query could ask for another.
  app.get('/likes', async (c) => {
    const session = await auth.session(c.req.raw);
    if (!session) return auth.login(c.req.raw, { returnTo: '/' });
    const { id } = await session.account();
    const scopes = [...(session.info()?.scopes ?? []), 'like.read'];
    return auth.login(c.req.raw, { scopes, expectedAccount: id, returnTo: '/' });
  });

  app.onError((_, c) => {
    withHeaders(c);
    return c.html(faultPage(), 503);
  });

  async function personOf(session: Session): Promise<Person | null> {
    try {
      const response = await session.fetch(usersMe);
      const { data } = (await response.json()) as { readonly data?: Person };
      return data ?? null;
    } catch (error) {
      // The provider has ended the session: the person is signed out, and nothing is broken.
      if (error instanceof AuthError && ['session_revoked', 'session_expired'].includes(error.code))
        return null;
      throw error;
    }
  }

  return app;
}
