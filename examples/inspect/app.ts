import { Hono } from 'hono';
import type { AuthorizationView, Client, InspectorPage } from 'authchart/node';
import type { Emulator } from 'authchart/testing';
import { page, withHeaders } from './pages.js';
import type { PageUserAgent } from './page-user-agent.js';
import { faults } from './provider-faults.js';
import type { Fault, FaultyTransport } from './provider-faults.js';
import { createTasks } from './tasks.js';

export interface Parts {
  readonly client: Client;
  readonly emulator: Emulator;
  readonly inspector: InspectorPage;
  readonly userAgent: PageUserAgent;
  readonly transport: FaultyTransport;
  /** Where browsers find this application. */
  readonly origin: string;
  readonly guided: boolean;
}

/** An application of one person on loopback: a button for everything that can happen to a session. */
export function createApp({
  client,
  emulator,
  inspector,
  userAgent,
  transport,
  origin,
  guided,
}: Parts): Hono {
  const authorization = client.authorization();
  const { session } = authorization;
  // Nothing is looked up before the first sign-in: in guided mode it would wait for the person, who has asked for nothing.
  let followed = false;
  function follow(): void {
    if (!followed) authorization.subscribe(() => undefined);
    followed = true;
  }
  function look(): AuthorizationView {
    const view = authorization.getSnapshot();
    return followed || view.status !== 'restoring' ? view : authorization.getServerSnapshot();
  }
  const tasks = createTasks(guided);
  const app = new Hono();

  // Pages of other origins may lead here, and do nothing else; a name made to lead here (DNS rebinding) is not ours.
  app.use(async (c, next) => {
    if (c.req.header('host') !== new URL(origin).host) return c.text('Misdirected Request', 421);
    if (c.req.method !== 'GET' && c.req.header('origin') !== origin) return c.text('Forbidden', 403);
    withHeaders(c, emulator.origin);
    return next();
  });

  app.get('/', (c) =>
    c.html(
      page({
        view: look(),
        outcome: tasks.outcome(),
        running: tasks.running(),
        address: userAgent.address(),
        fault: transport.fault(),
        inspector: inspector.url,
        guided,
      }),
    ),
  );

  app.post('/sign-in', async (c) => {
    tasks.forget();
    authorization.signIn();
    if (guided) return c.redirect('/', 303);
    return c.redirect(await userAgent.presented(), 303);
  });

  app.get('/callback', async (c) => {
    const callback = new URL(c.req.url);
    await tasks.run('Signed in', async () => {
      await authorization.complete(origin + callback.pathname + callback.search);
      follow();
      return 'The code was exchanged for tokens, which this program keeps in memory.';
    });
    return c.redirect('/', 303);
  });

  const button = (path: string, title: string, work: () => Promise<string>) =>
    app.post(path, async (c) => {
      await tasks.run(title, work);
      return c.redirect('/', 303);
    });

  button('/call', 'The API answered', async () => {
    const response = await session.fetch(emulator.endpoints.usersMe);
    const { data } = (await response.json()) as { readonly data?: { readonly username: string } };
    return `GET /2/users/me gave ${response.status}${data ? `: it is @${data.username}` : ''}.`;
  });
  button('/renew', 'Renewed', async () => {
    await session.renew();
    return 'The old tokens were spent for new ones.';
  });
  button('/expire', 'The access token has run out', async () => {
    emulator.clock.advance(2 * 60 * 60 * 1_000);
    return 'Nobody has told this program. Call the API: it is renewed on the way.';
  });
  button('/sign-out', 'Signed out', async () => {
    const { revocations } = await authorization.signOut();
    return `${revocations.filter(({ revoked }) => revoked).length} tokens were revoked.`;
  });
  app.post('/cancel', (c) => {
    tasks.forget();
    authorization.cancel();
    return c.redirect('/', 303);
  });
  app.post('/fault', async (c) => {
    const { fault } = await c.req.parseBody();
    tasks.forget();
    transport.expect(isFault(fault) ? fault : null);
    return c.redirect('/', 303);
  });

  return app;
}

const isFault = (fault: unknown): fault is Fault => typeof fault === 'string' && Object.hasOwn(faults, fault);
