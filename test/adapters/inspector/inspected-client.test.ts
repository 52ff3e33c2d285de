import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { inspectFlow } from 'authchart/inspect';
import { createClient, nodeUserAgent, x } from 'authchart/node';
import type { InspectorPage, NodeClientOptions } from 'authchart/node';
import { consent, createTestClient, emulatorSecret, publicApp, startEmulator, xAt } from 'authchart/testing';
import type { Emulator } from 'authchart/testing';
import { beforeAll, describe, expect, it, onTestFinished, vi } from 'vitest';
import { createActor } from 'xstate';
import { createInspection } from '../../../src/adapters/inspector/inspection.js';
import { platformClock } from '../../../src/adapters/platform/platform.js';
import { stepwise } from '../../../src/client/inspection/stepwise.js';
import type { FeedItem } from '../../../src/adapters/inspector/page/feed.js';
import { build } from '../../docs/reader-project.js';
import { freePort } from '../../support/free-port.js';
import { ask, openFeed } from './http.js';
import type { Feed } from './http.js';

// The page is served out of what was built.
beforeAll(build, 120_000);

const itemsOf = (feed: Feed) => feed.events().map(({ data }) => data as FeedItem);
// A test may end before the person has read the page.
const open = async (url: string) => void consent(url, { deliver: true }).catch(() => undefined);

async function start(options: Partial<NodeClientOptions> = {}) {
  let now = () => Date.now();
  const emulator = await startEmulator({ now: () => now() });
  const redirectUri = `http://127.0.0.1:${await freePort()}/callback`;
  emulator.registerRedirectUri(publicApp.client_id, redirectUri);
  let show: (page: InspectorPage) => void;
  const shown = new Promise<InspectorPage>((resolve) => (show = resolve));
  const client = createClient({
    provider: xAt(emulator.endpoints),
    clientId: publicApp.client_id,
    redirectUri,
    scopes: ['users.read', 'tweet.read', 'offline.access'],
    userAgent: nodeUserAgent({ open, input: false, output: false }),
    inspect: true,
    showInspector: (page) => show(page),
    ...options,
  });
  onTestFinished(async () => {
    await client.close();
    await emulator.close();
  });
  return {
    emulator,
    client,
    shown,
    async page() {
      const page = await shown;
      now = page.now;
      return page;
    },
  };
}

/** Lets every step through as soon as it waits, as somebody would who only presses Next. */
async function pressNext(url: string): Promise<{ readonly pressed: () => number }> {
  const feed = await openFeed(url);
  let [seen, pressed] = [0, 0];
  void (async () => {
    for (;;) {
      await feed.until(() => feed.events().length > seen);
      const item = itemsOf(feed)[seen++]!;
      if (item.type === 'gate.closed' && (await next(url, item.gate)) === 204) pressed++;
    }
  })().catch(() => undefined);
  return { pressed: () => pressed };
}

async function next(url: string, gate: number): Promise<number> {
  const headers = { origin: new URL(url).origin, 'content-type': 'application/json' };
  const { status } = await ask(url, 'next', { method: 'POST', headers, body: JSON.stringify({ gate }) });
  return status;
}

const SECRET = ['code', 'code_verifier', 'refresh_token', 'token', 'state', 'bearer'];

/** What went over the wire and must be seen nowhere, with the names it had. */
function secretsOf({ requests }: Emulator): (readonly [string, string])[] {
  return requests.flatMap(({ form, search, headers: { authorization = '' } }) => {
    const query = new URLSearchParams(search);
    const bearer: [string, string] = ['bearer', authorization.split(' ')[1] ?? ''];
    return [...form, ...query, bearer].filter(([name, value]) => SECRET.includes(name) && value !== '');
  });
}

