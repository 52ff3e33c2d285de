import { once } from 'node:events';
import { request } from 'node:http';
import { confidentialApp, startEmulator } from 'authchart/testing';
import type { Emulator } from 'authchart/testing';
import { afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { serveHttp } from '../adapters/loopback-servers.js';
import { storeDirectory } from '../support/store-directory.js';
import { callbackOf, WebBrowser } from '../support/web-browser.js';
import { build, run } from './support/programs.js';
import type { Program } from './support/programs.js';

beforeAll(build, 120_000);

let emulator: Emulator;
// X keeps one grant per application and account, so each person has an account of their own.
const people = ['ada', 'grace', 'edsger'].map((username) => ({ id: username, username, name: username }));
beforeEach(async () => void (emulator = await startEmulator({ users: people })));
afterEach(() => emulator.close());

const door = (name: string) => new URL(`../../dist/${name}.js`, import.meta.url).href;

/** An application of two routes of its own; says its port. */
const instance = `
  import { createServer } from 'node:http';
  import { nodeListener } from '${door('node')}';
  import { createAuthHandler } from '${door('server')}';
  const [redirectUri, clientId_, clientSecret] = words;
  const provider = xAt(endpoints);
  const web = createClient({ provider, clientId: clientId_, clientSecret, redirectUri, scopes, store: fileStore(directory) });
  const auth = createAuthHandler(web);
  const serve = nodeListener(async (request) => {
    if (new URL(request.url).pathname !== '/') return auth(request);
    const session = await auth.session(request);
    if (!session) return new Response('nobody');
    const { data } = await (await session.fetch(endpoints.usersMe)).json();
    return new Response(data.username);
  });
  const server = createServer(serve).listen(0, '127.0.0.1', () => say(server.address().port));
`;

interface Cluster {
  readonly origin: string;
  readonly instances: readonly Program[];
  /** The instances that get requests, in turn; all at first. */
  use(...instances: readonly number[]): void;
}

/** Two processes over one directory, and a balancer that gives each request to the next of them. */
async function startCluster(): Promise<Cluster> {
  let turn = 0;
  let used: readonly number[] = [0, 1];
  const ports: number[] = [];
  const balancer = await serveHttp((incoming, outgoing) => {
    const port = ports[used[turn++ % used.length]!];
    const { method, url, headers } = incoming;
    const sent = request({ host: '127.0.0.1', port, method, path: url, headers, agent: false }, (answer) => {
      outgoing.writeHead(answer.statusCode ?? 502, answer.headers);
      answer.pipe(outgoing);
    });
    incoming.pipe(sent);
  });
  const origin = `http://127.0.0.1:${balancer}`;
  const redirectUri = `${origin}/auth/callback`;
  const { client_id, client_secret = '' } = confidentialApp;
  emulator.registerRedirectUri(client_id, redirectUri);
  const shared = { emulator, directory: (await storeDirectory()).directory };
  const instances = [0, 1].map(() => run(instance, shared, [redirectUri, client_id, client_secret]));
  ports.push(...(await Promise.all(instances.map(({ next }) => next() as Promise<number>))));
  return { origin, instances, use: (...others) => void (used = others) };
}

describe('a server of two processes', () => {
  it('signs people in whose requests go to one and the other, and forgets them in both', async () => {
    const { origin, use } = await startCluster();
    const browsers = people.map(({ username }) => ({ username, browser: new WebBrowser() }));
    const all = async () => {
      const texts = [];
      for (const { browser } of browsers) texts.push((await browser.open(origin)).text);
      return texts;
    };
    for (const { browser, username } of browsers) {
      const { text } = await browser.visit(`${origin}/auth/login`, { user: username });
      expect(text).toBe(username);
    }
    expect(emulator.counters.tokenHits).toBe(3);
    for (const only of [0, 1]) {
      use(only);
      expect(await all()).toEqual(['ada', 'grace', 'edsger']);
    }
    use(0);
    expect((await browsers[0]!.browser.submit(`${origin}/auth/logout`)).status).toBe(303);
    use(1);
    expect(await all()).toEqual(['nobody', 'grace', 'edsger']);
  });

  it('finishes in one what the other began before it was killed (Q8)', async () => {
    const { origin, instances, use } = await startCluster();
    use(0);
    const browser = new WebBrowser();
    const { headers } = await browser.open(`${origin}/auth/login`);
    instances[0]!.process.kill('SIGKILL');
    await once(instances[0]!.process, 'close');
    use(1);
    const { text } = await browser.visit(await callbackOf(headers.location ?? ''));
    expect(text).toBe('ada');
  });

  it('exchanges a callback once that arrives at both at the same moment, and signs the browser in by either (C4)', async () => {
    const { origin } = await startCluster();
    const browser = new WebBrowser();
    const { headers } = await browser.open(`${origin}/auth/login`);
    const callback = await callbackOf(headers.location ?? '');
    const answers = await Promise.all([0, 1, 2].map(() => browser.open(callback)));
    expect(answers.map(({ status }) => status)).toEqual([303, 303, 303]);
    expect(new Set(answers.map((answer) => String(answer.headers['set-cookie']))).size).toBe(1);
    expect(emulator.counters.tokenHits).toBe(1);
    expect((await browser.open(origin)).text).toBe('ada');
  });
});
