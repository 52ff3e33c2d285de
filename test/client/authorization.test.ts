import { TransportFault } from 'authchart';
import type { Authorization, AuthorizationStatus, AuthorizationView, Transport, UserAgent } from 'authchart';
import { nodeTransport } from 'authchart/node';
import { consent } from 'authchart/testing';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { handDriven, startX } from './support/x.js';
import type { XBench } from './support/x.js';

let bench: XBench;
beforeEach(async () => {
  bench = await startX();
});
afterEach(() => bench.close());

/** Every status that was shown since it was asked for, each once in a row. */
function watched(authorization: Authorization) {
  const statuses: AuthorizationStatus[] = [authorization.getSnapshot().status];
  const views: AuthorizationView[] = [authorization.getSnapshot()];
  const stop = authorization.subscribe(() => {
    const view = authorization.getSnapshot();
    views.push(view);
    if (view.status !== statuses.at(-1)) statuses.push(view.status);
  });
  const view = () => authorization.getSnapshot();
  return { statuses, views, view, stop };
}

const shows = (authorization: Authorization, status: AuthorizationStatus) =>
  expect.poll(() => authorization.getSnapshot().status).toBe(status);

const approve = async (url: string, options?: Parameters<typeof consent>[1]) =>
  (await consent(url, options)).callbackUrl!;

/** A client whose pages the test opens and answers, one after the other. */
function page(options: Parameters<XBench['clientOf']>[0] = {}) {
  let current = handDriven();
  const opened: string[] = [];
  const client = bench.clientOf(options, {
    userAgent: {
      listen: (redirectUri, sink) => {
        current = handDriven();
        return current.listen(redirectUri, sink);
      },
      present: async (url, sink) => {
        opened.push(url);
        await current.present(url, sink);
      },
    },
  });
  return {
    client,
    opened,
    authorization: client.authorization(),
    /** Resolves with the URL of the page that is shown now or next. */
    url: () => current.page,
    bring: (url: string) => current.bring(url),
    async signIn() {
      client.authorization().signIn();
      await expect.poll(() => client.authorization().getSnapshot().status).toBe('awaitingUser');
      current.bring(await approve(await current.page));
      await shows(client.authorization(), 'signedIn');
    },
  };
}

