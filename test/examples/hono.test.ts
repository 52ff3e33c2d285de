import { once } from 'node:events';
import { createServer } from 'node:net';
import { confidentialApp, emulatorSecret } from 'authchart/testing';
import { beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { freePort } from '../support/free-port.js';
import { build } from '../docs/reader-project.js';
import { WebBrowser } from '../support/web-browser.js';
import { startExample } from './example-process.js';
import type { ExampleProcess } from './example-process.js';

beforeAll(build, 120_000);

async function startApp(): Promise<{ readonly app: ExampleProcess; readonly origin: string }> {
  const port = await freePort();
  const app = await startExample([], { example: 'hono', env: { PORT: String(port) } });
  await app.until(/Stop/);
  return { app, origin: `http://127.0.0.1:${port}` };
}

const headingOf = (page: string) => /<h1>([^<]+)<\/h1>/.exec(page)?.[1];
const abilitiesOf = (page: string) => [...page.matchAll(/<li>([^<]+)<\/li>/g)].map(([, words]) => words);

describe('the Hono example', () => {
  it('signs a person in, asks for one more scope when it is needed, and signs out', async () => {
    const { origin } = await startApp();
    const browser = new WebBrowser();
    const welcome = await browser.visit(origin);
    expect(headingOf(welcome.text)).toBe('Good to see you');
    const [, signIn = ''] = /href="([^"]+)"[^>]*>Sign in with X/.exec(welcome.text) ?? [];

    const home = await browser.visit(new URL(signIn, origin));
    expect([home.url.pathname, headingOf(home.text)]).toEqual(['/', 'Ada Lovelace']);
    expect(home.text).toContain('@ada');
    expect(abilitiesOf(home.text)).toEqual([
      'See your profile',
      'Read the posts you can see',
      'Stay connected',
    ]);
    const [, more = ''] = /href="([^"]+)"[^>]*>Show my likes too/.exec(home.text) ?? [];

    const likes = await browser.visit(new URL(more, origin));
    expect(abilitiesOf(likes.text)).toContain('See the posts you liked');
    expect(likes.text).not.toContain('Show my likes too');

    const [, signOut = ''] = /<form method="post" action="([^"]+)"/.exec(likes.text) ?? [];
    const out = await browser.submit(new URL(signOut, origin));
    expect([out.status, out.headers.location]).toEqual([303, `${origin}/`]);
    expect(headingOf((await browser.visit(origin)).text)).toBe('Good to see you');
    expect(browser.jar.size).toBe(0);
  });

  it('takes no other account when it asks for more, and keeps the one it has', async () => {
    const { origin } = await startApp();
    const browser = new WebBrowser();
    await browser.visit(`${origin}/auth/login`);
    const other = await browser.visit(`${origin}/likes`, { user: '1790000000000000004' });
    expect([other.status, headingOf(other.text)]).toEqual([403, 'That was another account']);
    expect(headingOf((await browser.visit(origin)).text)).toBe('Ada Lovelace');
  });

  it('shows a calm page after a refusal', async () => {
    const { origin } = await startApp();
    const denied = await new WebBrowser().visit(`${origin}/auth/login`, { allow: false });
    expect([denied.status, headingOf(denied.text)]).toEqual([403, 'You did not give access']);
  });

  it('brings who typed another name of this machine to where its cookies are', async () => {
    const { origin } = await startApp();
    const host = `localhost:${new URL(origin).port}`;
    const page = await new WebBrowser().open(`${origin}/auth/login`, { headers: { host } });
    expect([page.status, page.headers.location]).toEqual([303, `${origin}/auth/login`]);
  });

  it('lets each page style itself and nothing else', async () => {
    const { origin } = await startApp();
    const { headers } = await new WebBrowser().open(origin);
    expect(headers['content-security-policy']).toMatch(/^default-src 'none'; style-src 'sha256-[^']+';/);
    expect(headers['cache-control']).toBe('no-store');
  });

  it('says where it is, no secret, and ends with Ctrl-C', async () => {
    const { app, origin } = await startApp();
    await new WebBrowser().visit(`${origin}/auth/login`);
    app.interrupt();
    expect(await app.ended).toBe(0);
    expect(app.output()).toBe(
      '\n  An app that signs in with X, and an emulator of X beside it.\n\n' +
        `  Open   ${origin}\n  Stop   Ctrl-C\n\n\n  Stopped.\n`,
    );
    const told = app.output() + (await app.told());
    expect(told).not.toMatch(emulatorSecret);
    expect(told).not.toContain(confidentialApp.client_secret);
    expect(await app.left()).toEqual([]);
  });

  it('says that its port is taken, and what to do', async () => {
    const server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    onTestFinished(() => void server.close());
    const address = server.address();
    const port = typeof address === 'object' ? address?.port : 0;
    const app = await startExample([], { example: 'hono', env: { PORT: String(port) } });
    expect(await app.ended).toBe(1);
    expect(app.output()).toBe(
      `\n  Port ${port} is taken. Choose another one: PORT=9000 npm run example:hono\n\n`,
    );
  });
});