describe('a client that is inspected', () => {
  it('says where, in one line on stderr, and prints nothing else', async () => {
    const write = vi.spyOn(process.stderr, 'write').mockReturnValue(true);
    onTestFinished(() => write.mockRestore());
    const { client } = await start({ showInspector: undefined as never });
    await client.login();
    await expect.poll(() => write.mock.calls.length).toBe(1);
    await client.close();
    expect(write.mock.calls).toHaveLength(1);
    expect(write.mock.calls[0]![0]).toMatch(
      /^authchart inspector: http:\/\/127\.0\.0\.1:\d+\/[A-Za-z0-9_-]{22}\/\n$/,
    );
  });

  it('is shown from its first step on, to whoever comes later too', async () => {
    const { client, page, emulator } = await start();
    const session = await client.login();
    await session.fetch(emulator.endpoints.usersMe);
    const { url } = await page();
    const feed = await openFeed(url);
    await feed.until(() => feed.text().includes('API response'));
    const items = itemsOf(feed).filter((item) => 'sequence' in item);
    expect(items.map(({ sequence }) => sequence)).toEqual(items.map((_, index) => index + 1));
    expect(items[0]).toMatchObject({ type: 'actor.started', state: 'idle' });
    expect(items.map((item) => item.type === 'actor.moved' && item.to)).toContain('authorized.fresh');
    const before = items.length;
    await session.renew();
    await feed.until(() => itemsOf(feed).length > before);
  });

  it('shows no secret, from the sign-in to the sign-out', async () => {
    const { client, page, emulator } = await start();
    const session = await client.login();
    const { url } = await page();
    const feed = await openFeed(url);
    await session.fetch(emulator.endpoints.usersMe);
    await session.renew();
    await session.fetch(emulator.endpoints.usersMe);
    await session.signOut();
    await feed.until(() => feed.text().includes('revocation response'));
    const secrets = secretsOf(emulator);
    expect(new Set(secrets.map(([name]) => name))).toEqual(new Set(SECRET));
    expect(secrets.filter(([, secret]) => feed.text().includes(secret))).toEqual([]);
    expect(feed.text()).not.toMatch(emulatorSecret);
  });

  it('tells all of it to whoever follows, though it is closed at once', async () => {
    const { client, page } = await start();
    const session = await client.login();
    const { url } = await page();
    const feed = await openFeed(url);
    await feed.until(() => feed.text().includes('authorized.fresh'));
    await session.signOut();
    await client.close();
    await feed.ended;
    expect(itemsOf(feed).at(-1)).toMatchObject({ type: 'actor.stopped' });
    expect(itemsOf(feed)).toContainEqual(expect.objectContaining({ event: 'done(signOut)', to: 'idle' }));
  });

  it('takes its page with it when it is closed', async () => {
    const { client, page } = await start();
    const { url } = await page();
    const feed = await openFeed(url);
    await client.close();
    await feed.ended;
    await expect(ask(url, '')).rejects.toMatchObject({ code: 'ECONNREFUSED' });
  });

  it('can be closed before its page is there', async () => {
    const { client, page } = await start();
    await client.close();
    await expect(ask((await page()).url, '')).rejects.toMatchObject({ code: 'ECONNREFUSED' });
  });

  it('has no page for the asking where nobody asked', async () => {
    const { client, shown } = await start({ inspect: false });
    await client.login();
    expect(await Promise.race([shown, Promise.resolve('nobody')])).toBe('nobody');
  });

  it('does not keep a program alive, not even while the page is open', async () => {
    const door = new URL('../../../dist/node.js', import.meta.url).href;
    const program = `
      import { createClient, x } from '${door}';
      createClient({ provider: x, clientId: 'client', redirectUri: 'http://127.0.0.1:8976/callback', inspect: true });
      process.once('message', () => process.disconnect());
    `;
    const child = spawn(process.execPath, ['--input-type=module', '--eval', program], {
      stdio: ['ignore', 'inherit', 'pipe', 'ipc'],
    });
    onTestFinished(() => void child.kill('SIGKILL'));
    const [line] = (await once(child.stderr!.setEncoding('utf8'), 'data')) as [string];
    const feed = await openFeed(line.trim().split(' ').at(-1)!);
    expect(feed.status).toBe(200);
    child.send('enough');
    expect(await once(child, 'exit')).toEqual([0, null]);
  });
});

describe('a client that is walked through', () => {
  it('says that it waits', async () => {
    const write = vi.spyOn(process.stderr, 'write').mockReturnValue(true);
    onTestFinished(() => write.mockRestore());
    await start({ inspect: 'guided', showInspector: undefined as never });
    await expect.poll(() => write.mock.calls.length).toBe(1);
    expect(write.mock.calls[0]![0]).toMatch(
      /^authchart inspector: http:\/\/127\.0\.0\.1:\d+\/[\w-]{22}\/ \(each step waits for you there\)\n$/,
    );
  });

  it('takes each step when somebody says so, and comes to the same end', async () => {
    const { client, page } = await start({ inspect: 'guided' });
    const { url } = await page();
    const { pressed } = await pressNext(url);
    const session = await client.login();
    expect(session.info()?.scopes).toContain('users.read');
    expect(pressed()).toBeGreaterThan(5);
    await session.renew();
    await session.signOut();
    expect(session.info()).toBeNull();
  });

  it('waits as long as it takes: its time stands, and so does that of a provider that goes by it', async () => {
    const { client, page, emulator } = await start({ inspect: 'guided' });
    const { url, now } = await page();
    const login = client.login();
    const feed = await openFeed(url);
    await feed.until(() => itemsOf(feed).some(({ type }) => type === 'gate.closed'));
    const [then, real, there] = [now(), Date.now(), emulator.clock.now()];
    await expect.poll(() => Date.now() - real).toBeGreaterThan(20);
    expect([now(), emulator.clock.now()]).toEqual([then, there]);
    expect(itemsOf(feed).filter(({ type }) => type === 'actor.moved').length).toBeLessThan(3);
    await pressNext(url);
    await login;
    await expect.poll(() => now()).toBeGreaterThan(then);
  });

  it('does not wait for a step whose state was left', async () => {
    const { client, page } = await start({ inspect: 'guided' });
    const { url, now } = await page();
    const reason = new AbortController();
    const login = client.login({ signal: reason.signal });
    const feed = await openFeed(url);
    await feed.until(() => itemsOf(feed).some(({ type }) => type === 'gate.closed'));
    const first = itemsOf(feed).find((item) => item.type === 'gate.closed');
    reason.abort();
    await expect(login).rejects.toMatchObject({ code: 'cancelled' });
    const opened = { type: 'gate.opened', gate: first?.gate };
    await feed.until(() => itemsOf(feed).some((item) => JSON.stringify(item) === JSON.stringify(opened)));
    await pressNext(url);
    const then = now();
    await expect.poll(() => now()).toBeGreaterThan(then);
  });

  it('hangs on nothing when it is closed', async () => {
    const { client, page } = await start({ inspect: 'guided' });
    const { url } = await page();
    const login = client.login().catch((error: unknown) => error);
    const feed = await openFeed(url);
    await feed.until(() => itemsOf(feed).some(({ type }) => type === 'gate.closed'));
    await client.close();
    expect(await login).toMatchObject({ code: 'client_closed' });
    await feed.ended;
  });
});

