import { fileURLToPath } from 'node:url';
import { consent, emulatorSecret, publicApp, startEmulator } from 'authchart/testing';
import type { Emulator } from 'authchart/testing';
import type { BrowserContext, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach } from 'vitest';
import { servePage } from '../../support/page-bundle.js';
import type { PageServer } from '../../support/page-bundle.js';
import { watchSinks } from '../examples/support/sinks.js';
import type { Sinks } from '../examples/support/sinks.js';
import { browserBench } from './bench.js';
import type { Inspected, Inspecting } from './inspected.js';

declare global {
  var inspected: Inspected;
  var inspecting: Inspecting;
}

export const person = { id: '4815162342', username: 'canaryOfAUser', name: 'Canary of a name' };

export interface Inspection {
  readonly page: Page;
  /** The inspector, of another origin. */
  readonly tool: Page;
  /** What went from window to window, in either direction. */
  readonly sinks: Sinks;
  readonly emulator: Emulator;
  signIn(): Promise<void>;
  /** What must have gone nowhere. */
  canaries(): readonly string[];
}

/** A page that is inspected by a window of another package and another origin. */
export function inspectionBench() {
  const bench = browserBench('inspected', { connect: ['http://127.0.0.1:*'] });
  let tools: PageServer;
  let emulator: Emulator;
  let profile: BrowserContext | undefined;
  beforeAll(async () => {
    tools = await servePage({ entry: fileURLToPath(new URL('../page/inspecting.ts', import.meta.url)) });
  });
  afterAll(() => tools.close());
  beforeEach(async () => {
    emulator = await startEmulator({ allowedOrigins: [bench().server.origin], users: [person] });
    emulator.registerRedirectUri(publicApp.client_id, `${bench().server.origin}/callback`);
  });
  afterEach(async () => {
    await profile?.close();
    await emulator.close();
  });

  return async (
    which: 'xstate' | 'stately',
    options: { readonly acceptEvents?: boolean } = {},
  ): Promise<Inspection> => {
    const settings = { endpoints: emulator.endpoints, clientId: publicApp.client_id };
    profile = await bench().profile(`globalThis.inspectedSettings = ${JSON.stringify(settings)};`);
    const sinks = await watchSinks(profile);
    const page = await profile.newPage();
    await page.goto(bench().server.origin);
    const opened = profile.waitForEvent('page');
    await page.evaluate(([which, url, options]) => inspected.open(which, url, options), [
      which,
      `${tools.origin}/${which}`,
      options,
    ] as const);
    const made: string[] = [];
    return {
      page,
      tool: await opened,
      sinks,
      emulator,
      async signIn() {
        const url = await page.evaluate(() => inspected.begin());
        const { searchParams } = new URL(url);
        made.push(searchParams.get('state')!, searchParams.get('code_challenge')!);
        const { callbackUrl } = await consent(url);
        await page.evaluate((address) => inspected.complete(address), callbackUrl!);
        made.push(await page.evaluate(() => inspected.token()));
      },
      canaries() {
        const sent = emulator.requests.flatMap(({ form }) =>
          ['code', 'code_verifier', 'refresh_token', 'token'].flatMap((name) => form.get(name) ?? []),
        );
        return [...new Set([...made, ...sent, ...Object.values(person), 'canary-of'])];
      },
    };
  };
}

/** Which canaries are in what was said, and any secret of the emulator. */
export const leaks = (said: readonly string[], canaries: readonly string[]) =>
  said.flatMap((text) => [
    ...canaries.filter((canary) => text.includes(canary)),
    ...(emulatorSecret.exec(text) ?? []),
  ]);