describe('what is shown', () => {
  it('is the way from nobody to somebody, without a step back', async () => {
    const { client, authorization, url, bring } = page();
    const { statuses, view, stop } = watched(authorization);
    await shows(authorization, 'signedOut');
    authorization.signIn();
    await shows(authorization, 'awaitingUser');
    expect(view()).toMatchObject({ signedIn: false, busy: false, info: null, failure: null });
    bring(await approve(await url()));
    await shows(authorization, 'signedIn');
    expect(statuses).toEqual([
      'restoring',
      'signedOut',
      'preparing',
      'awaitingUser',
      'signingIn',
      'signedIn',
    ]);
    expect(view()).toMatchObject({ signedIn: true, busy: false, info: { session: 'default' } });
    expect((await authorization.session.fetch(bench.emulator.endpoints.usersMe)).status).toBe(200);

    const report = authorization.signOut();
    await shows(authorization, 'signedOut');
    expect((await report).cleared).toBe(true);
    expect(view().info).toBeNull();
    stop();
    expect(client.authorization()).toBe(authorization);
    expect(client.authorization('other')).not.toBe(authorization);
  });

  it('is the same object until something changes, and holds no secret', async () => {
    const { authorization, signIn } = page();
    const { views, stop } = watched(authorization);
    await signIn();
    const view = authorization.getSnapshot();
    await authorization.session.accessToken();
    await bench.pass(6_000);
    await authorization.session.accessToken();
    expect(authorization.getSnapshot()).toBe(view);
    const token = await authorization.session.accessToken();
    expect(JSON.stringify(views)).not.toContain(token);
    for (const [index, one] of views.slice(1).entries()) expect(one).not.toEqual(views[index]);
    stop();
  });

  it('is known at once where this page knows it, and on a server never', async () => {
    const { authorization, signIn } = page();
    const first = watched(authorization);
    await signIn();
    first.stop();
    const again = watched(authorization);
    await bench.pass(1);
    expect(again.views).toHaveLength(1);
    expect(again.statuses).toEqual(['signedIn']);
    expect(authorization.getServerSnapshot()).toEqual({
      status: 'signedOut',
      signedIn: false,
      busy: false,
      retryable: false,
      info: null,
      failure: null,
    });
    again.stop();
  });

  it('has the account once somebody has asked for it', async () => {
    const { authorization, signIn } = page();
    const { view, stop } = watched(authorization);
    await signIn();
    expect(view().info?.account).toBeNull();
    const account = await authorization.session.account();
    await expect.poll(() => view().info?.account).toEqual(account);
    stop();
  });

  it('follows the sign-in and the sign-out of another process', async () => {
    const here = watched(bench.clientOf().authorization());
    await expect.poll(() => here.view().status).toBe('signedOut');
    const elsewhere = bench.clientOf();
    const { url } = await elsewhere.begin();
    const session = await elsewhere.complete(await approve(url));
    await expect.poll(() => here.view().status).toBe('signedIn');
    await session.signOut();
    await expect.poll(() => here.view().status).toBe('signedOut');
    here.stop();
  });

  it('sees the sign-in that came while the store was being read', async () => {
    let [read, go] = [() => {}, () => {}];
    const [hasRead, mayGo] = [
      new Promise<void>((done) => (read = done)),
      new Promise<void>((done) => (go = done)),
    ];
    let first = true;
    const store = {
      ...bench.store,
      read: async (key: string) => {
        const entry = await bench.store.read(key);
        if (first && key.startsWith('session/')) {
          first = false;
          read();
          await mayGo;
        }
        return entry;
      },
    };
    const { view, stop } = watched(bench.clientOf({}, { store }).authorization());
    await hasRead;
    const elsewhere = bench.clientOf();
    await elsewhere.complete(await approve((await elsewhere.begin()).url));
    go();
    await expect.poll(() => view().status).toBe('signedIn');
    stop();
  });

  it('ends with its last listener, and the actor with it', async () => {
    const unwatched = vi.fn();
    const { watch } = bench.store;
    const store = {
      ...bench.store,
      watch: (key: string, listener: () => void) => {
        const stop = watch!(key, listener);
        return () => {
          unwatched();
          stop();
        };
      },
    };
    const authorization = bench.clientOf({}, { store }).authorization();
    const listener = vi.fn();
    const stops = [authorization.subscribe(listener), authorization.subscribe(listener)];
    await shows(authorization, 'signedOut');
    stops[0]!();
    stops[0]!();
    expect(unwatched).not.toHaveBeenCalled();
    stops[1]!();
    expect(unwatched).toHaveBeenCalledTimes(1);
    const heard = listener.mock.calls.length;
    const elsewhere = bench.clientOf();
    await elsewhere.complete(await approve((await elsewhere.begin()).url));
    expect(listener.mock.calls.length).toBe(heard);
    expect(bench.emulator.tokenRequests).toHaveLength(1);
  });
});

