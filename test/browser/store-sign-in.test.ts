import { emulatorSecret, publicApp, startEmulator } from 'authchart/testing';
import type { Emulator } from 'authchart/testing';
import type { BrowserContext, Page } from 'playwright-core';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Application, ApplicationSettings } from './support/application.js';
import { browserBench } from './support/bench.js';

declare global {
  var application: Application;
}

let emulator: Emulator;
let profile: BrowserContext;
const bench = browserBench('sign-in', { connect: ['http://127.0.0.1:*'] });

beforeEach(async () => {
  emulator = await startEmulator();
  emulator.registerRedirectUri(publicApp.client_id, `${bench().server.origin}/callback`);
});
afterEach(async () => {
  await profile?.close();
  await emulator.close();
});

async function open(store: ApplicationSettings['store']): Promise<() => Promise<Page>> {
  const settings = { endpoints: emulator.endpoints, clientId: publicApp.client_id, store };
  profile = await bench().profile(`globalThis.settings = ${JSON.stringify(settings)}; ${SPY}`);
  stored.length = 0;
  await profile.exposeFunction('tellStored', (value: string) => void stored.push(value));
  // Like X, the emulator answers no page of another origin: here a page may read what it says.
  await profile.route(`${emulator.origin}/2/**`, async (route) => {
    const response = await route.fetch();
    await route.fulfill({ response, headers: { ...response.headers(), 'access-control-allow-origin': '*' } });
  });
  return async () => {
    const page = await profile.newPage();
    await page.goto(bench().server.origin);
    return page;
  };
}

/** Every value that was ever put into web storage, however briefly it was there. */
const stored: string[] = [];
const SPY = `
  const { setItem } = Storage.prototype;
  Storage.prototype.setItem = function (name, value) {
    tellStored(value);
    setItem.call(this, name, value);
  };
`;

const kept = (page: Page) => page.evaluate(() => application.kept());

/** Goes to the provider, consents and is back at the callback. */
async function consent(page: Page): Promise<void> {
  await page.goto(await page.evaluate(() => application.begin()));
  await page.getByRole('button', { name: 'Authorize app' }).click();
  await page.waitForURL(/[/]callback[?]/);
}

const exchanges = () => emulator.tokenRequests.filter(({ grantType }) => grantType === 'authorization_code');
const renewals = () => emulator.tokenRequests.filter(({ grantType }) => grantType === 'refresh_token');
const sent = (field: string) =>
  emulator.requests.map(({ form }) => form.get(field)).filter((value) => value !== null);

describe('a session in the web store', () => {
  it('leaves no token, no verifier and no code in any storage, and ends with the page', async () => {
    const page = await (await open('web'))();
    await consent(page);
    const before = await kept(page);
    await page.evaluate(() => application.complete());
    const [code, verifier] = [sent('code')[0]!, sent('code_verifier')[0]!];
    // What is searched for can be found.
    expect(before).toContain(verifier);
    const after = await kept(page);
    const token = await page.evaluate(() => application.token());
    expect(token).toMatch(emulatorSecret);
    for (const secret of [code, verifier, token, emulatorSecret]) expect(after).not.toMatch(secret);
    expect(JSON.parse(after)).toMatchObject({ origin: {}, databases: [] });
    // Nor was one there in between.
    expect(stored.join()).toContain(verifier);
    for (const secret of [code, token, emulatorSecret]) expect(stored.join()).not.toMatch(secret);

    await page.reload();
    expect(await page.evaluate(() => application.restore())).toBe(false);
    // The receipt that is left answers the callback that comes again.
    const again = page.evaluate(() => application.complete().catch(({ code }: { code: string }) => code));
    expect(await again).toBe('not_signed_in');
    expect(exchanges()).toHaveLength(1);
  });
});

describe('a session in the shared store', () => {
  it('is there for a new tab and after a reload, and in no other storage than IndexedDB', async () => {
    const tab = await open('shared');
    const page = await tab();
    await consent(page);
    await page.evaluate(() => application.complete());
    const verifier = sent('code_verifier')[0]!;
    const all = JSON.parse(await kept(page)) as { tab: object; origin: object };
    expect([all.tab, all.origin]).toEqual([{}, {}]);
    expect(JSON.stringify(all)).toMatch(emulatorSecret);
    expect(JSON.stringify(all)).not.toContain(verifier);
    await page.reload();
    expect(await page.evaluate(() => application.restore())).toBe(true);
    const other = await tab();
    expect(await other.evaluate(() => application.restore())).toBe(true);
    expect(exchanges()).toHaveLength(1);
  });

  it('is renewed once by two tabs that do it at once', async () => {
    const tab = await open('shared');
    const page = await tab();
    await consent(page);
    await page.evaluate(() => application.complete());
    const other = await tab();
    await other.evaluate(() => application.restore());
    await Promise.all([page, other].map((each) => each.evaluate(() => application.renew())));
    const tokens = [page, other].map((each) => each.evaluate(() => application.token()));
    expect(await tokens[0]).toBe(await tokens[1]);
    expect(renewals()).toMatchObject([{ outcome: 'rotated' }]);
  });

  it('that is signed out in one tab is signed out in the other, which asked for nothing', async () => {
    const tab = await open('shared');
    const page = await tab();
    await consent(page);
    await page.evaluate(() => application.complete());
    const other = await tab();
    await other.evaluate(() => application.restore());
    await page.evaluate(() => application.signOut());
    await other.waitForFunction(() => application.statuses().at(-1) === 'signedOut');
    expect(await kept(page)).not.toMatch(emulatorSecret);
  });
});
