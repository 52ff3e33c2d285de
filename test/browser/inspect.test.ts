import { mkdir, readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { emulatorSecret } from 'authchart/testing';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import type { TestContext } from 'vitest';
import { build } from '../docs/reader-project.js';
import { startExample } from '../examples/example-process.js';
import { needsChromium, startChromium } from '../support/chromium.js';

let browser: Browser | null;
beforeAll(async () => {
  [browser] = await Promise.all([startChromium(), build()]);
}, 120_000);
afterAll(() => browser?.close());

/** `npm run inspect` with both of its pages open. */
async function start(context: TestContext, ...args: readonly string[]) {
  needsChromium(browser, context);
  const example = await startExample(['--no-open', ...args], { example: 'inspect' });
  await example.until(/Stop/);
  const [, application = '', address = ''] =
    /Application +(\S+)\n +Inspector +(\S+)\n/.exec(example.output()) ?? [];
  const profile = await browser.newContext();
  onTestFinished(() => profile.close());
  const complaints: string[] = [];
  profile.on('console', (message) => void (message.type() === 'error' && complaints.push(message.text())));
  profile.on('weberror', (error) => complaints.push(error.error().message));
  const [app, inspector] = [await profile.newPage(), await profile.newPage()];
  await inspector.goto(address);
  await app.goto(application);
  const states: string[] = [];
  app.on('request', (request) => {
    const state = new URL(request.url()).searchParams.get('state');
    if (state) states.push(state);
  });
  return { app, inspector, states, complaints, example };
}

const press = (page: Page, name: string) => page.getByRole('button', { name, exact: true }).click();
const heading = (page: Page, name: string) => page.getByRole('heading', { name, exact: true }).waitFor();

async function signIn(app: Page): Promise<void> {
  await press(app, 'Sign in');
  await press(app, 'Authorize app');
  await heading(app, 'Signed in');
}

const sizes = { wide: { width: 1400, height: 900 }, phone: { width: 375, height: 720 } } as const;

/** For eyes; that nothing is wider than the page is asserted. */
async function picture(page: Page, name: string): Promise<void> {
  const folder = resolve('build/screenshots/inspect');
  await mkdir(folder, { recursive: true });
  for (const [size, viewport] of Object.entries(sizes)) {
    await page.setViewportSize(viewport);
    for (const colorScheme of ['light', 'dark'] as const) {
      await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
      await page.screenshot({ path: resolve(folder, `${name}-${size}-${colorScheme}.png`) });
    }
    const overflow = await page.evaluate(
      () => document.documentElement.scrollWidth - document.documentElement.clientWidth,
    );
    expect([name, size, overflow]).toEqual([name, size, 0]);
  }
  await page.setViewportSize(sizes.wide);
}

/** A page that loads itself anew each second, held still: a picture of it may never come to be. */
async function still(page: Page): Promise<Page> {
  const copy = await page.context().newPage();
  await copy.route(page.url(), async (route) => {
    const response = await route.fetch();
    const body = (await response.text()).replace(/<meta http-equiv="refresh"[^>]*>/, '');
    await route.fulfill({ response, body });
  });
  await copy.goto(page.url());
  return copy;
}

const lit = (page: Page, machine: string, state: string) =>
  page.locator(`#chart .current[data-machine="${machine}"][data-state="${state}"]`).first();

describe('the inspector beside an application', () => {
  it('follows a sign-in and its session as they happen, and shows no secret', async (context) => {
    const { app, inspector, states, complaints } = await start(context);
    await picture(app, 'application');
    await signIn(app);
    await lit(inspector, 'authorization', 'authorized.fresh').waitFor({ state: 'attached' });
    await inspector.locator('#rows').getByText('authorized.fresh').first().waitFor();
    for (const message of [
      'authorization request',
      'authorization response',
      'token request',
      'token response',
    ])
      await inspector.locator('#messages').getByText(message).first().waitFor();
    await picture(app, 'signed-in');
    await picture(inspector, 'live');

    await press(app, 'Let the access token run out');
    await press(app, 'Call the API');
    await app.getByText('gave 200: it is @ada.').waitFor();
    await inspector.locator('#messages').getByText('API response').first().waitFor();
    await press(app, 'Sign out');
    await heading(app, 'Signed out');
    await inspector.locator('#messages').getByText('revocation response').first().waitFor();

    const [saved] = await Promise.all([
      inspector.waitForEvent('download'),
      press(inspector, 'Save recording'),
    ]);
    const recording = await readFile(await saved.path(), 'utf8');
    expect(JSON.parse(recording)).toMatchObject({ authchart: 'recording', version: 1 });
    expect(states.length).toBeGreaterThan(0);
    for (const shown of [await inspector.content(), recording]) {
      expect(shown).toContain('authorized.fresh');
      expect(shown).not.toMatch(emulatorSecret);
      expect(states.filter((state) => shown.includes(state))).toEqual([]);
    }
    expect(complaints).toEqual([]);
  }, 60_000);

  it('walks through a sign-in to its end, each step when somebody presses Next or N', async (context) => {
    const { app, inspector, complaints } = await start(context, '--guided');
    const next = inspector.locator('button.next:not([aria-disabled="true"])');
    /** Steps until that has come, and says how often. */
    async function stepUntil(coming: Promise<void>, step: () => Promise<void>): Promise<number> {
      let hasCome = false;
      const arrival = coming.then(() => (hasCome = true));
      for (let steps = 0; ; steps++) {
        await Promise.race([arrival, next.waitFor()]);
        if (hasCome) return steps;
        await step();
      }
    }

    await press(app, 'Sign in');
    await heading(app, 'Working');
    await next.waitFor();
    await picture(await still(app), 'working');
    await picture(inspector, 'guided');
    // Forced: the last step may be taken already, and then nothing would be left to wait for. Such a click does nothing.
    const button = inspector.locator('button.next');
    const clicks = await stepUntil(heading(app, 'At the provider'), () => button.click({ force: true }));
    expect(clicks).toBeGreaterThan(0);
    await picture(await still(app), 'at-the-provider');
    await app.getByRole('link', { name: 'Go to its page' }).click();
    await press(app, 'Authorize app');
    await heading(app, 'Working');
    const pressN = () => inspector.locator('body').press('n');
    expect(await stepUntil(heading(app, 'Signed in'), pressN)).toBeGreaterThan(3);
    // The application follows its session from now on, and that begins with looking for it.
    const fresh = lit(inspector, 'authorization', 'authorized.fresh');
    await stepUntil(fresh.waitFor({ state: 'attached' }), pressN);
    expect(complaints).toEqual([]);
  }, 90_000);

  it('shows a failure with its code and what to do', async (context) => {
    const { app, inspector, complaints } = await start(context);
    await signIn(app);
    await press(app, 'Refuse the token');
    await press(app, 'Renew now');
    await app.getByText('session_revoked').waitFor();
    const failure = inspector.locator('#now .failure');
    await failure.getByText('session_revoked').waitFor();
    await failure.getByText('What to do:').waitFor();
    await lit(inspector, 'authorization', 'expired').waitFor({ state: 'attached' });
    await picture(app, 'failure');
    await picture(inspector, 'failure');
    expect(complaints).toEqual([]);
  }, 60_000);

  it('says that the program has ended', async (context) => {
    const { inspector, example } = await start(context);
    await inspector.locator('#connection').getByText('connected').waitFor();
    example.interrupt();
    expect(await example.ended).toBe(0);
    await expect.poll(() => inspector.locator('#connection').innerText()).not.toMatch(/connected/);
  }, 60_000);
});