describe('a sign-in', () => {
  it('for more scopes leaves the session at work', async () => {
    const { authorization, signIn, url, bring } = page();
    const { view, stop } = watched(authorization);
    await signIn();
    authorization.signIn({ scopes: ['users.read', 'tweet.read', 'like.read', 'offline.access'] });
    await shows(authorization, 'awaitingUser');
    expect(view()).toMatchObject({
      signedIn: true,
      info: { scopes: expect.not.arrayContaining(['like.read']) },
    });
    await bench.pass(3 * 3_600_000);
    expect(view().status).toBe('failed');
    expect((await authorization.session.fetch(bench.emulator.endpoints.usersMe)).status).toBe(200);
    authorization.retry();
    await shows(authorization, 'awaitingUser');
    bring(await approve(await url()));
    await shows(authorization, 'signedIn');
    await expect.poll(() => view().info?.scopes).toContain('like.read');
    stop();
  });

  it('that was refused says so, leaves what was there, and can be tried again or left behind', async () => {
    const { authorization, url, bring, opened } = page();
    const { view, stop } = watched(authorization);
    authorization.signIn();
    await shows(authorization, 'awaitingUser');
    bring(await approve(await url(), { allow: false }));
    await shows(authorization, 'failed');
    expect(view()).toMatchObject({ retryable: true, failure: { code: 'access_denied' } });
    authorization.retry();
    await shows(authorization, 'awaitingUser');
    expect(view().failure).toBeNull();
    expect(opened).toHaveLength(2);
    bring(await approve(await url(), { allow: false }));
    await shows(authorization, 'failed');
    authorization.cancel();
    await shows(authorization, 'signedOut');
    expect(view()).toMatchObject({ failure: null, retryable: false });
    stop();
  });

  it('is cancelled, and another takes its place with nothing of its wishes', async () => {
    const { authorization, url, opened } = page();
    const { stop } = watched(authorization);
    authorization.signIn({ scopes: ['like.read'], parameters: { lang: 'de' } });
    await shows(authorization, 'awaitingUser');
    authorization.signIn();
    await expect.poll(() => opened.length).toBe(2);
    const asked = new URL(await url()).searchParams;
    expect([asked.get('lang'), asked.get('scope')]).toEqual([null, 'users.read tweet.read offline.access']);
    authorization.cancel();
    await shows(authorization, 'signedOut');
    expect(await bench.store.text()).not.toContain('verifier');
    stop();
  });

  it('that is prepared opens in the click and not before; synchronously', async () => {
    const { authorization, opened } = page();
    const { stop } = watched(authorization);
    authorization.prepare();
    await shows(authorization, 'prepared');
    expect(opened).toHaveLength(0);
    authorization.open();
    expect(opened).toHaveLength(1);
    expect(authorization.getSnapshot().status).toBe('awaitingUser');
    stop();
  });

  it('begins in the click where nothing was prepared, as by a key', async () => {
    const { authorization, opened } = page();
    const { stop } = watched(authorization);
    authorization.open({ parameters: { lang: 'de' } });
    await shows(authorization, 'awaitingUser');
    expect(new URL(opened[0]!).searchParams.get('lang')).toBe('de');
    stop();
  });

  it('opens as soon as it can where the click came first', async () => {
    const { authorization, opened } = page();
    const { stop } = watched(authorization);
    authorization.prepare();
    authorization.open();
    await shows(authorization, 'awaitingUser');
    expect(opened).toHaveLength(1);
    stop();
  });

  it('opens in a click that comes while another one is given up', async () => {
    const { authorization, opened } = page();
    const { statuses, stop } = watched(authorization);
    authorization.signIn();
    await shows(authorization, 'awaitingUser');
    authorization.prepare({ parameters: { lang: 'de' } });
    authorization.open();
    await expect.poll(() => opened.length).toBe(2);
    expect(new URL(opened[1]!).searchParams.get('lang')).toBe('de');
    authorization.cancel();
    authorization.open();
    await expect.poll(() => opened.length).toBe(3);
    expect(statuses.slice(statuses.indexOf('awaitingUser'))).not.toContain('signedOut');
    stop();
  });

  it('is not begun twice by a second click', async () => {
    const { authorization, opened } = page();
    authorization.open();
    await shows(authorization, 'awaitingUser');
    authorization.open();
    await bench.pass(1);
    expect([authorization.getSnapshot().status, opened.length]).toEqual(['awaitingUser', 1]);
  });

  it('of one account waits for no other account to be done', async () => {
    const shown: string[] = [];
    const userAgent: UserAgent = {
      listen: async (redirectUri) => ({ redirectUri, closed: Promise.resolve() }),
      present: async (url) => void shown.push(url),
    };
    const client = bench.clientOf({}, { userAgent });
    client.authorization('alice').prepare();
    await shows(client.authorization('alice'), 'prepared');
    client.authorization('bob').signIn();
    await shows(client.authorization('bob'), 'awaitingUser');
    expect(shown).toHaveLength(1);
  });

  it('given up for another one shows what comes, and not what was', async () => {
    const { authorization, opened } = page();
    const { statuses, stop } = watched(authorization);
    authorization.signIn();
    await shows(authorization, 'awaitingUser');
    authorization.signIn();
    await expect.poll(() => opened.length).toBe(2);
    const from = statuses.indexOf('awaitingUser');
    expect(statuses.slice(from)).toEqual(['awaitingUser', 'preparing', 'awaitingUser']);
    stop();
  });

  it('without a user agent is for begin() alone', () => {
    const { authorization, client } = page();
    const refusal = expect.objectContaining({ code: 'invalid_option' });
    expect(() => authorization.signIn({ userAgent: 'none' })).toThrow(refusal);
    return expect(client.login({ userAgent: 'none' })).rejects.toMatchObject({ code: 'invalid_option' });
  });

  it('names one of the user agents, or hears which there are', async () => {
    const named = handDriven();
    const client = bench.clientOf({}, { userAgents: { popup: named } });
    const authorization = client.authorization();
    const { view, stop } = watched(authorization);
    authorization.signIn({ userAgent: 'toString' });
    await shows(authorization, 'failed');
    expect(view().failure).toMatchObject({
      code: 'invalid_option',
      message: expect.stringContaining('popup'),
    });
    authorization.signIn({ userAgent: 'popup' });
    named.bring(await approve(await named.page));
    await shows(authorization, 'signedIn');
    stop();
  });

  it('takes a click for no wishes', async () => {
    const { authorization, url } = page();
    authorization.signIn({ type: 'click', isTrusted: true, scope: 'evil' } as object);
    await shows(authorization, 'awaitingUser');
    expect(new URL(await url()).searchParams.get('scope')).toBe('users.read tweet.read offline.access');
  });
});

