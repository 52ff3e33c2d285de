import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startEmulator } from 'authchart/testing';
import type { Emulator } from 'authchart/testing';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { afterAll, beforeAll, beforeEach, it } from 'vitest';
import { buildPage } from '../../../../examples/pages/server/build-page.js';
import type { PageName } from '../../../../examples/pages/server/build-page.js';
import { servePage } from '../../../../examples/pages/server/serve-page.js';
import type { PageServerOptions } from '../../../../examples/pages/server/serve-page.js';
import { needsChromium, startChromium, startProfile } from '../../../support/chromium.js';
import { leaksIn, watchSinks } from './sinks.js';
import type { Sinks } from './sinks.js';

export interface World {
  readonly origin: string;
  readonly emulator: Emulator;
  readonly context: BrowserContext;
  /** What a page could leak into, as far as it can be watched. */
  readonly sinks: Sinks;
  readonly page: Page;
  /** How many codes were spent. */
  exchanges(): number;
  renewals(): number;
}

export type WorldOptions = Pick<PageServerOptions, 'store' | 'frameAncestors'> & {
  /** Runs in every page, before its own scripts. */
  readonly script?: string;
  /** Of the browser's profile; without any, it is a private one. */
  readonly preferences?: object;
};

/** A test of one example: a fresh emulator, a fresh profile, and no complaint of the browser at the end. */
export type ExampleTest = (
  name: string,
  body: (world: World) => Promise<void>,
  options?: WorldOptions,
) => void;

/** Builds the example once for a file, and gives what its tests are written with. */
export function exampleTests(example: PageName): ExampleTest {
  let browser: Browser | null;
  let directory: string;

  beforeAll(async () => {
    browser = await startChromium();
    if (!browser) return;
    directory = await buildPage(example, await mkdtemp(join(tmpdir(), `authchart-${example}-`)));
  }, 120_000);
  beforeEach((context) => needsChromium(browser, context));
  afterAll(async () => {
    await browser?.close();
    if (directory) await rm(directory, { recursive: true });
  });

  return (name, body, { script, preferences, ...options } = {}) =>
    it(name, async () => {
      const emulator = await startEmulator({
        users: [{ id: '1790000000000000003', username: 'ada', name: 'Ada Lovelace' }],
      });
      const server = await servePage({ page: example, directory, emulator, ...options });
      const profile = preferences && (await startProfile(preferences));
      const context = profile ?? (await browser!.newContext());
      if (script) await context.addInitScript(script);
      const sinks = await watchSinks(context);
      const spent = (type: string) =>
        emulator.tokenRequests.filter(({ grantType }) => grantType === type).length;
      try {
        const page = await context.newPage();
        await body({
          origin: server.origin,
          emulator,
          context,
          sinks,
          page,
          exchanges: () => spent('authorization_code'),
          renewals: () => spent('refresh_token'),
        });
        await leaksIn({ sinks, context, emulator, origin: server.origin });
      } finally {
        await context.close();
        await server.close();
        await emulator.close();
      }
    });
}