describe('a program of its own', () => {
  it('waits at no gate when its client is closed, also with an actor it has made itself', async () => {
    const { client, page } = await start({ inspect: 'guided' });
    const { url } = await page();
    const actor = createActor(client.machine, { input: { session: 'own' } }).start();
    actor.send({ type: 'authorization.begin', request: { userAgent: 'none' } });
    const stop = inspectFlow(actor, () => {});
    const feed = await openFeed(url);
    await feed.until(() => itemsOf(feed).some(({ type }) => type === 'gate.closed'));
    await client.close();
    stop();
    actor.stop();
  });

  it.each(['guide', 'yes', 1])('is told that there is no way of inspection called %s', (inspect) => {
    const wrong = { provider: x, clientId: 'client', inspect } as unknown as NodeClientOptions;
    expect(() => createClient(wrong)).toThrow(expect.objectContaining({ code: 'invalid_option' }) as Error);
  });

  it('goes on if nobody reads what it prints', async () => {
    const program = `
      import { createClient, x } from ${JSON.stringify(new URL('../../../dist/node.js', import.meta.url).href)};
      const client = createClient({ provider: x, clientId: 'client', redirectUri: 'http://127.0.0.1:1/', inspect: true });
      setTimeout(() => client.close().then(() => process.exit(7)), 500);`;
    const child = spawn(process.execPath, ['--input-type=module', '--eval', program], {
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    child.stderr.destroy();
    expect(await once(child, 'exit')).toEqual([7, null]);
  });
});

describe('a page that cannot be opened', () => {
  it.each([false, true])('keeps nobody from signing in (guided: %s)', async (guided) => {
    const { emulator } = await start();
    const lines: string[] = [];
    const inspection = createInspection({
      guided,
      clock: platformClock,
      write: (text) => lines.push(text),
      serve: () => Promise.reject(Object.assign(new Error('/secret/path'), { code: 'EACCES' })),
    });
    const client = createTestClient({
      provider: xAt(emulator.endpoints),
      clientId: publicApp.client_id,
      redirectUri: publicApp.redirect_uris[0]!,
      runtime: { clock: inspection.clock, ...(inspection.gate && { pace: stepwise(inspection.gate) }) },
    });
    onTestFinished(() => client.close());
    const unfollowed = vi.fn();
    inspection.begin(() => unfollowed);
    const { url } = await client.begin();
    const { callbackUrl } = await consent(url);
    const session = await client.complete(callbackUrl!);
    expect(session.info()).not.toBeNull();
    expect(lines).toEqual(['authchart inspector: not started (EACCES). Sign-ins go on without it.\n']);
    // Nobody will ever look at it.
    expect(unfollowed).toHaveBeenCalled();
    await inspection.close();
  });

  it('is told of on stderr if the application throws when it is told', async () => {
    const lines: string[] = [];
    const close = vi.fn(() => Promise.resolve());
    const inspection = createInspection({
      guided: false,
      clock: platformClock,
      write: (text) => lines.push(text),
      show: () => {
        throw Object.assign(new Error('/secret/path'), { code: '\u001b[31m/secret/path' });
      },
      serve: () => Promise.resolve({ url: 'http://127.0.0.1:1/path/', close }),
    });
    inspection.begin(() => () => {});
    await inspection.close();
    expect(lines.join('')).toBe(
      'authchart inspector: http://127.0.0.1:1/path/\nauthchart inspector: showInspector threw (unexpected).\n',
    );
    expect(close).toHaveBeenCalledOnce();
  });
});