describe('a callback', () => {
  it('of a sign-in that another page began is completed and shown, before anybody listens', async () => {
    const before = bench.clientOf();
    const { url } = await before.begin();
    const client = bench.clientOf();
    const authorization = client.authorization();
    const completed = authorization.complete(await approve(url));
    expect(authorization.getSnapshot().status).toBe('signingIn');
    expect((await completed).name).toBe('default');
    expect(authorization.getSnapshot()).toMatchObject({ status: 'signedIn', signedIn: true });
    const { statuses, stop } = watched(authorization);
    await bench.pass(1);
    expect(statuses).toEqual(['signedIn']);
    stop();
  });

  it('that is no good is thrown and shown', async () => {
    const authorization = bench.clientOf().authorization();
    const callback = `https://localhost/?code=forged&state=${'n'.repeat(43)}`;
    await expect(authorization.complete(callback)).rejects.toMatchObject({ code: 'callback_unknown' });
    const { view, stop } = watched(authorization);
    expect(view()).toMatchObject({ status: 'failed', failure: { code: 'callback_unknown' } });
    authorization.cancel();
    await shows(authorization, 'signedOut');
    stop();
  });

  it('of another sign-in than the one that waits is completed, in its own session', async () => {
    const before = bench.clientOf();
    const callback = await approve((await before.begin({ session: 'alice' })).url);
    const { authorization, bring, url } = page();
    const { view, stop } = watched(authorization);
    authorization.signIn();
    await shows(authorization, 'awaitingUser');
    expect((await authorization.complete(callback)).name).toBe('alice');
    await expect.poll(() => view().status).toBe('signedOut');
    authorization.signIn();
    await shows(authorization, 'awaitingUser');
    const pasted = await approve(await url());
    expect((await authorization.complete(pasted)).name).toBe('default');
    expect(view().status).toBe('signedIn');
    void bring;
    stop();
  });

  it('whose tokens the store does not take is a sign-in all the same', async () => {
    const before = bench.clientOf();
    const callback = await approve((await before.begin()).url);
    const authorization = bench.clientOf().authorization();
    const { view, stop } = watched(authorization);
    await shows(authorization, 'signedOut');
    bench.store.down = (method, key) => method === 'write' && key.startsWith('session/');
    const completed = authorization.complete(callback);
    await bench.pass(1);
    expect((await completed).name).toBe('default');
    expect(view()).toMatchObject({ signedIn: true });
    stop();
    expect(authorization.getSnapshot()).toMatchObject({ signedIn: true });
  });

  it('given twice, as StrictMode does, gives one session of one request', async () => {
    const before = bench.clientOf();
    const callback = await approve((await before.begin()).url);
    const authorization = bench.clientOf().authorization();
    const sessions = await Promise.all([authorization.complete(callback), authorization.complete(callback)]);
    expect(sessions.map(({ name }) => name)).toEqual(['default', 'default']);
    expect(bench.emulator.tokenRequests).toHaveLength(1);
  });
});

