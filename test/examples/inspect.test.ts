import { emulatorSecret } from 'authchart/testing';
import { beforeAll, describe, expect, it } from 'vitest';
import { ask, openFeed } from '../adapters/inspector/http.js';
import type { FeedItem } from '../../src/adapters/inspector/page/feed.js';
import { build } from '../docs/reader-project.js';
import { WebBrowser, callbackOf } from '../support/web-browser.js';
import type { Page } from '../support/web-browser.js';
import { startExample } from './example-process.js';
import type { ExampleProcess } from './example-process.js';

beforeAll(build, 120_000);

async function start(...args: readonly string[]) {
  const example = await startExample(['--no-open', ...args], { example: 'inspect' });
  await example.until(/Stop/);
  return { example, ...addressesIn(example) };
}

function addressesIn(example: ExampleProcess): { readonly origin: string; readonly inspector: string } {
  const [, application = '', inspector = ''] =
    /Application +(\S+)\n +Inspector +(\S+)\n/.exec(example.output()) ?? [];
  return { origin: application.replace(/\/$/, ''), inspector };
}

const headingOf = ({ text }: Page) => /<h1>([^<]+)<\/h1>/.exec(text)?.[1];
const noteOf = ({ text }: Page) => /<strong>([^<]+)<\/strong>/.exec(text)?.[1];
const buttonsOf = ({ text }: Page) =>
  [...text.matchAll(/<form method="post" action="([^"]+)"><button/g)].map(([, action]) => action);

/** A person who has the application open, and follows redirects as far as the provider. */
function personAt(origin: string) {
  const browser = new WebBrowser();
  const look = () => browser.visit(`${origin}/`);
  async function press(path: string): Promise<Page> {
    const answer = await browser.submit(origin + path);
    expect(answer.status).toBe(303);
    return look();
  }
  return {
    browser,
    look,
    press,
    fail: (fault: string) =>
      browser.open(`${origin}/fault`, {
        method: 'POST',
        headers: { origin, 'content-type': 'application/x-www-form-urlencoded' },
        body: `fault=${fault}`,
      }),
    async signIn(): Promise<Page> {
      // Again while one waits: the older is given up.
      const { headers: first } = await browser.submit(`${origin}/sign-in`);
      const { headers } = await browser.submit(`${origin}/sign-in`);
      expect(headers.location).not.toBe(first.location);
      return browser.visit(await callbackOf(headers.location ?? ''));
    },
  };
}