it('a network that is back is used at once', async () => {
  let [offline, back] = [false, () => {}];
  const own = nodeTransport();
  const transport: Transport = {
    ...own,
    fetch: async (url, init) => {
      if (offline) throw new TransportFault('dns', false);
      return own.fetch(url, init);
    },
  };
  const online = (listener: () => void) => {
    back = listener;
    return () => (back = () => {});
  };
  const client = bench.clientOf({}, { transport, online });
  const { url } = await client.begin();
  const session = await client.complete(await approve(url));
  const stop = client.authorization().subscribe(() => {});
  await bench.pass(3 * 3_600_000);
  offline = true;
  await expect(session.renew()).rejects.toMatchObject({ code: 'provider_unreachable' });
  const token = session.accessToken();
  offline = false;
  expect(bench.emulator.tokenRequests).toHaveLength(1);
  back();
  await token;
  expect(bench.emulator.tokenRequests).toHaveLength(2);
  stop();
  await own.close();
});

it('nobody who waits on the word of the provider is waked by the network', async () => {
  let back = () => {};
  const online = (listener: () => void) => {
    back = listener;
    return () => (back = () => {});
  };
  let busy = false;
  const own = nodeTransport();
  const transport: Transport = {
    ...own,
    fetch: async (url, init) =>
      busy ? new Response('{}', { status: 429, headers: { 'retry-after': '600' } }) : own.fetch(url, init),
  };
  const client = bench.clientOf({}, { transport, online });
  const session = await client.complete(await approve((await client.begin()).url));
  const statuses: string[] = [];
  const stop = session.subscribe(({ status }) => statuses.push(status));
  await bench.pass(3 * 3_600_000);
  busy = true;
  await expect(session.renew()).rejects.toMatchObject({ code: 'provider_busy' });
  busy = false;
  back();
  await bench.pass(1);
  expect(statuses.at(-1)).toBe('stale');
  stop();
  await own.close();
});

it('what happened while nobody listened is seen by who looks', async () => {
  const { authorization, signIn } = page();
  const { stop } = watched(authorization);
  await signIn();
  stop();
  await authorization.session.signOut();
  expect(authorization.getSnapshot()).toMatchObject({ signedIn: false, info: null });
});

it('a client that was closed says so', async () => {
  const client = bench.clientOf();
  const authorization = client.authorization();
  await client.close();
  for (const use of [
    () => authorization.subscribe(() => {}),
    () => authorization.signIn(),
    () => client.authorization(),
  ]) {
    expect(use).toThrow(expect.objectContaining({ code: 'client_closed' }));
  }
});

it('a callback that failed is not offered to be tried again, for it is not kept', async () => {
  const before = bench.clientOf();
  const callback = await approve((await before.begin()).url, { allow: false });
  const authorization = bench.clientOf().authorization();
  await expect(authorization.complete(callback)).rejects.toMatchObject({ code: 'access_denied' });
  expect(authorization.getSnapshot()).toMatchObject({ status: 'failed', retryable: false });
});