describe('the example to watch', () => {
  it('says where to look, in 80 columns, and ends with Ctrl-C', async () => {
    const { example, origin, inspector } = await start();
    const text = example.output();
    expect(text.replace(origin, 'ORIGIN').replace(inspector, 'INSPECTOR')).toBe(`
  A sign-in to watch, and an emulator of X beside it.

  Application   ORIGIN/
  Inspector     INSPECTOR
  Stop          Ctrl-C

  Have both side by side. With --guided, each step waits for you.

`);
    expect(text.split('\n').filter((line) => line.length > 80)).toEqual([]);
    const feed = await openFeed(inspector);
    example.interrupt();
    expect(await example.ended).toBe(0);
    await feed.ended;
    expect(example.output()).toBe(`${text}\n  Stopped.\n`);
    expect(await example.left()).toEqual([]);
  });

  it('shows everything that can happen to a session, and no secret of it', async () => {
    const { origin, inspector, example } = await start();
    const person = personAt(origin);
    const welcome = await person.look();
    expect([headingOf(welcome), buttonsOf(welcome)]).toEqual(['Signed out', ['/sign-in']]);
    expect(welcome.text).toContain(`href="${inspector}"`);

    const feed = await openFeed(inspector);
    const home = await person.signIn();
    expect([headingOf(home), noteOf(home)]).toEqual(['Signed in', 'Signed in.']);
    expect(buttonsOf(home)).toEqual(['/call', '/renew', '/expire', '/sign-out']);
    expect((await person.press('/call')).text).toContain('gave 200: it is @ada.');
    expect(noteOf(await person.press('/renew'))).toBe('Renewed.');

    await person.press('/expire');
    const renewals = () => feed.text().split('"machine":"renewal"').length;
    const before = renewals();
    expect((await person.press('/call')).text).toContain('gave 200: it is @ada.');
    await feed.until(() => renewals() > before);

    const gone = await person.press('/sign-out');
    expect([headingOf(gone), noteOf(gone)]).toEqual(['Signed out', 'Signed out.']);
    await feed.until(() => feed.text().includes('revocation response'));
    const everything = feed.text() + example.output() + (await example.told());
    expect(everything).not.toMatch(emulatorSecret);
    // What the chart calls its secrets is there, and what they are is not.
    expect(feed.text()).toContain('{"name":"code_verifier","value":null}');
    expect(feed.text()).toContain('{"name":"state","value":null}');
  });

  it.each([
    ['refused', 'session_revoked', 'Signed out'],
    ['busy', 'provider_busy', 'Signed in'],
    ['unreachable', 'provider_unreachable', 'Signed in'],
  ])('lets the provider fail (%s), says how, and the inspector does too', async (fault, code, heading) => {
    const { origin, inspector } = await start();
    const person = personAt(origin);
    const feed = await openFeed(inspector);
    await person.signIn();
    await person.fail(fault);
    expect((await person.look()).text).toContain('The next request for tokens meets that');
    const page = await person.press('/renew');
    expect([headingOf(page), noteOf(page)]).toEqual([heading, code]);
    await feed.until(() => feed.text().includes(`"code":"${code}"`));
    expect((await person.look()).text).toContain('Its token endpoint works.');
  });

  it('waits in guided mode, with the provider, and gives the person their page back meanwhile', async () => {
    const { origin, inspector, example } = await start('--guided');
    expect(example.output()).toContain('Each step waits until you press Next in the inspector.');
    const person = personAt(origin);
    expect(headingOf(await person.look())).toBe('Signed out');
    const page = await person.press('/sign-in');
    expect([headingOf(page), /press Next there/.test(page.text)]).toEqual(['Working', true]);

    const feed = await openFeed(inspector);
    let seen = 0;
    async function stepUntil(looksRight: (page: Page) => boolean): Promise<Page> {
      for (;;) {
        const now = await person.look();
        if (looksRight(now)) return now;
        await feed.until(() => feed.events().length > seen);
        const item = feed.events()[seen++]!.data as FeedItem;
        if (item.type !== 'gate.closed') continue;
        const headers = { origin: new URL(inspector).origin, 'content-type': 'application/json' };
        await ask(inspector, 'next', { method: 'POST', headers, body: JSON.stringify({ gate: item.gate }) });
      }
    }
    const waiting = await stepUntil((now) => headingOf(now) === 'At the provider');
    const address = /class="button" href="([^"]+)"/.exec(waiting.text)?.[1] ?? '';
    await person.browser.visit(await callbackOf(address.replaceAll('&amp;', '&')));
    expect(headingOf(await stepUntil((now) => headingOf(now) === 'Signed in'))).toBe('Signed in');
  });

  it.each<[string, Record<string, string>, number]>([
    ['another origin', { origin: 'http://evil.example' }, 403],
    ['another port', { origin: 'http://127.0.0.1:1' }, 403],
    ['no origin', { origin: 'null' }, 403],
    ['another name', { host: 'evil.example' }, 421],
  ])('takes no button for pressed by a page of %s', async (_, headers, status) => {
    const { origin } = await start();
    const person = personAt(origin);
    await person.signIn();
    for (const path of ['/sign-out', '/renew', '/expire', '/fault', '/cancel'])
      expect((await person.browser.submit(origin + path, headers)).status).toBe(status);
    expect(headingOf(await person.look())).toBe('Signed in');
  });

  it('says what its options are', async () => {
    const help = await startExample(['--help'], { example: 'inspect' });
    expect(await help.ended).toBe(0);
    expect(help.output()).toMatch(/^Usage: npm run inspect/);
    expect(
      help
        .output()
        .split('\n')
        .filter((line) => line.length > 80),
    ).toEqual([]);
    const wrong = await startExample(['--guide=s3cret'], { example: 'inspect' });
    expect(await wrong.ended).toBe(2);
    expect(wrong.output()).toMatch(/^There is no such option\.\n\nUsage/);
    expect(wrong.output()).not.toContain('s3cret');
  });
});
